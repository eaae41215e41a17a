#include "support/sample_letters.h"

#include "notifications/letters/payload_chat.h"
#include "notifications/letters/payload_webhook.h"
#include "support/sample_facts.h"

namespace nocturn::testing {
namespace {

using namespace notifications;
using namespace std::chrono_literals;
using status_page::Indicator;

ToldRow row(const char* instance, Indicator indicator, Micros ago) {
  return {.instance = instance, .indicator = indicator, .since = sample_now() - ago};
}

Telling telling(Topic topic, Step step, std::vector<ToldRow> rows) {
  Telling telling;
  telling.notice = NoticeId("0199-sample");
  telling.number = 1;
  telling.topic = topic;
  telling.step = step;
  telling.at = sample_now();
  telling.rows = std::move(rows);
  return telling;
}

Links links() {
  return {.page = "https://status.example.org/",
          .manage = "https://status.example.org/subscriptions/7Yq0aJ4cTn2pXw",
          .unsubscribe = "https://status.example.org/subscriptions/7Yq0aJ4cTn2pXw/leave",
          .confirm = "https://status.example.org/subscriptions/confirm/Zk3vQ9mR5tLbEu"};
}

Recipient subscriber(const char* language) {
  Recipient recipient;
  recipient.id = RecipientId("0199-reader");
  recipient.address = "reader@example.org";
  recipient.language = language;
  return recipient;
}

Recipient contact(const char* language, const char* name, const char* institution,
                  const char* time_zone) {
  Recipient recipient = subscriber(language);
  recipient.contact = true;
  recipient.name = name;
  recipient.institution = institution;
  recipient.time_zone = time_zone;
  return recipient;
}

Telling interruption() {
  Telling news = telling(Topic::trouble, Step::began,
                         {row("catalog-eu01", Indicator::performance, 3min),
                          row("discovery-eu01", Indicator::interruption, 2min),
                          row("linkresolver-eu01", Indicator::interruption, 2min),
                          row("repository-eu01", Indicator::interruption, 2min)});
  news.next_update = sample_now() + 30min;
  return news;
}

Telling recovery() {
  Telling news = interruption();
  news.step = Step::over;
  news.next_update.reset();
  for (ToldRow& row : news.rows) {
    row.trouble_since = row.since - 42min;
    row.indicator = Indicator::normal;
  }
  return news;
}

Telling unstable() {
  Telling news = telling(Topic::trouble, Step::unstable,
                         {row("discovery-eu01", Indicator::interruption, 1min)});
  news.rows[0].changes = 7;
  return news;
}

Telling moved() {
  Telling news = telling(
      Topic::maintenance, Step::moved,
      {row("catalog-eu01", Indicator::normal, 70h), row("discovery-eu01", Indicator::normal, 70h)});
  news.title = "Release 4.2";
  const WallTime from = sample_now() + 168h - 45min - 10s;
  news.old_window = status_page::Window{from - 24h, from - 22h};
  news.window = status_page::Window{from, from + 2h};
  return news;
}

Telling announcement() {
  Telling news = moved();
  news.step = Step::announced;
  news.old_window.reset();
  news.words =
      "The catalog gets release 4.2. What is new: https://example.org/releases/4.2.\n"
      "Nothing changes in your configuration.\n\n"
      "Questions? Write to the operating center before Friday.";
  return news;
}

Telling note() {
  Telling news = interruption();
  news.step = Step::note;
  news.number = 3;
  news.title = "Storage in Amsterdam";
  news.words =
      "A shelf of the storage in Amsterdam failed at 07:40. The second one has taken over, and "
      "the databases are being checked before they are opened.\n\n"
      "We expect the first instances back at 08:30. No data is lost.";
  return news;
}

Telling analysis() {
  Telling news =
      telling(Topic::analysis, Step::note, {row("discovery-eu01", Indicator::normal, 100h)});
  news.title = "Search index of 17 November";
  news.words = "The report: https://status.example.org/reports/2026-11-17 (4 pages)";
  return news;
}

std::vector<DigestPart> day() {
  const Telling all[] = {interruption(), note(), recovery(), announcement()};
  std::vector<DigestPart> parts;
  for (Telling news : all) {
    news.at = sample_now() - 5h + 80min * static_cast<int>(parts.size());
    const auto last = news.rows.begin() + 2;
    parts.push_back({news, std::vector<ToldRow>(news.rows.begin(), last)});
  }
  return parts;
}

class Desk {
 public:
  void write(const char* name, const Recipient& recipient, const Telling& news, std::size_t mine) {
    const Occasion occasion{*facts_.cloud, recipient, links()};
    put(name, letter(occasion, news, std::span(news.rows).first(mine)));
  }
  void put(std::string name, Letter letter) {
    written_.push_back({std::move(name), std::move(letter)});
  }
  const inventory::Cloud& cloud() const { return *facts_.cloud; }
  std::vector<SampleLetter> take() { return std::move(written_); }

