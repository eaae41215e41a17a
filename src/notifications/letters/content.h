#pragma once

#include <optional>
#include <string>
#include <vector>

#include "notifications/letters/letter.h"

// A letter's contents before they are text or HTML, so that the two say the same. Every string is
// one clean line (notifications/letters/clean_text.h) in the letter's language, unless it says
// otherwise.
namespace nocturn::notifications {

struct LetterLink {
  std::string label;
  std::string url;
};

struct LetterRow {
  std::string name;
  std::string url;  // of the instance's page; empty: none
  status_page::Indicator indicator = status_page::Indicator::normal;
  std::string state;               // the indicator in words
  std::vector<std::string> lines;  // since when, how often, because
};

struct LetterFact {
  std::string label;
  std::string value;
};

// A part of the letter; what is empty is left out, the rest stands in this order.
struct LetterBlock {
  std::string heading;
  std::vector<std::string> sentences;  // a paragraph each
  std::vector<LetterFact> facts;
  std::vector<LetterRow> rows;
  std::string more_rows;           // "and 12 more …"
  std::vector<std::string> words;  // an operator's: paragraphs with \n in them
  std::optional<LetterLink> button;
  std::vector<std::string> after;  // sentences below the button
};

struct LetterContent {
  status_page::Locale locale = status_page::Locale::en;
  std::string subject;
  std::string cloud;
  std::string title;
  std::optional<status_page::Indicator> mark;  // what the title tells of
  std::string salutation;
  std::vector<LetterBlock> blocks;
  std::vector<std::string> reasons;  // why the recipient gets it
  std::vector<LetterLink> links;
};

// A letter is these four, one behind the other. Head and body are the same for whoever gets the
// same news in the same language and zone; salutation and foot are the recipient's own.

// As text: lines of at most 76 columns but for words that are longer.
std::string text_head(const LetterContent& content);
std::string text_salutation(const LetterContent& content);
std::string text_body(const LetterContent& content);
std::string text_foot(const LetterContent& content);

// As HTML: a whole document.
std::string html_head(const LetterContent& content);
std::string html_salutation(const LetterContent& content);
std::string html_body(const LetterContent& content);
std::string html_foot(const LetterContent& content);

Letter as_letter(const LetterContent& content);

}  // namespace nocturn::notifications
