#include "notifications/letters/letter.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/text.h"
#include "notifications/letters/press.h"
#include "support/sample_facts.h"

// Whatever a letter tells of whomever in whatever language: its markup is ours, its size bounded,
// and nothing of a stranger gets out of its place.
namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;
using status_page::Indicator;

const char* const kHostile[] = {
    "Catalog EU01",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "line\r\nBcc: everybody@example.org",
    "\u202Eegap lanruoj\u2066\u2067",
    "קטלוג <b>'אחד'</b> & \"שני\"",
    "javascript:alert(1) http://ok.example/?a=1&b=2 https://",
    "\xff\xfe broken \xc3",
    "\u0001\u0002\u007f controls",
    "&amp;&quot;&#x3c;",
    "",
};

// What a letter's markup may consist of; anything else came in from outside.
void expect_tame_markup(const std::string& html) {
  static const std::set<std::string_view> kTags = {
      "!DOCTYPE", "html", "head", "meta",  "title", "style", "body",   "div", "p",
      "h1",       "h2",   "span", "table", "thead", "tbody", "tr",     "th",  "td",
      "a",        "ul",   "li",   "dl",    "dt",    "dd",    "strong", "br"};
  static const std::set<std::string_view> kVoid = {"!DOCTYPE", "meta", "br"};
  std::vector<std::string_view> open;
  std::string_view rest = html;
  for (std::size_t at = rest.find('<'); at != rest.npos; at = rest.find('<')) {
    const std::size_t end = rest.find('>', at);
    RC_ASSERT(end != rest.npos);
    std::string_view tag = rest.substr(at + 1, end - at - 1);
    rest.remove_prefix(end + 1);
    const bool closes = tag.starts_with('/');
    if (closes) tag.remove_prefix(1);
    const std::string_view name = tag.substr(0, tag.find(' '));
    RC_ASSERT(kTags.contains(name));
    RC_ASSERT(tag.find(" on") == tag.npos);
    RC_ASSERT(tag.find("src") == tag.npos);
    if (const std::size_t href = tag.find("href=\""); href != tag.npos) {
      const std::string_view url = tag.substr(href + 6);
      RC_ASSERT(url.starts_with("http://") || url.starts_with("https://") ||
                url.starts_with("mailto:"));
    }
    if (kVoid.contains(name)) continue;
    if (!closes) {
      open.push_back(name);
      continue;
    }
    RC_ASSERT(!open.empty());
    RC_ASSERT(open.back() == name);
    open.pop_back();
  }
  RC_ASSERT(open.empty());
}

// Nothing turns the direction of what follows it.
void expect_balanced(std::string_view text) {
  for (const std::string_view line : split(text, '\n'))
    for (const char* turn : {"\u202A", "\u202B", "\u202C", "\u202D", "\u202E"})
      RC_ASSERT(line.find(turn) == line.npos);
  int open = 0;  // isolates: U+2066 to U+2068 begin one, U+2069 ends it
  for (std::size_t at = 0; (at = text.find("\xE2\x81", at)) != text.npos; at += 3) {
    const char last = text.substr(at + 2, 1).front();
    if (last >= '\xA6' && last <= '\xA8') ++open;
    if (last == '\xA9') --open;
    RC_ASSERT(open >= 0);
  }
  RC_ASSERT(open == 0);
}

