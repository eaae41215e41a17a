#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Questions to name servers and their answers as bytes (RFC 1035); pure.
namespace nocturn::net {

enum class DnsType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33
};
std::string_view name_of(DnsType type);
std::optional<DnsType> dns_type_from(std::string_view name);

struct DnsRecord {
  std::string name;  // lower case, without the last dot
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  // As in a zone file, names without the last dot: "127.0.0.1", "10 mx.example.org", the text of
  // a TXT record without quotes. Types we do not know are told in hex.
  std::string data;
};

struct DnsAnswer {
  int rcode = 0;
  bool truncated = false;  // more fits over TCP
  bool authoritative = false;
  std::vector<DnsRecord> answers;  // at most 1,000
};

// "NOERROR", "NXDOMAIN", "SERVFAIL", …
std::string rcode_name(int rcode);

// The bytes of a question with recursion desired. Fails when `name` cannot be a name.
Result<std::string> dns_question(std::uint16_t id, std::string_view name, DnsType type);

// Takes an answer apart. Fails when it is not one to this question (another id, name or type) or
// contradicts itself. A truncated answer may lack records and still is one.
Result<DnsAnswer> parse_dns_answer(std::string_view message, std::uint16_t id,
                                   std::string_view name, DnsType type);

}  // namespace nocturn::net
