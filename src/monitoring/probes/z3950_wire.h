#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

// Z39.50 (ISO 23950) messages as plain data: requests to bytes, bytes to answers. YAZ does the
// BER; nothing here touches a socket, so the total deadline of a probe is nobody's but its own.
namespace nocturn::monitoring::z3950 {

struct Diagnostic {
  std::int64_t condition = 0;  // of the Bib-1 diagnostic set
  std::string addition;        // what it is about, in the server's words
  // "diagnostic 109: Database unavailable (nowhere)".
  std::string text() const;
};

struct InitAnswer {
  bool accepted = false;
  std::string implementation;  // the server's name of itself
};
struct SearchAnswer {
  bool succeeded = false;
  std::int64_t hits = 0;
  std::optional<Diagnostic> diagnostic;
};
struct PresentAnswer {
  std::optional<std::string> record;     // the first one; bytes as they came
  std::string syntax;                    // of the record: "Usmarc", or an object identifier
  std::optional<Diagnostic> diagnostic;  // of the request or in place of the record
};
struct CloseAnswer {
  std::string reason;
};
struct OtherAnswer {};  // understood and not asked for
using Answer = std::variant<InitAnswer, SearchAnswer, PresentAnswer, CloseAnswer, OtherAnswer>;

struct Login {  // both empty: anonymous
  std::string user, password;
};

std::string init_request(const Login& login);
// `query` in PQF; `invalid` with the place when it cannot be read.
Result<std::string> search_request(const std::string& database, const std::string& query);
// The first record of the result set. `syntax` is one of YAZ's names ("usmarc", "xml"); empty: the
// server's choice. `element_set` empty: the server's default.
Result<std::string> present_request(const std::string& syntax, const std::string& element_set);

// The length of the message that `bytes` starts with; 0 while more bytes are needed.
std::size_t message_length(std::string_view bytes);
// Takes one whole message apart; `corrupt` when it is none.
Result<Answer> decode(std::string_view message);

// Whether two names mean the same record syntax, whatever their case: "USMARC" and "Usmarc".
bool same_syntax(std::string_view left, std::string_view right);

}  // namespace nocturn::monitoring::z3950
