#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Passwords as Argon2id strings (RFC 9106), by libsodium. One verification or hashing takes as much
// memory and time as the cost says, so whoever calls bounds how many run at once.
namespace nocturn::crypto {

// libsodium's "interactive" cost by default: 64 MiB and two passes.
struct PasswordCost {
  unsigned long long passes = 2;
  std::size_t memory_bytes = std::size_t{64} << 20;
};

// "$argon2id$v=19$…" with a salt of its own; the one text that may be stored. Aborts when the
// system has not the memory.
std::string hash_password(std::string_view password, PasswordCost cost);
// Whether the text was made of this password. Takes as long for a wrong one as for the right one.
bool verify_password(std::string_view password, const std::string& hash);

}  // namespace nocturn::crypto
