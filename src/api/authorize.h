#pragma once

#include <string>

#include "base/result.h"
#include "net/endpoint.h"

// The one place where rights are checked. Today there is one subject with all rights: whoever
// can open the hub's Unix socket, which the operating system allows only to the owner of the data
// folder. People, tokens and roles join here.
namespace nocturn::api {

struct Subject {
  std::string name;  // as it stands in the ledger
};

// Who sent the request; `unauthenticated` when nobody known did.
Result<Subject> authenticate(const net::Request& request);

// Whether the subject may do this; `forbidden` with the missing right when not.
Status authorize(const Subject& subject, net::Permission permission);

}  // namespace nocturn::api
