#include "notifications/letters/letter.h"

#include "notifications/letters/clean_text.h"
#include "notifications/letters/content.h"
#include "notifications/letters/parts.h"

namespace nocturn::notifications {
namespace {

using status_page::Words;

constexpr std::size_t kNameLength = 80;
constexpr std::size_t kBytesOfParts = 80'000;  // of a digest

LetterContent begin(const LetterScene& scene, std::string title) {
  const Words& words = scene.words();
  LetterContent content;
  content.locale = words.locale();
  content.cloud = scene.cloud();
  // Isolated together with its brackets, so that filters find them side by side.
  const std::string cloud = one_line(scene.occasion().cloud.name, kNameLength);
  content.subject = words.say(
      "letter.subject", {{"cloud", isolated(fmt::format("[{}]", cloud), words)}, {"title", title}});
  content.title = std::move(title);
  return content;
}

void add_salutation(const LetterScene& scene, LetterContent& content) {
  const Words& words = scene.words();
  const Recipient& recipient = scene.occasion().recipient;
  if (const std::string name = one_line(recipient.name, kNameLength); !name.empty())
    content.salutation = words.say("letter.dear", {{"name", isolated(name, words)}});
  else if (const std::string house = one_line(recipient.institution, kNameLength); !house.empty())
    content.salutation =
        words.say("letter.dear_institution", {{"institution", isolated(house, words)}});
}

void add_reasons(const LetterScene& scene, LetterContent& content) {
  const Words& words = scene.words();
  const Recipient& recipient = scene.occasion().recipient;
  const std::string institution = one_line(recipient.institution, kNameLength);
  if (!recipient.contact)
    content.reasons.push_back(words.say("letter.why.subscriber"));
  else if (institution.empty())
    content.reasons.push_back(words.say("letter.why.contact_unnamed"));
  else
    content.reasons.push_back(
        words.say("letter.why.contact", {{"institution", isolated(institution, words)}}));
  if (recipient.shared) content.reasons.push_back(words.say("letter.why.shared"));
}

void add_links(const LetterScene& scene, LetterContent& content) {
  const Words& words = scene.words();
  const Links& links = scene.occasion().links;
  const auto add = [&](std::string_view label, const std::string& url) {
    if (!url.empty()) content.links.push_back({words.say(label), url});
  };
  add("letter.link.page", scene.page_url());
  add("letter.link.manage", links.manage);
  add("letter.link.unsubscribe", links.unsubscribe);
  const inventory::HubContact& contact = scene.occasion().cloud.contact;
  if (!contact.email.empty()) add("page.contact", "mailto:" + contact.email);
}

void add_words(const LetterScene& scene, const Telling& telling, Room& room,
               std::vector<LetterBlock>& blocks) {
  LetterBlock block;
  block.words = operators_words(telling, room);
  if (block.words.empty()) return;
  block.heading = scene.words().say("letter.heading.words");
  blocks.push_back(std::move(block));
}

std::string topics_of(const Choices& choices, const Words& words) {
  std::string text;
  for (const Topic topic : choices.topics) {
    if (!text.empty()) text += ", ";
    text += words.say(fmt::format("notice.topic.{}", name_of(topic)));
  }
  return text;
}

// "Catalog EU01, Catalog EU02 and 3 more"
std::string some_of(std::vector<std::string> names, const Words& words) {
  constexpr std::size_t kMost = 20;
  const std::size_t left = names.size() > kMost ? names.size() - kMost : 0;
  names.resize(names.size() - left);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  if (left == 0) return text;
  return words.count("letter.names", static_cast<std::int64_t>(left), {{"first", text}});
}

std::vector<LetterFact> chosen(const LetterScene& scene, const Choices& choices) {
  const Words& words = scene.words();
  const inventory::Cloud& cloud = scene.occasion().cloud;
  std::vector<std::string> instances, products, institutions;
  for (const std::string& id : choices.instances) instances.push_back(scene.name_of(id));
  for (const std::string& id : choices.products) {
    const auto found = cloud.products.find(inventory::ProductId(id));
    const std::string& name = found == cloud.products.end() ? id : found->second.name;
    products.push_back(isolated(one_line(name, kNameLength), words));
  }
  for (const std::string& id : choices.institutions)
    institutions.push_back(isolated(one_line(id, kNameLength), words));

  std::vector<LetterFact> facts;
  const auto add = [&](std::string_view label, std::string value) {
    if (!value.empty()) facts.push_back({words.say(label), std::move(value)});
  };
  add("letter.fact.instances", some_of(std::move(instances), words));
  add("letter.fact.products", some_of(std::move(products), words));
  add("letter.fact.institutions", some_of(std::move(institutions), words));
  add("letter.fact.topics", topics_of(choices, words));
  add("letter.fact.rhythm", words.say(choices.digest ? "letter.digest" : "letter.at_once"));
  return facts;
}

}  // namespace

Letter as_letter(const LetterContent& content) {
  return {.subject = content.subject,
          .text = text_head(content) + text_salutation(content) + text_body(content) +
                  text_foot(content),
          .html = html_head(content) + html_salutation(content) + html_body(content) +
                  html_foot(content)};
}

LetterContent news_content(const LetterScene& scene, const Telling& telling,
                           std::span<const ToldRow> mine) {
  CHECK(!mine.empty());
  const Words& words = scene.words();
  LetterContent content = begin(scene, title(scene, telling, mine));
  content.mark = mark(telling, mine);
  Room room;

  LetterBlock news;
  news.sentences.push_back(lead(scene, telling, mine));
  news.facts = times(scene, telling, mine);
  content.blocks.push_back(std::move(news));
  add_words(scene, telling, room, content.blocks);

  LetterBlock affected;
  const bool is_past =
      telling.step == Step::over || telling.step == Step::ended || telling.topic == Topic::analysis;
  affected.heading = words.say(is_past ? "letter.heading.was_affected" : "letter.heading.affected");
  put_rows(scene, telling, mine, room, affected);
  if (telling.rows.size() > mine.size())
    affected.after.push_back(
        words.count("letter.others", static_cast<std::int64_t>(telling.rows.size() - mine.size())));
  content.blocks.push_back(std::move(affected));

  LetterBlock todo;
  todo.sentences = what_to_do(scene, telling, mine);
  todo.heading = todo.sentences.empty() ? "" : words.say("letter.heading.todo");
  if (const std::string url = scene.page_url(); !url.empty())
    todo.button = LetterLink{words.say("letter.button.page"), url};
  content.blocks.push_back(std::move(todo));
  return content;
}

void address(const LetterScene& scene, LetterContent& content) {
  add_salutation(scene, content);
  add_reasons(scene, content);
  add_links(scene, content);
}

Letter letter(const Occasion& occasion, const Telling& telling, std::span<const ToldRow> mine) {
  const LetterScene scene(occasion);
  LetterContent content = news_content(scene, telling, mine);
  address(scene, content);
  return as_letter(content);
}

Letter digest(const Occasion& occasion, std::span<const DigestPart> parts) {
  CHECK(!parts.empty());
  const LetterScene scene(occasion);
  const Words& words = scene.words();
  const TimeZone zone = scene.zone_of(parts.front().mine);
  LetterContent content = begin(
      scene, words.say("letter.digest.title", {{"day", scene.day(zone, parts.back().telling.at)}}));
  LetterBlock news;
  news.sentences.push_back(
      words.count("letter.digest.lead", static_cast<std::int64_t>(parts.size())));
  content.blocks.push_back(std::move(news));

  Room room;
  std::size_t told = 0, bytes = 0;
  for (const auto& [telling, mine] : parts) {
    LetterBlock block;
    block.heading = title(scene, telling, mine);
    block.sentences.push_back(scene.moment(scene.zone_of(mine), telling.at));
    block.words = operators_words(telling, room);
    block.facts = times(scene, telling, mine);
    put_rows(scene, telling, mine, room, block);
    bytes += weight(block);
    if (bytes > kBytesOfParts) break;
    content.blocks.push_back(std::move(block));
    ++told;
  }
  LetterBlock end;
  if (told < parts.size())
    end.sentences.push_back(
        words.count("letter.digest.more", static_cast<std::int64_t>(parts.size() - told)));
  if (const std::string url = scene.page_url(); !url.empty())
    end.button = LetterLink{words.say("letter.button.page"), url};
  content.blocks.push_back(std::move(end));
  address(scene, content);
  return as_letter(content);
}

Letter confirmation(const Occasion& occasion, const Choices& choices, WallTime until) {
  const LetterScene scene(occasion);
  const Words& words = scene.words();
  LetterContent content = begin(scene, words.say("letter.confirm.title"));
  LetterBlock ask;
  ask.sentences.push_back(words.say("letter.confirm.lead", {{"cloud", scene.cloud()}}));
  ask.button = LetterLink{words.say("letter.confirm.button"), occasion.links.confirm};
  ask.after = {
      words.say("letter.confirm.until",
                {{"time", scene.moment(scene.zone_of(std::span<const ToldRow>()), until)}}),
      words.say("letter.confirm.otherwise")};
  content.blocks.push_back(std::move(ask));
  LetterBlock what;
  what.heading = words.say("letter.heading.chosen");
  what.facts = chosen(scene, choices);
  content.blocks.push_back(std::move(what));
  if (const std::string url = scene.page_url(); !url.empty())
    content.links.push_back({words.say("letter.link.page"), url});
  return as_letter(content);
}

Letter manage_link(const Occasion& occasion) {
  const LetterScene scene(occasion);
  const Words& words = scene.words();
  LetterContent content = begin(scene, words.say("letter.manage.title"));
  const bool follows = !occasion.links.manage.empty();
  LetterBlock block;
  block.sentences.push_back(words.say(follows ? "letter.manage.lead" : "letter.manage.none"));
  const std::string url = follows ? occasion.links.manage : scene.page_url();
  if (!url.empty())
    block.button =
        LetterLink{words.say(follows ? "letter.manage.button" : "letter.button.page"), url};
  if (follows) block.after.push_back(words.say("letter.manage.care"));
  block.after.push_back(words.say("letter.manage.otherwise"));
  content.blocks.push_back(std::move(block));
  return as_letter(content);
}

}  // namespace nocturn::notifications
