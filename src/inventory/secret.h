#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "inventory/model.h"

// Secrets that the configuration only points at: {file: …}, {env: …} or {credential: …}.
namespace nocturn::inventory {

// A variable of the environment.
using Variable = std::function<std::optional<std::string>(const std::string&)>;

// Reads the secret where the reference says: a file (its first line), a variable, or a credential
// that systemd handed over. Empty reference: empty secret. `not_found` names the place. Blocks on
// the disk; any thread.
Result<std::string> read_secret(const Options& reference, const Variable& variable);

}  // namespace nocturn::inventory
