#include "base/id.h"

#include <array>

#include "base/text.h"

namespace nocturn {

std::string new_uuid(const Clock& clock, Random& random) {
  std::array<std::uint8_t, 16> bytes;
  random.fill(bytes);
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(clock.wall()).time_since_epoch().count());
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  bytes[6] = (bytes[6] & 0x0F) | 0x70;
  bytes[8] = (bytes[8] & 0x3F) | 0x80;
  std::string text = to_hex(bytes);
  for (const std::size_t hyphen : {8, 13, 18, 23}) text.insert(hyphen, 1, '-');
  return text;
}

}  // namespace nocturn
