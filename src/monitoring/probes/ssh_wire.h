#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The data types and the unencrypted packets of SSH (RFC 4251 section 5, RFC 4253 section 6); pure.
namespace nocturn::monitoring {

void put_u32(std::string& to, std::uint32_t value);
void put_string(std::string& to, std::string_view value);
// An unsigned number given by its bytes, most significant first.
void put_mpint(std::string& to, std::string_view number);
// A payload as a packet of its own.
std::string ssh_packet(std::string_view payload);

// Reads fields from front to back; once something is missing all reads give nothing and bad() is
// true.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::string_view bytes(std::size_t count);
  std::string_view string() { return bytes(u32()); }
  std::vector<std::string_view> name_list();
  bool bad() const { return bad_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool bad_ = false;
};

// Takes the next whole packet off `bytes` and answers its payload; nothing while it is not whole.
// Fails on a size that no packet may have.
Result<std::optional<std::string>> take_ssh_packet(std::string& bytes);

}  // namespace nocturn::monitoring
