#include <algorithm>

#include "base/text.h"
#include "status_page/status_page.h"
#include "web/cells.h"
#include "web/html.h"
#include "web/pages.h"
#include "web/template.h"

namespace nocturn::web {
namespace {

using inventory::Environment;
using inventory::Hosting;
using inventory::Tenancy;
using monitoring::Verdict;
using status_page::Cause;
using status_page::DayCell;
using status_page::Incident;
using status_page::Indicator;
using status_page::Row;
using status_page::Stretch;
using status_page::View;
using status_page::Words;

constexpr std::size_t kEventsListed = 100;

std::string or_zero(Micros duration, const Words& words) {
  return duration == Micros(0) ? words.say("instance.zero") : words.duration(duration);
}

void set_history(Data& data, const View& view, const Row& row, const Words& words) {
  const std::vector<DayCell> days = view.days(row);
  Data list{Data::type::list};
  std::array<Micros, status_page::kIndicators> in{};
  for (const DayCell& cell : days) {
    const auto day = status_page::civil(view.zone(row), cell.span.from).day;
    const std::string lasted = cell_text(cell, words);
    std::string label = fmt::format("{}: {}", words.day(day), cell_word(cell, words));
    if (cell.worst && is_trouble(*cell.worst)) label += ", " + lasted;
    Data item;
    item.set("state", std::string(cell_letter(cell)));
    item.set("label", label);
    list.push_back(item);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] += cell.in[i];
  }
  data.set("days", list);
  data.set("first_day", words.day(status_page::civil(view.zone(row), days.front().span.from).day));
  data.set("today", words.say("page.today"));
  const auto of = [&](Indicator indicator) { return in[static_cast<std::size_t>(indicator)]; };
  Micros measured{0};
  for (const Micros duration : in) measured += duration;
  data.set("history_sum",
           measured == Micros(0)
               ? words.say("instance.history_none")
               : words.say("instance.history_sum",
                           {{"measured", words.duration(measured)},
                            {"interruption", or_zero(of(Indicator::interruption), words)},
                            {"performance", or_zero(of(Indicator::performance), words)},
                            {"maintenance", or_zero(of(Indicator::maintenance), words)}}));
}

Data event_data(const View& view, const Row& row, const Words& words, const Stretch& stretch,
                std::optional<WallTime> until) {
  const TimeZone& zone = view.zone(row);
  Data event;
  event.set("state", std::string(letter(stretch.shown.indicator)));
  event.set("word", words.indicator(stretch.shown.indicator));
  if (stretch.shown.cause == Cause::declared) {
    event.set("text", fmt::format("{} ({})", stretch.because, words.say("instance.declared")));
  } else if (stretch.shown.cause == Cause::measured) {
    const inventory::Check* check = nullptr;
    for (const inventory::Check& candidate : row.instance->checks)
      if (candidate.id == stretch.check) check = &candidate;
    event.set("text", symptom(check, stretch.shown.indicator, words));
  }
  event.set("from", machine_time(stretch.span.from));
  event.set("from_text", words.moment(zone, stretch.span.from));
  if (until) event.set("until", machine_time(*until));
  event.set("until_text", until ? words.moment(zone, *until) : words.say("instance.still"));
  event.set("lasted", words.duration(until.value_or(view.now()) - stretch.span.from));
  return event;
}

// Everything but normal operation and time not measured, newest first.
void set_events(Data& data, const View& view, const Row& row, const Words& words) {
  const std::vector<const Row*> only = {&row};
  const std::vector<Incident> incidents = status_page::incidents(view, only, SIZE_MAX);
  Data list{Data::type::list};
  for (auto stretch = row.history.rbegin(); stretch != row.history.rend(); ++stretch) {
    if (list.list_value().size() == kEventsListed) break;
    const bool tells = is_trouble(stretch->shown.indicator) ||
                       stretch->shown.cause == Cause::declared ||
                       stretch->shown.cause == Cause::maintenance;
    if (!tells || stretch->shown.indicator == Indicator::normal) continue;
    const std::optional<WallTime> until =
        stretch->span.until > view.now() ? std::nullopt : std::optional(stretch->span.until);
    Data event = event_data(view, row, words, *stretch, until);
    for (const Incident& incident : incidents)
      if (incident.from == stretch->span.from) event.set("id", incident.id);
    list.push_back(event);
  }
  data.set("any_event", !list.list_value().empty());
  data.set("events", list);
}

void set_windows(Data& data, const View& view, const Row& row, const Words& words) {
  Data list{Data::type::list};
  for (const inventory::MaintenanceEntry* entry : row.maintenance) {
    if (entry->until <= view.now()) continue;
    const status_page::Window span{entry->from, entry->until};
    Data window;
    window.set("name", entry->name);
    if (entry->from <= view.now()) window.set("under_way", words.say("page.under_way"));
    window.set("local", words.range(view.zone(row), span, view.now()));
    window.set("utc", utc_range(span, view.zone(row), words));
    list.push_back(window);
  }
  data.set("any_window", !list.list_value().empty());
  data.set("windows", list);
}

std::string rhythm(Micros every, const Words& words) {
  if (every >= std::chrono::minutes(1)) return words.duration(every);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(every).count();
  return words.say("duration.seconds", {{"s", fmt::format("{}", seconds)}});
}

std::string_view letter_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::normal: return "n";
    case Verdict::performance: return "p";
    case Verdict::interruption: return "x";
    case Verdict::unknown: break;
  }
  return "i";
}

