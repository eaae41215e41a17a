#include "publishing/sftp_batch.h"

#include <set>

#include <fmt/format.h>

#include "publishing/release.h"

namespace nocturn::publishing {

std::string folder_commands(std::string_view root, std::string_view name,
                            const std::vector<std::string>& folders) {
  const std::string release = fmt::format("{}/{}/{}", root, kReleases, name);
  std::string out =
      fmt::format("-mkdir {0}\n-mkdir {0}/{1}\n-mkdir {2}\n", root, kReleases, release);
  for (const std::string& folder : folders) out += fmt::format("-mkdir {}/{}\n", release, folder);
  return out;
}

std::string upload_commands(std::string_view root, std::string_view name,
                            std::span<const std::string> files) {
  const std::string release = fmt::format("{}/{}/{}", root, kReleases, name);
  std::string out;
  for (const std::string& file : files)
    out += fmt::format("put release/{0} {1}/{0}\n", file, release);
  return out;
}

std::string swap_commands(std::string_view root, std::string_view name) {
  return fmt::format(
      "-rm {0}/.current.new\nsymlink {1}/{2} {0}/.current.new\nrename {0}/.current.new {0}/{3}\n",
      root, kReleases, name, kCurrent);
}

std::string removal_commands(std::string_view root, std::string_view name,
                             const std::vector<std::string>& files) {
  const std::string release = fmt::format("{}/{}/{}", root, kReleases, name);
  std::set<std::string, std::greater<>> folders;  // those inside come first
  std::string out;
  for (const std::string& file : files) {
    out += fmt::format("-rm {}/{}\n", release, file);
    for (std::size_t slash = file.find('/'); slash != file.npos; slash = file.find('/', slash + 1))
      folders.insert(file.substr(0, slash));
  }
  for (const std::string& folder : folders) out += fmt::format("-rmdir {}/{}\n", release, folder);
  return out + fmt::format("-rmdir {}\n", release);
}

}  // namespace nocturn::publishing
