#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

// What a Z39.50 server (ISO 23950) says, as plain data. Read by ourselves and not by YAZ, whose
// decoder of version 5.34 reads through a null pointer on messages that a hostile server can send
// (tests/fuzz/corpus/z3950/ends_yaz_decoder).
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
  std::string syntax;                    // of the record: "usmarc", or an object identifier
  std::optional<Diagnostic> diagnostic;  // of the request or in place of the record
};
struct CloseAnswer {
  std::string reason;
};
struct OtherAnswer {};  // understood and not asked for
using Answer = std::variant<InitAnswer, SearchAnswer, PresentAnswer, CloseAnswer, OtherAnswer>;

// The length of the message that `bytes` starts with; 0 while more bytes are needed; an error
// when it can never become a message.
Result<std::size_t> message_length(std::string_view bytes);
// Takes one whole message apart; `corrupt` when it is none.
Result<Answer> decode(std::string_view message);

}  // namespace nocturn::monitoring::z3950
