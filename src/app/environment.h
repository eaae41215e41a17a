#pragma once

#include <optional>
#include <string>

namespace nocturn::app {

// A variable of the environment, for secrets that the configuration gives as {env: NAME}. Nothing
// else reads the environment.
std::optional<std::string> environment_variable(const std::string& name);

}  // namespace nocturn::app
