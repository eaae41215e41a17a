#include "inventory/secret.h"

#include <algorithm>
#include <fstream>

namespace nocturn::inventory {
namespace {

constexpr std::size_t kLongestSecret = 64 * 1024;

const std::string* find(const Options& reference, std::string_view source) {
  const auto place = reference.find(source);
  return place == reference.end() ? nullptr : std::get_if<std::string>(&place->second.value);
}

Result<std::string> first_line_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, "the secret's file {} cannot be read", path);
  std::string line(kLongestSecret, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(file.gcount()));
  line.resize(std::min(line.size(), line.find_first_of("\r\n")));
  return line;
}

}  // namespace

Result<std::string> read_secret(const Options& reference, const Variable& variable) {
  const auto value_of = [&](const std::string& name) {
    return variable ? variable(name) : std::nullopt;
  };
  if (const auto* path = find(reference, "file")) return first_line_of(*path);
  if (const auto* name = find(reference, "env")) {
    auto value = value_of(*name);
    if (!value) return fail(ErrorCode::not_found, "the variable {} is not set", *name);
    return std::move(*value);
  }
  if (const auto* name = find(reference, "credential")) {
    const auto folder = value_of("CREDENTIALS_DIRECTORY");  // systemd.exec(5)
    if (!folder)
      return fail(ErrorCode::not_found, "no credentials were handed over (want {})", *name);
    return first_line_of(fmt::format("{}/{}", *folder, *name));
  }
  return std::string();
}

}  // namespace nocturn::inventory
