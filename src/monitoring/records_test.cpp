#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "monitoring/monitoring.h"
#include "monitoring/payload.h"
#include "monitoring/verdict.h"
#include "store/writer.h"
#include "support/store_contract.h"

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::InstanceId;
using inventory::Layer;
using std::chrono::seconds;
using namespace std::string_literals;

constexpr std::int64_t kBase = 1'800'000'000;
WallTime at(int second) { return WallTime(seconds(kBase + second)); }

VerdictChange change_of(const std::string& check, Verdict after, int since,
                        Layer layer = Layer::service) {
  VerdictChange change;
  change.check = CheckId(check);
  change.instance = InstanceId(check.substr(0, check.find('/')));
  change.layer = layer;
  change.after = after;
  change.since = at(since);
  change.evidence.outcome = after == Verdict::interruption ? Outcome::failed : Outcome::passed;
  change.evidence.reason = after == Verdict::interruption ? "no answer" : "";
  return change;
}

class RecordsTest : public store::ContractTest {
 protected:
  void SetUp() override {
    store::ContractTest::SetUp();
    const store::ModuleMigrations modules[] = {{"monitoring", migrations()}};
    ASSERT_TRUE(database_->migrate(modules));
    writer_ = std::make_unique<store::Writer>(*database_);
  }
  void TearDown() override { writer_.reset(); }

  void record(const ledger::Event& event, int second) {
    const ledger::Entry entry{next_++, at(second), "id", event};
    const auto applied =
        writer_->run([&](store::Transaction& transaction) { return apply(transaction, entry); });
    ASSERT_TRUE(applied) << applied.error().text();
  }
  void record(const VerdictChange& change, int second) { record(to_event(change), second); }

  std::vector<MeasuredInterval> intervals(int from = -1'000'000, int until = 1'000'000) {
    std::vector<MeasuredInterval> found;
    const auto read = database_->read([&](store::Reader& reader) -> Status {
      found = TRY(measured_intervals(reader, at(from), at(until)));
      return {};
    });
    EXPECT_TRUE(read) << read.error().text();
    return found;
  }
  // "a normal 0-20, a interruption 20-"
  std::string told() {
    std::string text;
    for (const MeasuredInterval& interval : intervals()) {
      if (!text.empty()) text += ", ";
      text += fmt::format("{} {} {}-", interval.instance.text(), name_of(interval.verdict),
                          (interval.from - at(0)) / seconds(1));
      if (interval.until) text += fmt::format("{}", (*interval.until - at(0)) / seconds(1));
    }
    return text;
  }

  std::unique_ptr<store::Writer> writer_;
  std::uint64_t next_ = 0;
};

TEST_P(RecordsTest, tells_the_intervals_of_one_instance_newest_first) {
  for (int i = 0; i < 6; ++i)
    record(change_of("a/http", i % 2 == 0 ? Verdict::normal : Verdict::interruption, 10 * i),
           10 * i);
  record(change_of("b/http", Verdict::normal, 0), 0);
  const auto newest = [&](int from, int until, std::size_t limit) {
    std::vector<int> starts;
    const auto read = database_->read([&](store::Reader& reader) -> Status {
      for (const auto& interval :
           TRY(newest_intervals(reader, InstanceId("a"), at(from), at(until), limit)))
        starts.push_back(static_cast<int>((interval.from - at(0)) / seconds(1)));
      return {};
    });
    EXPECT_TRUE(read) << read.error().text();
    return starts;
  };
  EXPECT_EQ(newest(0, 1000, 3), (std::vector{50, 40, 30}));
  EXPECT_EQ(newest(0, 30, 9), (std::vector{20, 10, 0}));
  EXPECT_EQ(newest(15, 30, 9), (std::vector{20, 10}));
}

INSTANTIATE_TEST_SUITE_P(Store, RecordsTest,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         [](const auto& parameter) { return store::backend_name(parameter); });

TEST_P(RecordsTest, measures_from_the_first_failure_to_the_first_recovery) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/http", Verdict::interruption, 20), 40);
  record(change_of("a/http", Verdict::normal, 100), 110);
  EXPECT_EQ(told(), "a normal 0-20, a interruption 20-100, a normal 100-");
  EXPECT_EQ(intervals()[1].reason, "service check http: no answer");
  EXPECT_EQ(intervals()[1].check.text(), "a/http");
}

