#include <kainjow/mustache.hpp>

#include "base/text.h"
#include "nocturn_notifications_embedded.h"
#include "notifications/letters/clean_text.h"
#include "notifications/letters/content.h"

namespace nocturn::notifications {
namespace {

using Data = kainjow::mustache::data;
using status_page::Indicator;

constexpr int kMostLinks = 10;  // in one paragraph of words

std::string read(std::string_view name) {
  const auto file = embedded(name);
  CHECK(file.has_value());
  return std::string(*file);
}

// A shape for each, so that a colour is never all that tells them apart.
std::string_view sign_of(Indicator indicator) {
  switch (indicator) {
    case Indicator::normal: return "✓";
    case Indicator::information: return "i";
    case Indicator::maintenance: return "◷";
    case Indicator::performance: return "!";
    case Indicator::interruption: return "✕";
  }
  return "i";
}

void set_mark(Data& data, Indicator indicator) {
  data.set("class", std::string(name_of(indicator)));
  data.set("sign", std::string(sign_of(indicator)));
}

// A range of hours, and UTC behind an hour, stay on one line: broken, they read as something else
// where the line runs from right to left.
std::string kept_together(std::string text) {
  constexpr std::string_view kDash = "–", kUtc = " UTC";
  for (std::size_t at = 0; (at = text.find(kDash, at)) != text.npos; at += kDash.size())
    text.insert(at + kDash.size(), "\u2060");
  for (std::size_t at = 0; (at = text.find(kUtc, at)) != text.npos;) text.replace(at, 1, "\u00a0");
  return text;
}

Data texts(const std::vector<std::string>& lines) {
  Data list{Data::type::list};
  for (const std::string& line : lines) list.push_back(Data("text", kept_together(line)));
  return list;
}

Data links(const std::vector<LetterLink>& links) {
  Data list{Data::type::list};
  for (const LetterLink& link : links) {
    Data entry;
    entry.set("label", link.label);
    entry.set("url", link.url);
    list.push_back(entry);
  }
  return list;
}

Data facts(const std::vector<LetterFact>& facts) {
  Data list{Data::type::list};
  for (const LetterFact& fact : facts) {
    Data entry;
    entry.set("label", fact.label);
    entry.set("value", kept_together(fact.value));
    list.push_back(entry);
  }
  return list;
}

Data rows(const std::vector<LetterRow>& rows) {
  Data list{Data::type::list};
  for (const LetterRow& row : rows) {
    Data entry;
    entry.set("name", row.name);
    entry.set("url", row.url.empty() ? Data(false) : Data(row.url));
    set_mark(entry, row.indicator);
    entry.set("state", row.state);
    entry.set("lines", texts(row.lines));
    list.push_back(entry);
  }
  return list;
}

Data words(const std::vector<std::string>& paragraphs) {
  Data list{Data::type::list};
  int links_left = kMostLinks;
  for (const std::string& paragraph : paragraphs) {
    Data lines{Data::type::list};
    bool next = false;
    for (const std::string_view line : split(paragraph, '\n')) {
      Data pieces{Data::type::list};
      for (const Piece& piece : with_links(line, links_left)) {
        Data entry;
        entry.set("text", piece.text);
        entry.set("url", piece.url);
        pieces.push_back(entry);
        links_left -= piece.url ? 1 : 0;
      }
      Data entry;
      entry.set("next", next);
      entry.set("pieces", pieces);
      lines.push_back(entry);
      next = true;
    }
    list.push_back(Data("lines", lines));
  }
  return list;
}

void set_text(Data& data, const char* name, const std::string& text) {
  data.set(name, text.empty() ? Data(false) : Data(text));
}

Data blocks(const LetterContent& content) {
  const auto& catalogue = status_page::Words::in(content.locale);
  Data list{Data::type::list};
  for (const LetterBlock& block : content.blocks) {
    Data entry;
    set_text(entry, "heading", block.heading);
    entry.set("sentences", texts(block.sentences));
    entry.set("has_facts", !block.facts.empty());
    entry.set("facts", facts(block.facts));
    entry.set("has_rows", !block.rows.empty());
    entry.set("column_instance", catalogue.say("page.column_instance"));
    entry.set("column_now", catalogue.say("page.column_now"));
    entry.set("rows", rows(block.rows));
    set_text(entry, "more_rows", block.more_rows);
    entry.set("has_words", !block.words.empty());
    entry.set("words", words(block.words));
    entry.set("button", block.button ? links({*block.button}) : Data(false));
    entry.set("after", texts(block.after));
    list.push_back(entry);
  }
  return list;
}

// Parsing takes longer than filling in, and a parsed template is no two threads' at a time.
std::string render(const std::string& name, const Data& data) {
  thread_local std::map<std::string, kainjow::mustache::mustache> parsed;
  auto found = parsed.find(name);
  if (found == parsed.end()) {
    found =
        parsed.try_emplace(name, read(fmt::format("letters/templates/{}.mustache", name))).first;
    CHECK(found->second.is_valid());
    found->second.set_custom_escape([](const std::string& text) { return escape_markup(text); });
  }
  std::string out;
  found->second.render(data, [&out](const std::string& piece) { out += piece; });
  return out;
}

std::string style(bool right_to_left) {
  // Mail programs know no logical properties: the start side is spelled out.
  std::string text = read("letters/templates/letter.css");
  text += right_to_left ? "th, td { text-align: right; }\n"
                          "th:first-child { padding-right: 0; padding-left: 12px; }\n"
                          "dd { margin-right: 0; }\n"
                        : "th, td { text-align: left; }\n";
  return text;
}

}  // namespace

std::string html_head(const LetterContent& content) {
  const bool right_to_left = status_page::Words::in(content.locale).right_to_left();
  Data data;
  data.set("lang", std::string(tag_of(content.locale)));
  data.set("dir", right_to_left ? "rtl" : "ltr");
  data.set("style", style(right_to_left));
  data.set("subject", content.subject);
  data.set("cloud", content.cloud);
  data.set("title", content.title);
  data.set("mark", false);
  if (content.mark) {
    Data mark;
    set_mark(mark, *content.mark);
    data.set("mark", mark);
  }
  return render("head", data);
}

std::string html_salutation(const LetterContent& content) {
  if (content.salutation.empty()) return {};
  return fmt::format("<p>{}</p>\n", escape_markup(content.salutation));
}

std::string html_body(const LetterContent& content) {
  return render("body", Data("blocks", blocks(content)));
}

std::string html_foot(const LetterContent& content) {
  Data data;
  data.set("has_foot", !content.links.empty() || !content.reasons.empty());
  data.set("reasons", texts(content.reasons));
  data.set("has_links", !content.links.empty());
  data.set("links", links(content.links));
  return render("foot", data);
}

}  // namespace nocturn::notifications
