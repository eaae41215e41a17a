#pragma once

#include <string>

#include "publishing/place.h"

namespace nocturn::publishing {

inline constexpr const char* kSshConfig = "ssh_config";  // below a place's work folder

// The client configuration (ssh_config(5)) by which rsync and sftp reach the place: its port, key
// and known hosts, and never a question to a person. `not_found` when the key's place is not
// known, `invalid` when a path cannot be written there. Pure but for `variable`.
Result<std::string> ssh_config(const inventory::SshPlace& place,
                               const inventory::Variable& variable);

// Makes the work folder afresh, with that configuration and the copy as "release/" in it.
Status stage(const inventory::SshPlace& place, const Copy& copy, const PlaceTools& tools);

}  // namespace nocturn::publishing
