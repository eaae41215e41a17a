#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"

// What `nocturn login` keeps: a token for each hub, in ~/.config/nocturn/credentials. The file is
// its owner's alone: one that others may read is refused, as the tokens in it may be known by now.
namespace nocturn::cli {

// A variable of the environment (app/environment.h).
using Variable = std::function<std::optional<std::string>(const std::string&)>;

struct Credential {
  std::string token;
  std::string login;     // as whom, for people
  std::string ca_file;   // PEM of the hub's authority; empty: the system's
  bool by_login = true;  // made by `nocturn login` itself, not handed to it
};

struct Credentials {
  std::map<std::string, Credential> hubs;  // by URL, as spell_hub() writes it
  std::string last;                        // the hub of the last login; empty when none is left
};

// ${XDG_CONFIG_HOME:-$HOME/.config}/nocturn/credentials (XDG Base Directory Specification).
Result<std::filesystem::path> credentials_file(const Variable& variable);

// Nothing in it when there is no such file. `forbidden` when its group or others may read it,
// `corrupt` when it is not ours.
Result<Credentials> read_credentials(const std::filesystem::path& file);
// Writes all of it or nothing, with mode 0600.
Status write_credentials(const std::filesystem::path& file, const Credentials& credentials);

// "https://hub.example.org:8443": scheme, host and port alone. `invalid` for a path, and for http
// to another machine, as the token would travel in the clear.
Result<std::string> spell_hub(std::string_view url);

}  // namespace nocturn::cli