// Checks in plain words: kinds and layers, never hosts, targets or reasons.
void set_checks(Data& data, const View& view, const Row& row, const Words& words) {
  constexpr std::array<std::string_view, 5> kLayers = {"facility", "network", "host", "service",
                                                       "transaction"};
  Data list{Data::type::list};
  for (const inventory::Check& check : row.instance->checks) {
    Verdict verdict = Verdict::unknown;
    for (const monitoring::CheckStand& stand : view.facts().stands)
      if (stand.check == check.id) verdict = stand.verdict;
    Data item;
    item.set("state", std::string(letter_of(verdict)));
    item.set("purpose", purpose(check, words));
    item.set("layer",
             words.say(fmt::format("layer.{}", kLayers.at(static_cast<std::size_t>(check.layer)))));
    item.set("every", words.say("instance.every", {{"time", rhythm(check.every, words)}}));
    item.set("result", words.say(fmt::format("verdict.{}", name_of(verdict))));
    list.push_back(item);
  }
  data.set("any_check", !list.list_value().empty());
  data.set("checks", list);
  if (row.last_measured)
    data.set("measured_at",
             words.say("instance.measured_at", {{"time", utc_clock(*row.last_measured)}}));
}

void set_facts(Data& data, const View& view, const Row& row, const Words& words) {
  const inventory::Instance& instance = *row.instance;
  Data list{Data::type::list};
  const auto add = [&](std::string_view term, const std::string& value) {
    if (value.empty()) return;
    Data fact;
    fact.set("term", words.say(fmt::format("instance.{}", term)));
    fact.set("value", value);
    list.push_back(fact);
  };
  const auto word = [&](std::string_view key) {
    return words.say(fmt::format("instance.{}", key));
  };
  add("product", view.cloud().products.at(instance.product).name);
  add("territory", row.territory->name);
  add("data_center", view.cloud().data_centers.at(instance.data_center).name);
  add("environment", word(instance.environment == Environment::sandbox ? "sandbox" : "production"));
  add("tenancy", word(instance.tenancy == Tenancy::single ? "single" : "multi"));
  add("hosting", word(instance.hosting == Hosting::public_cloud ? "public" : "private"));
  add("sla", fmt::format("{} %", instance.sla));
  add("aliases", fmt::format("{}", fmt::join(instance.aliases, ", ")));
  data.set("facts", list);
}

void set_follow(Data& data, const View& view, const Row& row, const Words& words) {
  const std::string page = link(view, row);
  if (view.facts().takes_subscriptions) {
    data.set("mail_href", localized(fmt::format("/subscribe?instance={}", row.instance->id.text()),
                                    view, words.locale()));
    data.set("mail_label", words.say("subscribe.nav"));
  }
  data.set("atom_label", words.say("page.atom"));
  data.set("rss_label", words.say("page.rss"));
  data.set("calendar_label", words.say("page.calendar"));
  data.set("badge_title", words.say("instance.badge"));
  data.set("badge_alt",
           fmt::format("{}: {}", row.instance->name, words.indicator(row.shown.indicator)));
  data.set("badge_code", fmt::format("<a href=\"{}\"><img src=\"{}/badges/{}.svg\" alt=\"{}\"></a>",
                                     escape_markup(page), escape_markup(view.url()),
                                     row.instance->id.text(), escape_markup(row.instance->name)));
}

}  // namespace

std::string instance_page(const View& view, const Row& row, const Words& words, Edition edition) {
  const std::string& id = row.instance->id.text();
  const std::string path = fmt::format("/instances/{}", id);
  Data data;
  data.set("atom", fmt::format("/feeds/{}.atom", id));
  data.set("atom_title", words.say("feed.title", {{"name", row.instance->name}}));
  set_frame(data, view, words, path, Sheet::instance, edition);
  data.set("title", words.say("instance.title",
                              {{"name", row.instance->name}, {"cloud", view.cloud().name}}));
  data.set("id", id);
  data.set("name", row.instance->name);
  data.set("state", std::string(letter(row.shown.indicator)));
  data.set("word", words.indicator(row.shown.indicator));
  data.set("details", details(view, row, words));
  data.set("as_of", words.say("page.as_of"));
  data.set("made", machine_time(view.now()));
  data.set("made_text", utc_clock(view.now()));
  for (const auto& [field, key] : std::initializer_list<std::pair<const char*, const char*>>{
           {"back", "back"},
           {"history_title", "history"},
           {"events_title", "events"},
           {"state_title", "state"},
           {"from_title", "from"},
           {"until_title", "until"},
           {"lasted_title", "lasted"},
           {"no_events", "no_events"},
           {"checks_title", "checks"},
           {"no_checks", "no_checks"},
           {"facts_title", "facts"},
           {"follow_title", "follow"},
           {"maintenance_title", "maintenance"},
           {"no_maintenance", "no_maintenance"}})
    data.set(field, words.say(fmt::format("instance.{}", key)));
  set_history(data, view, row, words);
  set_events(data, view, row, words);
  set_windows(data, view, row, words);
  set_checks(data, view, row, words);
  set_facts(data, view, row, words);
  set_follow(data, view, row, words);
  return render_page("instance", data);
}

std::string missing_page(const View& view, const Words& words) {
  Data data;
  set_frame(data, view, words, "/");
  data.set("title", words.say("missing.title"));
  data.set("heading", words.say("missing.title"));
  data.set("text", words.say("missing.text"));
  data.set("back", words.say("instance.back"));
  return render_page("missing", data);
}

}  // namespace nocturn::web
