#include "status_page/view.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "base/json.h"
#include "nocturn_status_page_test_embedded.h"
#include "status_page/status_page.h"
#include "support/sample_facts.h"

namespace nocturn::status_page {
namespace {

using namespace std::chrono_literals;

const Words& english() { return Words::in(Locale::en); }

ViewPtr sample() { return View::make(testing::sample_facts()).value(); }

// The page as a person would read it aloud.
std::string read_aloud(const View& view, inventory::Tenancy tenancy) {
  std::string text = summary(rows_of(view, tenancy), english()) + "\n";
  for (const Group& group : view.groups(tenancy)) {
    text += fmt::format("{} / {}\n", group.territory->name, group.product->name);
    for (const Row* row : group.rows) {
      text +=
          fmt::format("  {}: {}. {} [", row->instance->name,
                      english().indicator(row->shown.indicator), details(view, *row, english()));
      for (const DayCell& cell : row->week)
        text += cell.worst ? "nimpx"[static_cast<int>(*cell.worst)] : '-';
      text += "]";
      if (const auto* entry = row->next_maintenance(view.now()))
        text += " " + english().range(view.zone(*row), {entry->from, entry->until});
      text += "\n";
    }
  }
  return text;
}

TEST(View, reads_aloud_as_the_operator_expects) {
  EXPECT_EQ(read_aloud(*sample(), inventory::Tenancy::multi),
            *fixtures::embedded("testdata/read_aloud.txt"));
}

TEST(View, keeps_what_was_measured_under_a_declaration) {
  Facts facts = testing::sample_facts();
  facts.declared.push_back({{inventory::InstanceId("discovery-eu01"), Indicator::normal,
                             "False alarm.", "Ada Night", facts.now - 2min},
                            {},
                            {}});
  const ViewPtr view = View::make(std::move(facts)).value();
  const Row* row = view->find("discovery-eu01");
  EXPECT_EQ(row->shown, (Shown{Indicator::normal, Cause::declared}));
  EXPECT_EQ(row->truth.measured, monitoring::Verdict::interruption);
  EXPECT_TRUE(contradicts(row->truth));
}

TEST(View, turns_rows_to_not_measured_when_the_monitor_goes_silent) {
  Facts facts = testing::sample_facts();
  for (monitoring::CheckStand& stand : facts.stands) stand.probed_at = facts.now - 10min;
  const ViewPtr view = View::make(facts).value();
  const Row* row = view->find("catalog-eu01");
  EXPECT_EQ(row->shown, (Shown{Indicator::information, Cause::unmeasured}));
  EXPECT_EQ(row->since, facts.now - 10min);
  facts.watching_since = facts.now - 20s;  // it has only just been started
  EXPECT_EQ(View::make(facts).value()->find("catalog-eu01")->shown.indicator, Indicator::normal);
}

TEST(View, says_of_what_was_never_measured_no_more_than_since_the_record_began) {
  Facts facts = testing::sample_facts();
  facts.measured.clear();
  facts.stands.clear();
  facts.recording_since = facts.now - 2h;
  const ViewPtr view = View::make(facts).value();
  EXPECT_EQ(view->find("catalog-eu01")->shown.cause, Cause::unmeasured);
  EXPECT_EQ(view->find("catalog-eu01")->since, facts.now - 2h);
}

TEST(View, goes_on_with_what_lasts_when_the_clock_was_set_back) {
  Facts facts = testing::sample_facts();
  for (monitoring::CheckStand& stand : facts.stands) stand.probed_at -= 26h;
  facts.now -= 26h;
  facts.watching_since -= 26h;
  const ViewPtr view = View::make(facts).value();
  const ViewPtr before = View::make(testing::sample_facts()).value();
  for (const Row& row : view->rows()) {
    EXPECT_EQ(row.shown.cause == Cause::unmeasured,
              before->find(row.instance->id.text())->shown.cause == Cause::unmeasured)
        << row.instance->id.text();
    EXPECT_LE(row.since, view->now());
    for (const Stretch& stretch : row.history) EXPECT_LT(stretch.span.from, stretch.span.until);
  }
}

TEST(View, hides_single_tenant_rows_where_the_rule_says_so) {
  Facts facts = testing::sample_facts();
  EXPECT_EQ(rows_of(*View::make(facts).value(), inventory::Tenancy::single).size(), 2u);
  facts.single_tenant_public = false;
  const ViewPtr view = View::make(facts).value();
  EXPECT_EQ(view->find("catalog-st-abbey"), nullptr);
  EXPECT_TRUE(rows_of(*view, inventory::Tenancy::single).empty());
  EXPECT_TRUE(row_events(*view, *view, english()).empty());
  facts.declared.push_back({{inventory::InstanceId("catalog-st-abbey"), Indicator::interruption,
                             "Down.", "Ada Night", facts.now - 2min},
                            {},
                            {}});
  EXPECT_TRUE(row_events(*view, *View::make(facts).value(), english()).empty());
}

TEST(View, changes_by_itself_at_the_next_midnight_or_maintenance) {
  // 06:45:10 UTC; the storage work in Singapore ends at 08:00 UTC, its midnight is at 16:00 UTC.
  EXPECT_EQ(to_rfc3339(sample()->changes_by_itself_at()), "2026-11-22T08:00:00Z");
}

TEST(RowEvents, tell_only_what_changed) {
  Facts facts = testing::sample_facts();
  const ViewPtr before = View::make(facts).value();
  facts.declared.push_back({{inventory::InstanceId("catalog-eu01"), Indicator::interruption,
                             "The power is out.", "Ada Night", facts.now},
                            {},
                            {}});
  const ViewPtr after = View::make(facts).value();
  EXPECT_TRUE(row_events(*before, *before, english()).empty());
  EXPECT_EQ(row_events(*before, *after, english()),
            (std::vector<std::string>{
                R"({"id":"catalog-eu01","indicator":"interruption","word":"Service interruption",)"
                R"("details":"The power is out. Told by the operating center, 22 Nov 2026, )"
                R"(07:45 CET.","at":"2026-11-22T06:45:10Z"})"}));
}

TEST(Incidents, join_a_run_of_trouble_and_keep_their_ids) {
  Facts facts = testing::sample_facts();
  const auto list = [](const Facts& some) {
    const ViewPtr view = View::make(some).value();
    std::string text;
    for (const Incident& incident : incidents(*view, rows_of(*view, inventory::Tenancy::multi), 50))
      text += fmt::format("{} {} {} {}\n", incident.id, name_of(incident.worst),
                          incident.steps.size(), incident.until ? "over" : "lasts");
    return text;
  };
  const std::string now = list(facts);
  EXPECT_EQ(now,
            "discovery-eu01-1795329070 interruption 1 lasts\n"
            "catalog-na02-1795328050 performance 1 lasts\n"
            "linkresolver-na01-1795311910 information 1 lasts\n"
            "catalog-ap01-1795225510 performance 1 over\n"
            "discovery-na02-1795146310 interruption 1 over\n"
            "discovery-eu01-1795077910 performance 1 over\n"
            "catalog-na02-1794977110 interruption 1 over\n"
            "repository-eu01-1791045910 interruption 1 over\n");
}

TEST(StatuspageDocuments, have_the_shape_that_clients_of_statuspage_read) {
  const ViewPtr view = sample();
  std::map<std::string, Json> documents;
  for (const auto& [target, body] : statuspage_documents(*view, english())) {
    const auto parsed = parse_json(body);
    ASSERT_TRUE(parsed.has_value()) << target << ": " << parsed.error().text();
    documents[target] = *parsed;
    EXPECT_EQ(parsed->at("page").at("url").as_string(), "https://status.example.org");
    EXPECT_EQ(body.find("abbey"), std::string::npos) << target;
    EXPECT_EQ(body.find("catalog.eu01.example.org"), std::string::npos) << target;
  }
  ASSERT_EQ(documents.size(), 8u);
  EXPECT_EQ(boost::json::serialize(documents["/api/v2/status.json"].at("status")),
            R"({"indicator":"major","description":"Service interruption at one instance, )"
            R"(performance issues at one more"})");
  std::map<std::string, std::string> states;
  for (const Json& component : documents["/api/v2/components.json"].at("components").as_array())
    if (!component.at("group").as_bool())
      states[component.at("id").as_string().c_str()] = component.at("status").as_string().c_str();
  EXPECT_EQ(states.size(), 16u);
  EXPECT_EQ(states["catalog-eu01"], "operational");
  EXPECT_EQ(states["discovery-eu01"], "partial_outage");
  EXPECT_EQ(states["catalog-na02"], "degraded_performance");
  EXPECT_EQ(states["discovery-ap01"], "under_maintenance");
  EXPECT_EQ(states["linkresolver-na01"], "operational");
  const auto& open = documents["/api/v2/incidents/unresolved.json"].at("incidents").as_array();
  ASSERT_EQ(open.size(), 3u);
  EXPECT_EQ(open[0].at("impact").as_string(), "major");
  EXPECT_EQ(open[2].at("impact").as_string(), "none");
  const auto upcoming = documents["/api/v2/scheduled-maintenances/upcoming.json"];
  EXPECT_EQ(upcoming.at("scheduled_maintenances").as_array().size(), 2u);
  EXPECT_EQ(documents["/api/v2/scheduled-maintenances/active.json"]
                .at("scheduled_maintenances")
                .at(0)
                .at("status")
                .as_string(),
            "in_progress");
}

