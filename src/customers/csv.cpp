#include "customers/csv.h"

#include <algorithm>
#include <memory>

#include <csv.h>

#include "base/text.h"

namespace nocturn::customers {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::string_view kLineEnds = "\r\n";

// With its end: LF, CR LF, or the CR of old spreadsheets.
std::size_t line_size(std::string_view text) {
  const std::size_t end = text.find_first_of(kLineEnds);
  if (end == std::string_view::npos) return text.size();
  return end + (text.substr(end).starts_with(kLineEnds) ? 2 : 1);
}

struct Rows {
  std::vector<CsvRow> all;
  std::size_t begun = 1;  // line that the row under way began at
  std::size_t line = 1;   // that is being parsed
  bool ended = true;      // no row is under way
  std::vector<std::string> fields = {};
};

void add_field(void* text, std::size_t size, void* rows) {
  static_cast<Rows*>(rows)->fields.emplace_back(static_cast<const char*>(text), size);
}

void end_row(int, void* to) {
  Rows& rows = *static_cast<Rows*>(to);
  const bool blank = rows.fields.size() <= 1 && (rows.fields.empty() || rows.fields[0].empty());
  if (!blank) rows.all.push_back({rows.begun, std::move(rows.fields)});
  rows.fields.clear();
  rows.ended = true;
}

unsigned char separator_of(std::string_view header) {
  const auto count = [&](char c) { return std::ranges::count(header, c); };
  if (count(';') > count(',') && count(';') >= count('\t')) return ';';
  return count('\t') > count(',') ? '\t' : ',';
}

struct Finish {
  void operator()(csv_parser* parser) const { csv_free(parser); }
};

}  // namespace

Result<std::vector<CsvRow>> read_csv(std::string_view text) {
  if (text.size() > kMostCsvBytes)
    return fail(ErrorCode::limited, "the table has {} bytes, at most {} are taken", text.size(),
                kMostCsvBytes);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (!is_utf8(text))
    return fail(ErrorCode::invalid, "the table is not in UTF-8; save it with that encoding");

  csv_parser state;
  if (csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) != 0)
    return fail(ErrorCode::internal, "the CSV parser does not start");
  const std::unique_ptr<csv_parser, Finish> parser(&state);
  const unsigned char separator = separator_of(text.substr(0, text.find_first_of(kLineEnds)));
  csv_set_delim(parser.get(), separator);
  // What the parser passes over before a row; a row of tabs is one where tabs separate.
  const std::string_view blanks = separator == '\t' ? " \r\n" : " \t\r\n";

  // A line at a time: the parser does not tell where it is.
  Rows rows{.all = {}};
  for (; !text.empty(); ++rows.line) {
    const std::size_t size = line_size(text);
    if (rows.ended && text.substr(0, size).find_first_not_of(blanks) != text.npos) {
      rows.begun = rows.line;
      rows.ended = false;
    }
    if (csv_parse(parser.get(), text.data(), size, add_field, end_row, &rows) != size)
      return fail(ErrorCode::invalid,
                  "line {}: a quotation mark inside a field; double it and quote the field",
                  rows.line);
    if (rows.all.size() > kMostCsvRows)
      return fail(ErrorCode::limited, "the table has more than {} rows; take it in parts",
                  kMostCsvRows);
    text.remove_prefix(size);
  }
  if (csv_fini(parser.get(), add_field, end_row, &rows) != 0)
    return fail(ErrorCode::invalid, "line {}: a quoted field is not closed", rows.begun);
  return std::move(rows.all);
}

}  // namespace nocturn::customers
