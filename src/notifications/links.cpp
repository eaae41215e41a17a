#include "notifications/links.h"

#include <algorithm>
#include <charconv>

#include "base/base64url.h"
#include "base/text.h"
#include "crypto/private_file.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kIdBytes = 16, kMacBytes = 16, kBounceMacDigits = 16;

// The sixteen bytes of "018f…-…-…"; nothing for what is no UUID in lower case.
std::optional<Bytes> bytes_of_uuid(std::string_view uuid) {
  std::string digits;
  for (const char c : uuid)
    if (c != '-') digits += c;
  auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != kIdBytes) return std::nullopt;
  return *std::move(bytes);
}

std::string uuid_of_bytes(std::span<const std::uint8_t> bytes) {
  const std::string digits = to_hex(bytes);
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

std::string_view name_of(Use use) { return use == Use::confirm ? "confirm" : "manage"; }

}  // namespace

Result<LinkKey> LinkKey::open(const std::filesystem::path& file, Random& random) {
  const std::string text = TRY(crypto::open_private_file(file, [&] {
    crypto::Hash fresh;
    random.fill(fresh);
    return to_hex(fresh) + "\n";
  }));
  const auto bytes = from_hex(trim(text));
  crypto::Hash key;
  if (!bytes || bytes->size() != key.size())
    return fail(ErrorCode::corrupt, "{} holds no key of {} hexadecimal digits", file.string(),
                2 * key.size());
  std::ranges::copy(*bytes, key.begin());
  return LinkKey(key);
}

crypto::Hash LinkKey::mac(std::string_view purpose, std::string_view what) const {
  return crypto::hmac_sha256(key_, fmt::format("nocturn notifications {}\n{}", purpose, what));
}

std::string LinkKey::token(Use use, const RecipientId& recipient) const {
  const auto id = bytes_of_uuid(recipient.text());
  CHECK(id);
  Bytes bytes{static_cast<std::uint8_t>(use)};
  bytes.insert(bytes.end(), id->begin(), id->end());
  const crypto::Hash proof = mac(name_of(use), recipient.text());
  bytes.insert(bytes.end(), proof.begin(), proof.begin() + kMacBytes);
  return to_base64url(bytes);
}

std::optional<LinkKey::Holder> LinkKey::holder(std::string_view token) const {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() != 1 + kIdBytes + kMacBytes) return std::nullopt;
  const auto use = static_cast<Use>((*bytes)[0]);
  if (use != Use::confirm && use != Use::manage) return std::nullopt;
  const std::span<const std::uint8_t> all(*bytes);
  RecipientId recipient(uuid_of_bytes(all.subspan(1, kIdBytes)));
  const crypto::Hash proof = mac(name_of(use), recipient.text());
  if (!crypto::equal_in_constant_time(all.subspan(1 + kIdBytes), std::span(proof).first(kMacBytes)))
    return std::nullopt;
  return Holder{use, std::move(recipient)};
}

std::string LinkKey::code(const RecipientId& recipient) const {
  const crypto::Hash proof = mac("code", recipient.text());
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | proof[static_cast<std::size_t>(i)];
  return fmt::format("{:08}", number % 100'000'000);
}

std::string LinkKey::signing_secret(const RecipientId& recipient) const {
  return to_hex(mac("webhook", recipient.text()));
}

std::string LinkKey::bounce_token(std::int64_t delivery) const {
  const std::string id = fmt::format("{:x}", delivery);
  return id + "z" + to_hex(mac("bounce", id)).substr(0, kBounceMacDigits);
}

std::optional<std::int64_t> LinkKey::bounced_delivery(std::string_view token) const {
  const std::string lower = lower_ascii(token);  // some servers do that on the way
  const std::size_t mark = lower.find('z');
  if (mark == std::string::npos || mark == 0 || mark > 15) return std::nullopt;
  const std::string id = lower.substr(0, mark);
  const std::string proof = to_hex(mac("bounce", id)).substr(0, kBounceMacDigits);
  if (!crypto::equal_in_constant_time(as_bytes(std::string_view(lower).substr(mark + 1)),
                                      as_bytes(proof)))
    return std::nullopt;
  std::int64_t delivery = 0;
  const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), delivery, 16);
  if (failed != std::errc() || end != id.data() + id.size()) return std::nullopt;
  return delivery;
}

}  // namespace nocturn::notifications
