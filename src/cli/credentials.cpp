#include "cli/credentials.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "cli/show.h"
#include "net/http_fetch.h"
#include "net/url.h"

namespace nocturn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 1024 * 1024;

struct Descriptor {
  int number;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

std::unexpected<Error> failed(const fs::path& file, std::string_view step) {
  const ErrorCode code = errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::unavailable;
  return std::unexpected(
      Error{code, fmt::format("{}: {}", step, std::strerror(errno)), file.string()});
}

Status write_all(int descriptor, std::string_view text, const fs::path& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) return failed(file, "cannot write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Credentials> parse(std::string_view text) {
  const auto strange = [] {
    return fail(ErrorCode::corrupt,
                "was not written by nocturn login; remove it and sign in again");
  };
  const auto parsed = parse_json(text);
  const JsonObject* object = parsed ? parsed->if_object() : nullptr;
  const Json* hubs = object == nullptr ? nullptr : object->if_contains("hubs");
  if (hubs == nullptr || !hubs->is_object()) return strange();
  Credentials credentials{.hubs = {}, .last = text_of(*parsed, "last")};
  for (const auto& [url, kept] : hubs->get_object()) {
    if (!kept.is_object()) return strange();
    const Json* made = kept.get_object().if_contains("by_login");
    credentials.hubs[std::string(url)] = {
        .token = text_of(kept, "token"),
        .login = text_of(kept, "login"),
        .ca_file = text_of(kept, "ca_file"),
        .by_login = made != nullptr && made->is_bool() && made->get_bool()};
  }
  return credentials;
}

std::string to_text(const Credentials& credentials) {
  JsonObject hubs;
  for (const auto& [url, kept] : credentials.hubs)
    hubs[url] = JsonObject{{"token", kept.token},
                           {"login", kept.login},
                           {"ca_file", kept.ca_file},
                           {"by_login", kept.by_login}};
  return boost::json::serialize(JsonObject{{"hubs", std::move(hubs)}, {"last", credentials.last}}) +
         "\n";
}

}  // namespace

Result<fs::path> credentials_file(const Variable& variable) {
  // Relative paths there are to be ignored, says the specification.
  if (const auto base = variable("XDG_CONFIG_HOME"); base && base->starts_with('/'))
    return fs::path(*base) / "nocturn" / "credentials";
  const auto home = variable("HOME");
  if (!home || home->empty())
    return fail(ErrorCode::invalid, "no place to keep tokens: neither XDG_CONFIG_HOME nor HOME");
  return fs::path(*home) / ".config" / "nocturn" / "credentials";
}

Result<Credentials> read_credentials(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.number < 0 && errno == ENOENT) return Credentials{};
  struct stat facts{};
  if (descriptor.number < 0 || ::fstat(descriptor.number, &facts) != 0)
    return failed(file, "cannot open");
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return about(file.string(),
                 Result<Credentials>(fail(ErrorCode::forbidden,
                                          "others may read these tokens; revoke them, then chmod "
                                          "600 the file or remove it")));
  std::string text(kLargestFile, '\0');
  const ssize_t length = ::read(descriptor.number, text.data(), text.size());
  if (length < 0) return failed(file, "cannot read");
  text.resize(static_cast<std::size_t>(length));
  return about(file.string(), parse(text));
}

Status write_credentials(const fs::path& file, const Credentials& credentials) {
  std::error_code error;
  const bool made = fs::create_directories(file.parent_path(), error);
  if (made) fs::permissions(file.parent_path(), fs::perms::owner_all, error);
  if (error)
    return fail(ErrorCode::unavailable, "{}: {}", file.parent_path().string(), error.message());
  // Beside it and then into its place: whoever reads meanwhile sees the old file or the new one.
  const fs::path beside = fmt::format("{}.{}", file.string(), ::getpid());
  {
    const Descriptor descriptor(::open(
        beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (descriptor.number < 0 || ::fchmod(descriptor.number, S_IRUSR | S_IWUSR) != 0)
      return failed(file, "cannot make");
    TRY_STATUS(write_all(descriptor.number, to_text(credentials), file));
    if (::fsync(descriptor.number) != 0) return failed(file, "cannot write");
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) return failed(file, "cannot replace");
  return {};
}

Result<std::string> spell_hub(std::string_view url) {
  const net::Url parsed = TRY(about(url, net::parse_url(url)));
  if (parsed.target != "/")
    return fail(ErrorCode::invalid, "{}: write scheme, host and port alone", url);
  TRY_STATUS(net::check_private(url));
  return fmt::format("{}://{}", parsed.secure ? "https" : "http", parsed.authority());
}

}  // namespace nocturn::cli
