#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "customers/csv.h"

namespace {

using nocturn::customers::CsvRow;

// As RFC 4180 has it, every field in quotes.
std::string written(const std::vector<CsvRow>& rows) {
  std::string text;
  for (const CsvRow& row : rows) {
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row.fields[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += '\n';
  }
  return text;
}

}  // namespace

// Tables that people import: what was read is read again from how it would be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rows = nocturn::customers::read_csv({reinterpret_cast<const char*>(data), size});
  if (!rows) return 0;
  std::size_t line = 0;
  for (const CsvRow& row : *rows) {
    if (row.fields.empty() || row.line <= line) __builtin_trap();
    line = row.line;
    for (const std::string& field : row.fields)
      if (!nocturn::is_utf8(field)) __builtin_trap();
  }
  // The first line tells the separator: it must have no other.
  if (rows->empty() || std::ranges::any_of(rows->front().fields, [](const std::string& field) {
        return field.find_first_of(",;\t\r\n") != field.npos;
      }))
    return 0;
  const auto again = nocturn::customers::read_csv(written(*rows));
  if (!again || again->size() != rows->size()) __builtin_trap();
  for (std::size_t i = 0; i < rows->size(); ++i)
    if ((*rows)[i].fields != (*again)[i].fields) __builtin_trap();
  return 0;
}