TEST(Words, say_the_same_things_in_every_language) {
  std::vector<std::string> en, he;
  const auto plain = [](const Words& words) {
    std::vector<std::string> keys;
    for (const std::string& key : words.keys())
      if (!key.ends_with("#two")) keys.push_back(key);
    return keys;
  };
  EXPECT_EQ(plain(english()), plain(Words::in(Locale::he)));
}

TEST(Words, count_by_the_rules_of_the_language) {
  EXPECT_EQ(english().count("summary.interruption", 1), "Service interruption at one instance");
  EXPECT_EQ(english().count("summary.interruption", 2), "Service interruption at 2 instances");
  EXPECT_EQ(Words::in(Locale::he).count("summary.interruption", 2), "הפרעה בשירות בשני מופעים");
}

TEST(Words, tell_durations_without_rounding_trouble_away) {
  EXPECT_EQ(english().duration(20s), "1 min");
  EXPECT_EQ(english().duration(2h), "2 h");
  EXPECT_EQ(english().duration(125min), "2 h 5 min");
  EXPECT_EQ(english().duration(49h), "2 d 1 h");
  EXPECT_EQ(english().short_duration(45s), "1m");
  EXPECT_EQ(english().short_duration(200min), "4h");
}

TEST(Words, name_both_zones_of_a_time_across_a_clock_change) {
  const TimeZone amsterdam = *TimeZone::find("Europe/Amsterdam");
  const auto at = [](const char* text) { return from_rfc3339(text).value(); };
  EXPECT_EQ(english().range(amsterdam, {at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")}),
            "Sun 25 Oct, 02:30 CEST–02:30 CET");
  EXPECT_EQ(english().range(amsterdam, {at("2026-11-25T00:30:00Z"), at("2026-11-26T01:30:00Z")}),
            "Wed 25 Nov, 01:30 – Thu 26 Nov, 02:30 CET");
}

TEST(Words, tell_the_year_of_a_day_that_is_far_away) {
  const TimeZone amsterdam = *TimeZone::find("Europe/Amsterdam");
  const auto at = [](const char* text) { return from_rfc3339(text).value(); };
  const Window far{at("2027-10-30T01:00:00Z"), at("2027-10-30T02:00:00Z")};
  EXPECT_EQ(english().range(amsterdam, far, at("2026-11-23T00:00:00Z")),
            "Sat 30 Oct 2027, 03:00–04:00 CEST");
  EXPECT_EQ(english().range(amsterdam, far, at("2027-03-01T00:00:00Z")),
            "Sat 30 Oct, 03:00–04:00 CEST");
}

TEST(Words, choose_the_language_that_the_reader_prefers) {
  EXPECT_EQ(negotiate("he-IL,he;q=0.9,en;q=0.5", Locale::en), Locale::he);
  EXPECT_EQ(negotiate("fr, en;q=0.3, he;q=0.2", Locale::he), Locale::en);
  EXPECT_EQ(negotiate("fr", Locale::he), Locale::he);
  EXPECT_EQ(negotiate("", Locale::en), Locale::en);
}

TEST(Words, leave_values_that_look_like_placeholders_alone) {
  EXPECT_EQ(english().say("summary.join", {{"first", "{second}"}, {"second", "b"}}), "{second}, b");
}

TEST(Calendar, folds_at_75_octets_without_cutting_letters) {
  const std::string line = "SUMMARY:" + std::string(66, 'a') + "ééé";
  const std::string folded = fold(line);
  EXPECT_EQ(folded, "SUMMARY:" + std::string(66, 'a') + "\r\n ééé\r\n");
  EXPECT_EQ(escape_calendar_text("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
}

}  // namespace
}  // namespace nocturn::status_page
