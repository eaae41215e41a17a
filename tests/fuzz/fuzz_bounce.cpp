#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "notifications/bounces/bounce.h"

// Whatever is sent to the address that bounces come back to.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using nocturn::notifications::Bounce;
  const std::string_view mail(reinterpret_cast<const char*>(data), size);
  const Bounce bounce = nocturn::notifications::read_bounce(mail, "");
  const auto is_tame = [](const std::string& text) {
    return nocturn::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
             return static_cast<unsigned char>(c) < 0x20;
           });
  };
  if (!is_tame(bounce.said) || !is_tame(bounce.recipient) || !is_tame(bounce.message_id) ||
      !is_tame(bounce.status) || !is_tame(bounce.token))
    __builtin_trap();
  if (bounce.said.size() > 1200 || bounce.token.size() > 64) __builtin_trap();
  if (bounce.kind == Bounce::Kind::none && !(bounce.said + bounce.token).empty()) __builtin_trap();
  return 0;
}
