#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "base/json.h"
#include "status_page/status_page.h"
#include "support/sample_facts.h"

// What the page says of the time before an instance or a maintenance came into the cloud.
namespace nocturn::status_page {
namespace {

using namespace std::chrono_literals;

const Words& english() { return Words::in(Locale::en); }

// A running cloud gets an instance; the record is much older.
Facts facts_with_a_newcomer(WallTime added) {
  Facts facts = testing::sample_facts();
  facts.recording_since = facts.now - 100h * 24;
  std::erase_if(facts.measured,
                [](const auto& interval) { return interval.instance.text() == "catalog-eu01"; });
  std::erase_if(facts.stands,
                [](const auto& stand) { return stand.check.text().starts_with("catalog-eu01/"); });
  facts.beginnings = {{"instance/catalog-eu01", added}};
  return facts;
}

TEST(Beginnings, says_of_a_newcomer_that_nothing_measured_yet_since_when_it_is_there) {
  const Facts facts = facts_with_a_newcomer(testing::sample_now() - 3h);
  const ViewPtr view = View::make(facts).value();
  const Row& row = *view->find("catalog-eu01");
  EXPECT_EQ(row.shown, (Shown{Indicator::information, Cause::unmeasured}));
  EXPECT_EQ(row.since, facts.now - 3h);
  EXPECT_EQ(row.history.front().shown.cause, Cause::absent);
}

TEST(Beginnings, says_of_the_days_before_an_instance_that_it_did_not_exist) {
  const ViewPtr view =
      View::make(facts_with_a_newcomer(testing::sample_now() - 30h)).value();  // yesterday, 01:45
  const Row& row = *view->find("catalog-eu01");
  for (std::size_t day = 0; day < 5; ++day) EXPECT_TRUE(row.week[day].before_its_time()) << day;
  EXPECT_FALSE(row.week[5].before_its_time());
  EXPECT_GT(row.week[5].absent, Micros(0));
  EXPECT_GT(row.week[5].unmeasured, Micros(0));
  EXPECT_EQ(row.week[6].absent, Micros(0));
  EXPECT_TRUE(view->days(row).front().before_its_time());
}

TEST(Beginnings, keeps_what_was_measured_of_an_instance_before_it_went_and_came_back) {
  Facts facts = testing::sample_facts();
  const ViewPtr before = View::make(facts).value();
  facts.beginnings = {{"instance/discovery-eu01", facts.now - 1min}};
  const ViewPtr view = View::make(facts).value();
  const Row& row = *view->find("discovery-eu01");
  const Row& as_it_was = *before->find("discovery-eu01");
  EXPECT_EQ(row.shown, as_it_was.shown);
  EXPECT_EQ(row.since, as_it_was.since);
  EXPECT_EQ(row.week.back(), as_it_was.week.back());
}

TEST(Beginnings, takes_an_instance_from_the_future_of_a_clock_that_was_ahead_as_new) {
  const Facts facts = facts_with_a_newcomer(testing::sample_now() + 26h);
  const ViewPtr view = View::make(facts).value();
  EXPECT_EQ(view->find("catalog-eu01")->shown.cause, Cause::unmeasured);
  EXPECT_EQ(view->find("catalog-eu01")->since, facts.now);
}

// The sample's storage work of today, entered at that time.
ViewPtr with_work_announced(WallTime at) {
  Facts facts = testing::sample_facts();
  for (const inventory::MaintenanceEntry& entry : facts.cloud->maintenance)
    if (entry.name == "Storage firmware") facts.beginnings[inventory::object_name(entry)] = at;
  return View::make(std::move(facts)).value();
}

Json work_of(const View& view) {
  for (const auto& [target, body] : statuspage_documents(view, english()))
    if (target == "/api/v2/scheduled-maintenances/active.json")
      return parse_json(body).value().at("scheduled_maintenances").at(0);
  return {};
}

TEST(Beginnings, date_a_maintenance_by_when_it_was_announced) {
  const WallTime at = testing::sample_now() - 50h;
  const ViewPtr view = with_work_announced(at);
  const std::string stamp = to_rfc3339(at);
  EXPECT_EQ(work_of(*view).at("created_at").as_string(), stamp);
  EXPECT_NE(atom_feed(*view, nullptr, english()).find("<published>" + stamp), std::string::npos);
  EXPECT_NE(calendar(*view, english()).find("DTSTAMP:20261120T044510Z"), std::string::npos);
}

TEST(Beginnings, do_not_announce_afterwards_in_advance) {
  const WallTime at = testing::sample_now() - 10min;  // the work began 45 minutes ago
  const Json work = work_of(*with_work_announced(at));
  EXPECT_EQ(work.at("created_at").as_string(), to_rfc3339(at));
  EXPECT_EQ(work.at("updated_at").as_string(), to_rfc3339(at));
}

TEST(Beginnings, leave_a_feed_as_it_is_while_nothing_new_is_to_tell) {
  Facts facts = testing::sample_facts();
  for (const inventory::MaintenanceEntry& entry : facts.cloud->maintenance)
    facts.beginnings[inventory::object_name(entry)] = facts.now - 50h;
  const std::string before = atom_feed(*View::make(facts).value(), nullptr, english());
  facts.now += 10min;
  for (monitoring::CheckStand& stand : facts.stands) stand.probed_at += 10min;
  EXPECT_EQ(atom_feed(*View::make(facts).value(), nullptr, english()), before);
}

TEST(Beginnings, tell_clients_of_statuspage_since_when_a_component_is_there) {
  Facts facts = testing::sample_facts();
  facts.beginnings = {{"instance/catalog-eu01", facts.now - 100h}};
  const ViewPtr view = View::make(std::move(facts)).value();
  for (const auto& [target, body] : statuspage_documents(*view, english())) {
    if (target != "/api/v2/components.json") continue;
    const Json document = parse_json(body).value();
    for (const Json& component : document.at("components").as_array()) {
      if (component.at("id").as_string() != "catalog-eu01") continue;
      EXPECT_EQ(component.at("created_at").as_string(), to_rfc3339(view->now() - 100h));
      EXPECT_EQ(component.at("start_date").as_string(), "2026-11-18");
    }
  }
}

}  // namespace
}  // namespace nocturn::status_page
