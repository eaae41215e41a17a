#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/sha256.h"
#include "notifications/model.h"

// The secrets in links of letters. A token is the recipient's id and a MAC over it and what it is
// good for (HMAC-SHA-256, 128 bits), so none is stored: who reads the database learns none, and one
// that was not made here is worth nothing. Thread-safe.
namespace nocturn::notifications {

// What a link is good for.
enum class Use : char { confirm = 'c', manage = 'm' };

class LinkKey {
 public:
  // The key in this file, made with its first use (crypto/private_file.h).
  static Result<LinkKey> open(const std::filesystem::path& file, Random& random);
  explicit LinkKey(const crypto::Hash& key) : key_(key) {}

  // 44 characters of base64url. The recipient's id is a UUID.
  std::string token(Use use, const RecipientId& recipient) const;
  struct Holder {
    Use use;
    RecipientId recipient;
  };
  // Nothing for a token that was not made with this key.
  std::optional<Holder> holder(std::string_view token) const;

  // The eight digits without which an address of many people cannot be left or changed; shown once,
  // to who confirms it.
  std::string code(const RecipientId& recipient) const;
  // What a webhook's messages are signed with: hexadecimal, 64 characters.
  std::string signing_secret(const RecipientId& recipient) const;

  // The local part of a letter's envelope sender is made of this, so that a bounce tells which
  // delivery it is about: lower-case letters and digits.
  std::string bounce_token(std::int64_t delivery) const;
  std::optional<std::int64_t> bounced_delivery(std::string_view token) const;

 private:
  crypto::Hash mac(std::string_view purpose, std::string_view what) const;

  crypto::Hash key_;
};

}  // namespace nocturn::notifications
