#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// SRU 1.1, 1.2 and 2.0 (searchRetrieve over HTTP GET) as plain data, told by local names, since
// servers disagree about namespaces. Every diagnostic comes inside HTTP 200, some even in the
// place of a hit.
namespace nocturn::monitoring::sru {

struct Diagnostic {
  std::string number;  // of the SRU diagnostic list: "66"; another list's URI as a whole
  std::string message, details;
  // "diagnostic 66: Unknown schema for retrieval (nowhere)".
  std::string text() const;
};

struct Answer {
  std::optional<std::int64_t> hits;
  std::optional<Diagnostic> diagnostic;  // of the search as a whole
  struct Record {
    std::optional<Diagnostic> diagnostic;  // in place of the record
    std::string markup, text;              // the record as XML, and its text alone
    bool contains(std::string_view wanted) const;
  };
  std::optional<Record> first;
};

// The `corrupt` error says what the body is instead.
Result<Answer> parse_answer(std::string_view body);

struct Search {
  std::string version;  // "1.1", "1.2", "2.0"
  std::string query;    // CQL
  std::string schema;   // empty: the server's choice
};
// The query part of the URL, without the question mark; asks for one record.
std::string query_string(const Search& search);

}  // namespace nocturn::monitoring::sru
