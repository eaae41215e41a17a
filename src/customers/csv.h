#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Comma-separated values (RFC 4180) as spreadsheets write them: a comma, semicolon or tab between
// fields, told by the first line; a byte order mark and blank lines are passed over. Pure.
namespace nocturn::customers {

inline constexpr std::size_t kMostCsvBytes = 16 << 20;
inline constexpr std::size_t kMostCsvRows = 50'000;

struct CsvRow {
  std::size_t line = 0;  // its first, from 1
  std::vector<std::string> fields;
};

// All rows, the header included. `invalid` for text that is not CSV in UTF-8, naming the line;
// `limited` for more than the above.
Result<std::vector<CsvRow>> read_csv(std::string_view text);

}  // namespace nocturn::customers
