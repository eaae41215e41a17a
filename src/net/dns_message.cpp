#include "net/dns_message.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/address.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kMostRecords = 1000;
constexpr std::uint16_t kInternet = 1;

struct TypeName {
  DnsType type;
  std::string_view name;
};
constexpr std::array<TypeName, 9> kTypes{{{DnsType::a, "A"},
                                          {DnsType::ns, "NS"},
                                          {DnsType::cname, "CNAME"},
                                          {DnsType::soa, "SOA"},
                                          {DnsType::ptr, "PTR"},
                                          {DnsType::mx, "MX"},
                                          {DnsType::txt, "TXT"},
                                          {DnsType::aaaa, "AAAA"},
                                          {DnsType::srv, "SRV"}}};

std::string_view without_last_dot(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return name;
}

// Reads a message from front to back. Once a read goes past the end, everything reads as nothing
// and bad() says so.
class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message) {}

  std::uint8_t u8() {
    if (at_ >= message_.size()) bad_ = true;
    return bad_ ? 0 : static_cast<std::uint8_t>(message_[at_++]);
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  std::string_view bytes(std::size_t count) {
    if (count > message_.size() - at_) bad_ = true;
    if (bad_) return {};
    at_ += count;
    return message_.substr(at_ - count, count);
  }
  // A name, following pointers (RFC 1035, section 4.1.4). Each pointer must lead further to the
  // front than the one before, so that no chain runs in a circle.
  std::string name();

  std::size_t at() const { return at_; }
  bool bad() const { return bad_; }
  void fail() { bad_ = true; }

 private:
  std::string_view message_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

std::string Reader::name() {
  std::string out;
  std::size_t resume = 0;  // where reading goes on after the first pointer; 0: none yet
  std::size_t lowest = at_;
  while (!bad_) {
    const std::uint8_t length = u8();
    if (length == 0) break;
    if ((length & 0xC0) == 0xC0) {
      const std::size_t to = static_cast<std::size_t>(length & 0x3F) << 8 | u8();
      if (bad_ || to >= lowest) return fail(), std::string();
      if (resume == 0) resume = at_;
      at_ = lowest = to;
      continue;
    }
    if (length > kLongestLabel) return fail(), std::string();
    if (!out.empty()) out += '.';
    for (const char c : bytes(length)) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte <= 0x20 || byte >= 0x7F || c == '.' || c == '\\') {
        out += fmt::format("\\{:03}", byte);  // RFC 1035, section 5.1
      } else {
        out += c;
      }
    }
    if (out.size() > 4 * kLongestName) return fail(), std::string();
  }
  if (resume != 0) at_ = resume;
  if (out.empty()) out = ".";
  return lower_ascii(out);
}

std::string address_text(std::string_view bytes) {
  Address address;
  address.v6 = bytes.size() == 16;
  std::ranges::copy(bytes, address.ip.begin());
  return address.ip_text();
}

// The data of one record, which has `size` bytes at the reader's place.
std::string record_data(Reader& in, std::uint16_t type, std::size_t size) {
  const std::size_t end = in.at() + size;
  switch (static_cast<DnsType>(type)) {
    case DnsType::a:
      if (size != 4) in.fail();
      return address_text(in.bytes(size));
    case DnsType::aaaa:
      if (size != 16) in.fail();
      return address_text(in.bytes(size));
    case DnsType::ns:
    case DnsType::cname:
    case DnsType::ptr: return in.name();
    case DnsType::mx: {
      const auto preference = in.u16();
      return fmt::format("{} {}", preference, in.name());
    }
    case DnsType::srv: {
      const auto priority = in.u16(), weight = in.u16(), port = in.u16();
      return fmt::format("{} {} {} {}", priority, weight, port, in.name());
    }
    case DnsType::soa: {
      std::string out = in.name();
      out += " " + in.name();
      for (int i = 0; i < 5; ++i) out += fmt::format(" {}", in.u32());
      return out;
    }
    case DnsType::txt: {
      std::string out;
      while (!in.bad() && in.at() < end) out += in.bytes(in.u8());
      return out;
    }
  }
  return to_hex(as_bytes(in.bytes(size)));
}

}  // namespace

