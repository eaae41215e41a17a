#pragma once

#include <optional>
#include <string>

namespace nocturn::app {

// A variable of the environment: for secrets that the configuration gives as {env: NAME} or
// {credential: NAME}, and for where the command line keeps its tokens. Nothing else reads it.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace nocturn::app
