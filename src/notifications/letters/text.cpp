#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/text.h"
#include "notifications/letters/content.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kColumns = 76;

std::size_t columns(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    UChar32 c = 0;
    // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): so is the macro of ICU
    U8_NEXT_OR_FFFD(bytes, at, text.size(), c);
    if (u_charType(c) != U_FORMAT_CHAR) ++count;
  }
  return count;
}

class Sheet {
 public:
  // Every line of a letter that runs from right to left begins with `mark` (RLM), so that programs
  // which look for a line's first strong letter find the right direction in it.
  explicit Sheet(std::string_view mark) : mark_(mark) {}

  void line(std::string_view text, std::string_view first = "", std::string_view next = "") {
    std::string line(first);
    std::size_t width = columns(first);
    bool has_word = false;
    for (const std::string_view word : split(text, ' ')) {
      const std::size_t wide = columns(word);
      if (has_word && width + 1 + wide > kColumns) {
        put(line);
        line = next;
        width = columns(next);
        has_word = false;
      }
      if (has_word) line += ' ';
      line += word;
      width += wide + (has_word ? 1 : 0);
      has_word = true;
    }
    put(line);
  }
  // In whatever direction somebody wrote it.
  void foreign_line(std::string_view text) {
    const std::string_view mark = std::exchange(mark_, "");
    line(text);
    mark_ = mark;
  }
  // Never broken: mail programs would not know it again.
  void link(const LetterLink& link) {
    constexpr std::string_view kMail = "mailto:";
    if (link.url.starts_with(kMail))
      put(fmt::format("{}: {}", link.label, std::string_view(link.url).substr(kMail.size())));
    else
      put(fmt::format("{}:\n{}", link.label, link.url));
  }
  void gap() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += "\n";
  }
  std::string take() { return std::move(out_); }

 private:
  void put(std::string_view line) { out_ += fmt::format("{}{}\n", mark_, line); }

  std::string_view mark_;
  std::string out_;
};

void put_row(Sheet& sheet, const LetterRow& row) {
  sheet.line(fmt::format("{}: {}", row.name, row.state), "* ", "  ");
  for (const std::string& line : row.lines) sheet.line(line, "  ", "  ");
}

void put_block(Sheet& sheet, const LetterBlock& block) {
  sheet.gap();
  if (!block.heading.empty()) {
    sheet.line(block.heading);
    sheet.line(std::string(std::min(columns(block.heading), kColumns), '-'));
  }
  for (const std::string& sentence : block.sentences) {
    sheet.line(sentence);
    sheet.gap();
  }
  for (const LetterFact& fact : block.facts)
    sheet.line(fmt::format("{}: {}", fact.label, fact.value), "", "  ");
  if (!block.facts.empty()) sheet.gap();
  for (const LetterRow& row : block.rows) put_row(sheet, row);
  if (!block.more_rows.empty()) sheet.line(block.more_rows, "* ", "  ");
  if (!block.rows.empty()) sheet.gap();
  for (const std::string& paragraph : block.words) {
    for (const std::string_view line : split(paragraph, '\n')) sheet.foreign_line(line);
    sheet.gap();
  }
  if (block.button) {
    sheet.link(*block.button);
    sheet.gap();
  }
  for (const std::string& sentence : block.after) {
    sheet.line(sentence);
    sheet.gap();
  }
}

Sheet empty_sheet(const LetterContent& content) {
  return Sheet(status_page::Words::in(content.locale).right_to_left() ? "\u200f" : "");
}

}  // namespace

std::string text_head(const LetterContent& content) {
  Sheet sheet = empty_sheet(content);
  sheet.line(content.title);
  sheet.line(std::string(std::min(columns(content.title), kColumns), '='));
  return sheet.take();
}

std::string text_salutation(const LetterContent& content) {
  if (content.salutation.empty()) return {};
  Sheet sheet = empty_sheet(content);
  sheet.line(content.salutation);
  return "\n" + sheet.take();
}

std::string text_body(const LetterContent& content) {
  Sheet sheet = empty_sheet(content);
  for (const LetterBlock& block : content.blocks) put_block(sheet, block);
  sheet.gap();
  return "\n" + sheet.take();
}

std::string text_foot(const LetterContent& content) {
  Sheet sheet = empty_sheet(content);
  sheet.line(content.cloud);
  for (const std::string& reason : content.reasons) sheet.line(reason);
  for (const LetterLink& link : content.links) {
    sheet.gap();
    sheet.link(link);
  }
  return "-- \n" + sheet.take();  // RFC 3676 section 4.3
}

}  // namespace nocturn::notifications