TEST_P(RecordsTest, measures_an_instance_by_all_its_checks) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/ping", Verdict::normal, 0, Layer::network), 0);
  record(change_of("a/http", Verdict::interruption, 20), 40);
  record(change_of("a/ping", Verdict::interruption, 22, Layer::network), 42);
  EXPECT_EQ(intervals().back().reason, "network check ping: no answer; 1 more");
  record(change_of("a/ping", Verdict::normal, 60, Layer::network), 70);
  EXPECT_EQ(told(), "a normal 0-20, a interruption 20-");
  record(change_of("a/http", Verdict::normal, 80), 90);
  EXPECT_EQ(told(), "a normal 0-20, a interruption 20-80, a normal 80-");
}

TEST_P(RecordsTest, keeps_no_empty_interval_when_times_are_equal) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/http", Verdict::interruption, 10), 10);
  record(change_of("a/http", Verdict::performance, 10), 10);
  EXPECT_EQ(told(), "a normal 0-10, a performance 10-");
  record(change_of("a/http", Verdict::normal, 10), 10);
  EXPECT_EQ(told(), "a normal 0-");
}

TEST_P(RecordsTest, never_measures_backwards_after_the_clock_was_set) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/http", Verdict::interruption, 5000), 100);
  EXPECT_EQ(told(), "a normal 0-100, a interruption 100-") << "not in the future";
  record(change_of("a/http", Verdict::normal, -3600), 200);
  EXPECT_EQ(told(), "a normal 0-") << "nor before what is recorded";
}

TEST_P(RecordsTest, knows_nothing_of_the_time_in_which_no_hub_watched) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("b/http", Verdict::unknown, 0), 0);
  record(watch_resumed(at(100), at(500)), 500);
  EXPECT_EQ(told(), "a normal 0-100, a unknown 100-500, a normal 500-, b unknown 0-");
}

TEST_P(RecordsTest, answers_the_intervals_that_overlap) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/http", Verdict::interruption, 20), 20);
  record(change_of("a/http", Verdict::normal, 40), 40);
  EXPECT_EQ(intervals(0, 20).size(), 1u);
  EXPECT_EQ(intervals(20, 40).size(), 1u);
  EXPECT_EQ(intervals(19, 41).size(), 3u);
  EXPECT_EQ(intervals(50, 60).size(), 1u);
  EXPECT_EQ(intervals(-10, 0).size(), 0u);
}

TEST_P(RecordsTest, closes_the_verdict_of_a_check_that_went) {
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change_of("a/sru", Verdict::interruption, 10), 10);
  record(change_of("b/http", Verdict::interruption, 10), 10);

  inventory::Cloud cloud;
  auto& instance = cloud.instances[InstanceId("a")];
  instance.checks.emplace_back().id = CheckId("a/http");
  std::vector<ledger::Event> events;
  ASSERT_TRUE(database_->read([&](store::Reader& reader) -> Status {
    events = TRY(retirements(reader, cloud, at(50)));
    return {};
  }));
  ASSERT_EQ(events.size(), 2u);
  for (const auto& event : events) record(event, 50);
  EXPECT_EQ(told(), "a normal 0-10, a interruption 10-50, a normal 50-, b interruption 10-50");

  record(change_of("b/http", Verdict::normal, 70), 70);
  EXPECT_THAT(told(), ::testing::EndsWith("b interruption 10-50, b normal 70-"));
}