 private:
  status_page::Facts facts_ = sample_facts();
  std::vector<SampleLetter> written_;
};

void write_tellings(Desk& desk) {
  const Recipient reader = subscriber("en"), hebrew = subscriber("he");
  const Recipient librarian =
      contact("en", "Ada Verhoeven", "Leiden University Library", "Europe/Amsterdam");
  const Recipient in_israel = contact("he", "", "הספרייה הלאומית", "Asia/Jerusalem");
  desk.write("interruption.en", reader, interruption(), 2);
  desk.write("interruption.he", in_israel, interruption(), 3);
  desk.write("recovery.en", librarian, recovery(), 4);
  desk.write("recovery.he", hebrew, recovery(), 1);
  desk.write("unstable.en", reader, unstable(), 1);
  desk.write("moved.en", librarian, moved(), 2);
  desk.write("moved.he", in_israel, moved(), 2);
  desk.write("announcement.en", reader, announcement(), 1);
  desk.write("announcement.he", hebrew, announcement(), 2);
  desk.write("note.en", librarian, note(), 4);
  desk.write("note.he", in_israel, note(), 4);
  desk.write("analysis.en", reader, analysis(), 1);
}

void write_large(Desk& desk) {
  const status_page::Facts large = large_facts(1000);
  Telling news = telling(Topic::trouble, Step::began, {});
  for (const auto& [id, instance] : large.cloud->instances)
    news.rows.push_back(row(id.text().c_str(), Indicator::interruption, 4min));
  const Recipient reader = subscriber("en");
  desk.put("large.en", letter({*large.cloud, reader, links()}, news, news.rows));
}

}  // namespace

std::vector<SampleLetter> sample_letters() {
  Desk desk;
  write_tellings(desk);
  write_large(desk);
  Choices choices;
  choices.instances = {"catalog-eu01", "discovery-eu01"};
  choices.products = {"repository"};
  choices.topics = {Topic::trouble, Topic::maintenance};
  for (const char* language : {"en", "he"}) {
    Recipient reader = subscriber(language);
    reader.shared = language == std::string_view("he");
    const Occasion occasion{desk.cloud(), reader, links()};
    const Occasion unknown{desk.cloud(), reader, {.page = links().page}};
    const std::string ending = fmt::format(".{}", language);
    desk.put("digest" + ending, digest(occasion, day()));
    desk.put("confirmation" + ending, confirmation(occasion, choices, sample_now() + 24h));
    desk.put("manage" + ending, manage_link(occasion));
    desk.put("manage-unknown" + ending, manage_link(unknown));
  }
  return desk.take();
}

std::vector<SamplePayload> sample_payloads() {
  const status_page::Facts facts = sample_facts();
  const Recipient reader = subscriber("en");
  const Telling news = interruption();
  const std::span<const ToldRow> mine = std::span(news.rows).first(2);
  const Occasion occasion{*facts.cloud, reader, links()};
  const std::string body = webhook_body(occasion, news, mine);
  return {{"webhook.json", body},
          {"webhook.signature", webhook_signature(kSampleSecret, sample_now(), body)},
          {"chat.json", chat_body(occasion, news, mine, ChatRoom::text)},
          {"card.json", chat_body(occasion, news, mine, ChatRoom::adaptive_card)}};
}

}  // namespace nocturn::testing
