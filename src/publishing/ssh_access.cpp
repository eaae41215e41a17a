#include "publishing/ssh_access.h"

#include <fstream>

#include "publishing/release.h"

namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;

const std::string* text_in(const inventory::Options& options, std::string_view name) {
  const auto found = options.find(name);
  return found == options.end() ? nullptr : std::get_if<std::string>(&found->second.value);
}

// The private key's file; empty: the account's own.
Result<std::string> identity_file(const inventory::SshPlace& place,
                                  const inventory::Variable& variable) {
  if (const auto* file = text_in(place.identity, "file")) return *file;
  if (const auto* name = text_in(place.identity, "credential")) {
    const auto folder = variable ? variable("CREDENTIALS_DIRECTORY") : std::nullopt;
    if (!folder)
      return fail(ErrorCode::not_found, "no credentials were handed over (want {})", *name);
    return *folder + "/" + *name;
  }
  return std::string();
}

// A path as a value: in quotes, and without the tokens that ssh would expand.
Result<std::string> quoted(const std::string& path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\n' || c == '\\')
      return fail(ErrorCode::invalid, "ssh cannot be told the path {}", path);
    out += c;
    if (c == '%') out += '%';
  }
  return out + "\"";
}

}  // namespace

Result<std::string> ssh_config(const inventory::SshPlace& place,
                               const inventory::Variable& variable) {
  std::string text = fmt::format(
      "BatchMode yes\nStrictHostKeyChecking yes\nUpdateHostKeys no\nConnectTimeout 10\n"
      "ServerAliveInterval 10\nServerAliveCountMax 3\nClearAllForwardings yes\n"
      "PermitLocalCommand no\nControlPath none\nPort {}\n",
      place.port);
  if (const std::string file = TRY(identity_file(place, variable)); !file.empty())
    text += fmt::format("IdentityFile {}\nIdentitiesOnly yes\n", TRY(quoted(file)));
  if (!place.known_hosts.empty())
    text += fmt::format("UserKnownHostsFile {}\n", TRY(quoted(place.known_hosts)));
  return text;
}

Status stage(const inventory::SshPlace& place, const Copy& copy, const PlaceTools& tools) {
  std::error_code error;
  fs::remove_all(tools.work / "release", error);
  if (!error) fs::create_directories(tools.work, error);
  if (!error) fs::permissions(tools.work, fs::perms::owner_all, error);
  if (error)
    return fail(ErrorCode::unavailable, "cannot make {}: {}", tools.work.string(), error.message());
  const std::string config = TRY(ssh_config(place, tools.variable));
  std::ofstream(tools.work / kSshConfig, std::ios::trunc) << config;
  return write_release(copy, tools.work / "release", tools.stop);
}

}  // namespace nocturn::publishing