TEST_P(RecordsTest, remembers_the_newest_verdict_of_each_check_with_its_evidence) {
  VerdictChange change = change_of("a/http", Verdict::interruption, 10, Layer::transaction);
  change.before = Verdict::normal;
  change.flapping = true;
  change.evidence.reason = "broken \xFF\xFE answer with a NUL \0 in it"s;
  change.evidence.address = "127.0.0.1:80";
  change.evidence.phases.connect = Micros(123);
  change.evidence.took = Micros(4567);
  change.evidence.at = at(10);
  change.evidence.metrics = {{"hits", 24, ""},
                             {"broken", std::numeric_limits<double>::quiet_NaN(), ""}};
  change.evidence.transcript = {"GET / HTTP/1.1", "\x80"};
  record(change_of("a/http", Verdict::normal, 0), 0);
  record(change, 20);
  std::vector<VerdictChange> recorded;
  ASSERT_TRUE(database_->read([&](store::Reader& reader) -> Status {
    recorded = TRY(recorded_verdicts(reader));
    return {};
  }));
  ASSERT_EQ(recorded.size(), 1u);
  const VerdictChange& found = recorded[0];
  EXPECT_EQ(found.check, change.check);
  EXPECT_EQ(found.layer, Layer::transaction);
  EXPECT_EQ(found.before, Verdict::normal);
  EXPECT_EQ(found.after, Verdict::interruption);
  EXPECT_EQ(found.since, change.since);
  EXPECT_TRUE(found.flapping);
  EXPECT_EQ(found.evidence.reason, "broken \uFFFD\uFFFD answer with a NUL \uFFFD in it");
  EXPECT_EQ(found.evidence.phases.connect, Micros(123));
  EXPECT_EQ(found.evidence.phases.tls, Micros(-1));
  EXPECT_EQ(found.evidence.took, Micros(4567));
  EXPECT_EQ(found.evidence.at, at(10));
  ASSERT_EQ(found.evidence.metrics.size(), 1u);
  EXPECT_EQ(found.evidence.metrics[0].value, 24);
  EXPECT_EQ(found.evidence.transcript, (std::vector<std::string>{"GET / HTTP/1.1", "\uFFFD"}));
}

TEST_P(RecordsTest, refuses_an_event_that_is_not_monitorings) {
  const ledger::Entry entry{0, at(0), "id", {std::string(kVerdictChanged), "x", "{\"check\":1}"}};
  const auto applied =
      writer_->run([&](store::Transaction& transaction) { return apply(transaction, entry); });
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, ErrorCode::corrupt);
}

// Whatever is recorded: intervals follow on one another, none is empty, no two alike in a row,
// and the last says what the checks say.
TEST_P(RecordsTest, keeps_intervals_well_formed_whatever_is_recorded) {
  SeededRandom random(7);
  for (int round = 0; round < 30; ++round) {
    const std::string instance = fmt::format("i{}", round);
    std::map<std::string, CheckVerdict> newest;
    int now = 0;
    for (int i = 0; i < 40; ++i) {
      now += static_cast<int>(random.below(4));  // often not at all
      const std::string check = fmt::format("{}/c{}", instance, random.below(3));
      const auto layer = static_cast<Layer>(random.below(5));
      const auto verdict = static_cast<Verdict>(random.below(4));
      const int since = now - 5 + static_cast<int>(random.below(8));
      if (random.below(8) == 0) {
        record({std::string(kCheckRetired), "x",
                to_payload(Retirement{CheckId(check), InstanceId(instance), at(since)})},
               now);
        newest.erase(check);
      } else {
        record(change_of(check, verdict, since, layer), now);
        newest[check] = {CheckId(check), layer, verdict, ""};
      }
    }
    std::vector<CheckVerdict> checks;
    for (const auto& [id, check] : newest) checks.push_back(check);

    std::optional<MeasuredInterval> before;
    for (const MeasuredInterval& interval : intervals()) {
      if (interval.instance.text() != instance) continue;
      ASSERT_TRUE(!interval.until || interval.from < *interval.until);
      if (before) {
        ASSERT_TRUE(before->until) << "two open intervals";
        ASSERT_LE(*before->until, interval.from);
        ASSERT_TRUE(*before->until < interval.from || before->verdict != interval.verdict);
      }
      ASSERT_LE(interval.from, at(now));
      before = interval;
    }
    if (checks.empty()) {
      EXPECT_TRUE(!before || before->until);
    } else {
      ASSERT_TRUE(before && !before->until);
      EXPECT_EQ(before->verdict, combine(checks).verdict);
    }
  }
}

}  // namespace
}  // namespace nocturn::monitoring
