#include <algorithm>

#include "status_page/status_page.h"
#include "web/assets.h"
#include "web/cells.h"
#include "web/html.h"
#include "web/pages.h"
#include "web/search.h"
#include "web/template.h"

namespace nocturn::web {
namespace {

using inventory::Tenancy;
using status_page::Indicator;
using status_page::Row;
using status_page::View;
using status_page::Words;

constexpr std::size_t kTroublesOnTop = 12;
// Rows that say which institution they were found by: a word like "university" finds them all, and
// the answer is neither a directory of customers nor heavy.
constexpr std::size_t kMostTold = 25;

std::string_view path_of(Tenancy tenancy) {
  return tenancy == Tenancy::single ? "/single-tenant" : "/";
}

Indicator worst_of(const std::vector<const Row*>& rows) {
  Indicator worst = Indicator::normal;
  for (const Row* row : rows) worst = std::max(worst, row->shown.indicator);
  return worst;
}

// Trouble, then what somebody has to say; not measured rows are no news for the top.
bool is_news(const Row& row) {
  return is_trouble(row.shown.indicator) || (row.shown.indicator == Indicator::information &&
                                             row.shown.cause == status_page::Cause::declared);
}

Data troubles(const View& view, std::vector<const Row*> rows, const Words& words) {
  std::erase_if(rows, [](const Row* row) { return !is_news(*row); });
  std::stable_sort(rows.begin(), rows.end(), [](const Row* left, const Row* right) {
    return left->shown.indicator > right->shown.indicator;
  });
  Data list{Data::type::list};
  for (const Row* row : rows) {
    if (list.list_value().size() == kTroublesOnTop) break;
    Data item;
    const std::string path = fmt::format("/instances/{}", row->instance->id.text());
    item.set("state", std::string(letter(row->shown.indicator)));
    item.set("href", localized(path, view, words.locale()));
    item.set("name", row->instance->name);
    item.set("word", words.indicator(row->shown.indicator));
    item.set("details", details(view, *row, words));
    list.push_back(item);
  }
  return list;
}

std::size_t news_among(const std::vector<const Row*>& rows) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [](const Row* row) { return is_news(*row); }));
}

std::string why(const Match& match, const Words& words) {
  switch (match.by) {
    case Match::By::name: return {};
    case Match::By::alias: return words.say("page.matched_alias", {{"name", match.text}});
    case Match::By::host: return words.say("page.matched_host");
    case Match::By::institution:
      return words.say("page.matched_institution", {{"name", match.text}});
  }
  return {};
}

Data row_data(const View& view, const Row& row, const Words& words) {
  Data data;
  data.set("id", row.instance->id.text());
  data.set("name", row.instance->name);
  if (row.instance->environment == inventory::Environment::sandbox)
    data.set("sandbox", words.say("page.sandbox"));
  data.set("state", std::string(letter(row.shown.indicator)));
  data.set("word", words.indicator(row.shown.indicator));
  data.set("details", details(view, row, words));
  data.set("cells", week_cells(row, words));
  if (const inventory::MaintenanceEntry* entry = row.next_maintenance(view.now())) {
    const status_page::Window span{entry->from, entry->until};
    Data window;
    window.set("work", words.say("page.column_maintenance"));
    window.set("local", words.range(view.zone(row), span, view.now()));
    window.set("utc", utc_range(span, view.zone(row), words));
    data.set("window", window);
  } else {
    data.set("no_maintenance", words.say("page.no_maintenance"));
  }
  if (words.locale() != default_locale(view))
    data.set("suffix", fmt::format("?lang={}", tag_of(words.locale())));
  return data;
}

Data day_headers(const View& view, const Row& row, const Words& words) {
  Data list{Data::type::list};
  for (std::size_t i = 0; i < row.week.size(); ++i) {
    const auto day = status_page::civil(view.zone(row), row.week[i].span.from).day;
    Data header;
    header.set("long", words.long_day(day));
    header.set("short", i + 1 == row.week.size()
                            ? words.say("page.today")
                            : fmt::format("{} {}", words.weekday(day), unsigned(day.day())));
    list.push_back(header);
  }
  return list;
}

// Groups become sections by territory with a table body for each product.
class Sections {
 public:
  Sections(const View& view, const Words& words, std::string_view query)
      : view_(view), words_(words), query_(query) {}

  void add(const status_page::Group& group) {
    std::string rows;
    for (const Row* row : group.rows) {
      std::string reason;
      if (!query_.empty()) {
        const std::optional<Match> fit = match(view_, *row, query_);
        if (!fit) continue;
        const bool tells = fit->by != Match::By::institution || ++institutions_ <= kMostTold;
        if (tells) reason = why(*fit, words_);
      }
      Data data = row_data(view_, *row, words_);
      if (!reason.empty()) data.set("why", reason);
      rows += row_.render(data);
      ++count_;
    }
    if (rows.empty()) return;
    if (territory_ != group.territory) open(*group.rows.front());
    Data product;
    product.set("product", group.product->name);
    product.set("rows", rows);
    products_.push_back(product);
  }