void expect_sound(const Letter& letter) {
  for (const std::string& text : {letter.subject, letter.text, letter.html}) {
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(text.find('\r') == text.npos);
    RC_ASSERT(text.find("{{") == text.npos);
    for (const char* name : {"{count}", "{names}", "{first}", "{time}", "{title}", "{day}", "{utc}",
                             "{about}", "{what}", "{duration}", "{institution}", "{cloud}"})
      RC_ASSERT(text.find(name) == text.npos);
    expect_balanced(text);
  }
  RC_ASSERT(!letter.subject.empty());
  RC_ASSERT(letter.subject.find('\n') == letter.subject.npos);
  for (const unsigned char c : letter.subject) RC_ASSERT(c >= 0x20);
  RC_ASSERT(letter.text.ends_with('\n'));
  RC_ASSERT(letter.text.size() + letter.html.size() <= 100'000u);
  expect_tame_markup(letter.html);
  for (const char* outside : {"url(", "<link", "@import"})
    RC_ASSERT(letter.html.find(outside) == letter.html.npos);
}

rc::Gen<std::string> text() {
  return rc::gen::oneOf(rc::gen::map(rc::gen::inRange<std::size_t>(0, std::size(kHostile)),
                                     [](std::size_t i) { return std::string(kHostile[i]); }),
                        rc::gen::map(rc::gen::inRange<std::size_t>(0, 2000),
                                     [](std::size_t n) { return std::string(n, '"'); }));
}

WallTime moment() { return testing::sample_now() - 1min * *rc::gen::inRange(0, 50'000); }

status_page::Window window() {
  const WallTime from = moment();
  return {from, from + 1min * *rc::gen::inRange(1, 5000)};
}

inventory::Cloud cloud_of(int rows) {
  inventory::Cloud cloud = *testing::sample_facts().cloud;
  const inventory::Instance pattern = cloud.instances.begin()->second;
  cloud.name = *text();
  const std::string name = *text();
  for (int i = 0; i < rows; ++i) {
    inventory::Instance instance = pattern;
    instance.id = inventory::InstanceId(fmt::format("row-{:04}", i));
    instance.name = fmt::format("{} {}", name, i);
    cloud.instances[instance.id] = instance;
  }
  return cloud;
}

Telling telling_of(int rows) {
  Telling telling;
  telling.number = 1;
  telling.topic = *rc::gen::elementOf(std::vector<Topic>(std::begin(kTopics), std::end(kTopics)));
  telling.step = static_cast<Step>(*rc::gen::inRange(0, kSteps));
  telling.at = testing::sample_now();
  telling.title = *text();
  telling.words = fmt::format("{}\n\n{}\n{}", *text(), *text(), *text());
  if (*rc::gen::arbitrary<bool>()) telling.next_update = moment();
  if (*rc::gen::arbitrary<bool>()) telling.window = window();
  if (*rc::gen::arbitrary<bool>()) telling.old_window = window();
  const std::string because = *text();
  for (int i = 0; i < rows; ++i) {
    ToldRow row{.instance = fmt::format("row-{:04}", i)};
    row.indicator = static_cast<Indicator>(*rc::gen::inRange(0, status_page::kIndicators));
    if (i % 3 != 0) row.since = moment();
    if (i % 2 != 0) row.trouble_since = moment();
    row.because = because;
    row.changes = i;
    row.watched = i % 4 != 1;
    row.name = because;
    telling.rows.push_back(std::move(row));
  }
  telling.rows.front().instance = "gone \r\n\"><";  // an instance that the cloud does not know
  return telling;
}

Recipient somebody() {
  Recipient recipient;
  recipient.language = *rc::gen::element<std::string>("en", "he", "xx");
  recipient.name = *text();
  recipient.institution = *text();
  recipient.time_zone = *rc::gen::element<std::string>("", "Asia/Jerusalem", "Nowhere/At_All");
  recipient.contact = *rc::gen::arbitrary<bool>();
  recipient.shared = *rc::gen::arbitrary<bool>();
  return recipient;
}

Links some_links() {
  return {
      .page = *rc::gen::element<std::string>("", "https://s.example/", "https://s.example/?a=b"),
      .manage = "https://s.example/m?a=1&b=2",
      .unsubscribe = *rc::gen::element<std::string>("", "https://s.example/u"),
      .confirm = "https://s.example/c"};
}

RC_GTEST_PROP(Letter, is_sound_whatever_it_tells, ()) {
  const int rows = *rc::gen::element(1, 2, 3, 7, 51, 400);
  const inventory::Cloud cloud = cloud_of(rows);
  const Recipient recipient = somebody();
  const Telling telling = telling_of(rows);
  const auto mine = static_cast<std::size_t>(*rc::gen::inRange(1, rows + 1));
  const Occasion occasion{cloud, recipient, some_links()};
  const Letter first = letter(occasion, telling, std::span(telling.rows).first(mine));
  expect_sound(first);
  const Letter second = letter(occasion, telling, std::span(telling.rows).first(mine));
  RC_ASSERT(first.subject == second.subject);
  RC_ASSERT(first.text == second.text);
  RC_ASSERT(first.html == second.html);
}

RC_GTEST_PROP(LetterPress, writes_what_letter_writes, ()) {
  const inventory::Cloud cloud = cloud_of(3);
  std::vector<Telling> tellings{telling_of(3), telling_of(2)};
  tellings[1].number = 2;
  Links links = some_links();
  LetterPress press(cloud, links.page);
  for (int i = 0; i < 20; ++i) {
    const Telling& telling = tellings[*rc::gen::inRange<std::size_t>(0, 2)];
    const auto number = *rc::gen::inRange<std::size_t>(1, telling.rows.size() + 1);
    const auto mine = std::span(telling.rows).first(number);
    const Recipient recipient = somebody();
    links.manage = *rc::gen::element<std::string>("https://s.example/m", "https://s.example/n?a&b");
    const Letter pressed = press.letter(recipient, links, telling, mine);
    const Letter written = letter({cloud, recipient, links}, telling, mine);
    RC_ASSERT(pressed.subject == written.subject);
    RC_ASSERT(pressed.text == written.text);
    RC_ASSERT(pressed.html == written.html);
  }
}

RC_GTEST_PROP(Letter, of_a_day_is_sound_whatever_it_tells, ()) {
  const int rows = *rc::gen::element(1, 3, 60);
  const inventory::Cloud cloud = cloud_of(rows);
  const Recipient recipient = somebody();
  std::vector<DigestPart> parts;
  const int number = *rc::gen::element(1, 2, 5, 90);
  for (int i = 0; i < number; ++i) {
    const Telling telling = telling_of(rows);
    parts.push_back({telling, telling.rows});
  }
  expect_sound(digest({cloud, recipient, some_links()}, parts));
}

RC_GTEST_PROP(Letter, about_choices_is_sound_whatever_was_chosen, ()) {
  const inventory::Cloud cloud = cloud_of(40);
  const Recipient recipient = somebody();
  Choices choices;
  for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
    choices.instances.push_back(fmt::format("row-{:04}", i));
    choices.products.push_back(*text());
    choices.institutions.push_back(*text());
  }
  choices.digest = *rc::gen::arbitrary<bool>();
  const Occasion occasion{cloud, recipient, some_links()};
  expect_sound(confirmation(occasion, choices, moment()));
  expect_sound(manage_link(occasion));
}

TEST(Letter, weighs_at_most_100_KB_with_the_longest_of_everything) {
  inventory::Cloud cloud = *testing::sample_facts().cloud;
  const inventory::Instance pattern = cloud.instances.begin()->second;
  const std::string quotes(5000, '"');
  Telling telling;
  telling.topic = Topic::maintenance;
  telling.step = Step::moved;
  telling.title = quotes;
  for (int i = 0; i < 2000; ++i) telling.words += "http://example.org/\"\n\n";
  for (int i = 0; i < 1000; ++i) {
    inventory::Instance instance = pattern;
    instance.id = inventory::InstanceId(fmt::format("row-{:04}", i));
    instance.name = quotes;
    telling.rows.push_back({.instance = instance.id.text(), .because = quotes});
    cloud.instances[instance.id] = std::move(instance);
  }
  Recipient recipient;
  recipient.name = recipient.institution = quotes;
  const Occasion occasion{cloud, recipient, {.page = "https://s.example/"}};
  const Letter told = letter(occasion, telling, telling.rows);
  EXPECT_LE(told.text.size() + told.html.size(), 100'000u);
  EXPECT_GE(told.text.size() + told.html.size(), 50'000u);
  Telling short_lines = telling;
  short_lines.words.clear();
  for (int i = 0; i < 20'000; ++i) short_lines.words += i % 2 == 0 ? "a\n\n" : "b\nc\n\n";
  const Letter many = letter(occasion, short_lines, short_lines.rows);
  EXPECT_LE(many.text.size() + many.html.size(), 100'000u);
  telling.rows.resize(10);
  const std::vector<DigestPart> parts(100, {telling, telling.rows});
  const Letter day = digest(occasion, parts);
  EXPECT_LE(day.text.size() + day.html.size(), 100'000u);
  EXPECT_GE(day.text.size() + day.html.size(), 50'000u);
}

}  // namespace
}  // namespace nocturn::notifications
