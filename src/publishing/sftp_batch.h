#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// The commands of one copy for `sftp -b` (sftp(1), "Interactive commands"). A command that begins
// with "-" may fail. Paths are of letters, digits and "._-/". Pure.
namespace nocturn::publishing {

// Makes releases/NAME/ and the folders in it.
std::string folder_commands(std::string_view root, std::string_view name,
                            const std::vector<std::string>& folders);
// Files lie below release/ here, and go below releases/NAME/ there.
std::string upload_commands(std::string_view root, std::string_view name,
                            std::span<const std::string> files);
// Lets readers see that release: OpenSSH's rename replaces in one step.
std::string swap_commands(std::string_view root, std::string_view name);
// Takes a release away of which these files were sent.
std::string removal_commands(std::string_view root, std::string_view name,
                             const std::vector<std::string>& files);

}  // namespace nocturn::publishing