std::string_view name_of(DnsType type) {
  const auto found = std::ranges::find(kTypes, type, &TypeName::type);
  return found == kTypes.end() ? "?" : found->name;
}

std::optional<DnsType> dns_type_from(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &TypeName::name);
  return found == kTypes.end() ? std::nullopt : std::optional(found->type);
}

std::string rcode_name(int rcode) {
  constexpr std::array<std::string_view, 6> kNames{"NOERROR",  "FORMERR", "SERVFAIL",
                                                   "NXDOMAIN", "NOTIMP",  "REFUSED"};
  const auto index = static_cast<std::size_t>(rcode);
  return index < kNames.size() ? std::string(kNames[index]) : fmt::format("RCODE{}", rcode);
}

Result<std::string> dns_question(std::uint16_t id, std::string_view name, DnsType type) {
  const auto add16 = [](std::string& to, unsigned value) {
    to += static_cast<char>(value >> 8);
    to += static_cast<char>(value & 0xFF);
  };
  std::string out;
  add16(out, id);
  add16(out, 0x0100);  // a question, recursion desired
  for (const unsigned count : {1, 0, 0, 0}) add16(out, count);
  name = without_last_dot(name);
  if (name != ".") {
    for (const auto label : split(name, '.')) {
      if (label.empty() || label.size() > kLongestLabel) {
        return fail(ErrorCode::invalid, "\"{}\" cannot be a name", name);
      }
      out += static_cast<char>(label.size());
      out += label;
    }
  }
  out += '\0';
  if (out.size() - 12 > kLongestName) {
    return fail(ErrorCode::invalid, "the name is longer than 255 bytes");
  }
  add16(out, static_cast<unsigned>(type));
  add16(out, kInternet);
  return out;
}

Result<DnsAnswer> parse_dns_answer(std::string_view message, std::uint16_t id,
                                   std::string_view name, DnsType type) {
  Reader in(message);
  DnsAnswer answer;
  const auto got_id = in.u16();
  const auto flags = in.u16();
  const auto questions = in.u16(), records = in.u16();
  in.u32();  // authority and additional records are not looked at
  if (in.bad() || (flags & 0x8000) == 0 || got_id != id) {
    return fail(ErrorCode::corrupt, "not an answer to our question");
  }
  answer.rcode = flags & 0x0F;
  answer.truncated = (flags & 0x0200) != 0;
  answer.authoritative = (flags & 0x0400) != 0;
  // Some servers leave the question out of a refusal; with records it must be ours.
  if (questions > 1 || (questions == 0 && records > 0)) {
    return fail(ErrorCode::corrupt, "an answer without our question");
  }
  if (questions == 1) {
    const auto asked = in.name();
    const auto asked_type = in.u16(), asked_class = in.u16();
    if (in.bad() || asked != lower_ascii(without_last_dot(name)) ||
        asked_type != static_cast<std::uint16_t>(type) || asked_class != kInternet) {
      return fail(ErrorCode::corrupt, "an answer to another question");
    }
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(records, kMostRecords); ++i) {
    DnsRecord record;
    record.name = in.name();
    record.type = in.u16();
    in.u16();  // class
    record.ttl = in.u32();
    const std::size_t size = in.u16();
    const std::size_t begins = in.at();
    if (!in.bad() && size <= message.size() - begins) {
      record.data = record_data(in, record.type, size);
    } else {
      in.fail();
    }
    if (in.bad() || in.at() != begins + size) {
      if (answer.truncated) break;
      return fail(ErrorCode::corrupt, "an answer that contradicts itself");
    }
    answer.answers.push_back(std::move(record));
  }
  return answer;
}

}  // namespace nocturn::net
