#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

// Text files with {{name}} in them. A name without a value is an error, so that no server ever
// starts with half a configuration.
namespace nocturn::app::demo {

using Values = std::map<std::string, std::string, std::less<>>;

Result<std::string> fill_template(std::string_view text, const Values& values);

Result<std::string> read_text(const std::filesystem::path& file);
Status write_text(const std::filesystem::path& file, std::string_view text);

// Fills the template `from` and writes it to `to`.
Status write_filled(const std::filesystem::path& from, const std::filesystem::path& to,
                    const Values& values);

// Fills every *.yaml of `from` into the folder `to`. A file there that a person has edited since
// stays as it is: `last` keeps what was written the time before, to tell.
Status write_configuration(const std::filesystem::path& from, const std::filesystem::path& to,
                           const std::filesystem::path& last, const Values& values);

}  // namespace nocturn::app::demo