  Data finish() {
    close();
    return territories_;
  }
  std::int64_t count() const { return count_; }

 private:
  void open(const Row& first) {
    close();
    territory_ = first.territory;
    const TimeZone& zone = view_.zone(first);
    section_ = Data();
    section_.set("id", "territory-" + territory_->id.text());
    section_.set("name", territory_->name);
    section_.set("times_in", words_.say("page.times_in",
                                        {{"zone", fmt::format("{} ({})", zone.name(),
                                                              zone.abbreviation(view_.now()))}}));
    section_.set("days", day_headers(view_, first, words_));
    products_ = Data(Data::type::list);
  }
  void close() {
    if (territory_ == nullptr) return;
    section_.set("products", products_);
    territories_.push_back(section_);
    territory_ = nullptr;
  }

  const View& view_;
  const Words& words_;
  std::string_view query_;
  Template row_{"row"};
  const inventory::Territory* territory_ = nullptr;
  Data section_;
  Data products_{Data::type::list};
  Data territories_{Data::type::list};
  std::int64_t count_ = 0;
  std::size_t institutions_ = 0;  // by which rows were found
};

void set_search(Data& data, const View& view, const Words& words, Tenancy tenancy,
                std::string_view query) {
  data.set("action", std::string(path_of(tenancy)));
  data.set("search", words.say("page.search"));
  data.set("search_hint", words.say("page.search_hint"));
  data.set("search_button", words.say("page.search_button"));
  data.set("query", std::string(query));
  if (words.locale() != default_locale(view))
    data.set("lang_field", std::string(tag_of(words.locale())));
}

// The way to mail about chosen rows. The script puts a box before each row's name: in the markup
// they would weigh 3.5 KB gzip for 1,000 rows. Without script the choice is made on the next page.
void set_mail(Data& data, const View& view, const Words& words) {
  if (!view.facts().takes_subscriptions) return;
  Data mail;
  mail.set("chosen", words.say("subscribe.chosen"));
  mail.set("about", words.say("subscribe.row"));
  data.set("mail", mail);
}

void set_hero(Data& data, const View& view, const Words& words,
              const std::vector<const Row*>& rows) {
  data.set("state", std::string(letter(worst_of(rows))));
  data.set("summary", summary(rows, words));
  data.set("as_of", words.say("page.as_of"));
  data.set("made", machine_time(view.now()));
  data.set("made_text", utc_clock(view.now()));
  data.set("counted", words.count("page.counted", static_cast<std::int64_t>(rows.size())));
  data.set("stale", words.say("page.stale"));
  data.set("now_title", words.say("page.now"));
  const std::size_t news = news_among(rows);
  data.set("any_trouble", news > 0);
  data.set("troubles", troubles(view, rows, words));
  if (news > kTroublesOnTop)
    data.set("more", words.count("page.more", static_cast<std::int64_t>(news - kTroublesOnTop)));
}

}  // namespace

std::string index_page(const View& view, Tenancy tenancy, const Words& words,
                       std::string_view query, Edition edition) {
  const std::vector<const Row*> rows = rows_of(view, tenancy);
  Data data;
  set_frame(data, view, words, path_of(tenancy), Sheet::index, edition);
  data.set("title", words.say("page.title_state",
                              {{"summary", summary(rows, words)}, {"cloud", view.cloud().name}}));
  if (edition == Edition::live) data.set("script", script_url(Script::live));
  set_hero(data, view, words, rows);
  set_search(data, view, words, tenancy, query);
  set_mail(data, view, words);
  for (const std::string_view key :
       {"column_instance", "column_now", "column_maintenance", "no_maintenance", "show_all"})
    data.set(std::string(key), words.say(fmt::format("page.{}", key)));
  Sections sections(view, words, query);
  if (!rows.empty())
    for (const status_page::Group& group : view.groups(tenancy)) sections.add(group);
  data.set("territories", sections.finish());
  if (!query.empty()) {
    Data found;
    found.set("text", sections.count() == 0
                          ? words.say("page.found_none", {{"query", query}})
                          : words.count("page.found", sections.count(), {{"query", query}}));
    found.set("href", localized(path_of(tenancy), view, words.locale()));
    data.set("found", found);
  } else if (tenancy == Tenancy::single) {
    data.set("intro", words.say(rows.empty() ? "page.empty" : "page.single_intro"));
  }
  return render_page("index", data);
}

}  // namespace nocturn::web
