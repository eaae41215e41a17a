#include "monitoring/probes/ssh_wire.h"

#include "base/text.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kLargestPacket = 35000;  // RFC 4253, section 6.1
constexpr std::size_t kBlock = 8;
constexpr std::size_t kLeastPadding = 4;

}  // namespace

void put_u32(std::string& to, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) to += static_cast<char>(value >> shift & 0xFF);
}

void put_string(std::string& to, std::string_view value) {
  put_u32(to, static_cast<std::uint32_t>(value.size()));
  to += value;
}

void put_mpint(std::string& to, std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  const bool would_be_negative = !number.empty() && (number.front() & 0x80) != 0;
  put_u32(to, static_cast<std::uint32_t>(number.size() + (would_be_negative ? 1 : 0)));
  if (would_be_negative) to += '\0';
  to += number;
}

std::string ssh_packet(std::string_view payload) {
  std::size_t padding = kBlock - (payload.size() + 5) % kBlock;
  if (padding < kLeastPadding) padding += kBlock;
  std::string out;
  put_u32(out, static_cast<std::uint32_t>(payload.size() + padding + 1));
  out += static_cast<char>(padding);
  out += payload;
  out.append(padding, '\0');
  return out;
}

std::uint8_t SshReader::u8() {
  const auto one = bytes(1);
  return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
}

std::uint32_t SshReader::u32() {
  std::uint32_t value = 0;
  for (const char c : bytes(4)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::string_view SshReader::bytes(std::size_t count) {
  if (count > rest_.size()) bad_ = true;
  if (bad_) return {};
  const auto taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::vector<std::string_view> SshReader::name_list() {
  const auto names = string();
  return names.empty() ? std::vector<std::string_view>() : split(names, ',');
}

Result<std::optional<std::string>> take_ssh_packet(std::string& bytes) {
  if (bytes.size() < 5) return std::nullopt;
  SshReader in(bytes);
  const std::size_t size = in.u32();
  const std::size_t padding = in.u8();
  if (size > kLargestPacket || padding < kLeastPadding || padding + 1 >= size) {
    return fail(ErrorCode::corrupt, "not a packet of SSH");
  }
  if (bytes.size() < 4 + size) return std::nullopt;
  std::string payload = bytes.substr(5, size - padding - 1);
  bytes.erase(0, 4 + size);
  return payload;
}

}  // namespace nocturn::monitoring
