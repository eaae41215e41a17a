#include "monitoring/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::InstanceId;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart{hours(24 * 365 * 50)};

// A cloud of instances "i0", "i1", …, each with a check "http".
inventory::CloudPtr cloud_of(int instances, Micros every = seconds(30)) {
  auto cloud = std::make_shared<inventory::Cloud>();
  for (int i = 0; i < instances; ++i) {
    inventory::Instance instance;
    instance.id = InstanceId(fmt::format("i{}", i));
    inventory::Check check;
    check.id = CheckId(instance.id.text() + "/http");
    check.name = "http";
    check.every = every;
    instance.checks.push_back(check);
    cloud->instances.emplace(instance.id, instance);
  }
  return cloud;
}

Moment moment(const Clock& clock) { return {clock.steady(), clock.wall()}; }

Observation seen(Outcome outcome, std::string reason = {}) {
  Observation observation;
  observation.outcome = outcome;
  observation.reason = std::move(reason);
  observation.took = milliseconds(3);
  return observation;
}

class RosterTest : public ::testing::Test {
 protected:
  std::optional<VerdictChange> probe(const std::string& check, Outcome outcome,
                                     std::string reason = {}) {
    clock.advance(seconds(30));
    return probe_now(check, outcome, std::move(reason));
  }
  std::optional<VerdictChange> probe_now(const std::string& check, Outcome outcome,
                                         std::string reason = {}) {
    Observation observation = seen(outcome, std::move(reason));
    return roster.see(*roster.find(CheckId(check)), observation, clock.steady(), moment(clock))
        .change;
  }

  VirtualClock clock{kStart};
  Roster roster;
};

TEST_F(RosterTest, tells_a_change_with_the_evidence_that_decided_it) {
  roster.watch(cloud_of(1), {}, moment(clock));
  probe("i0/http", Outcome::passed);
  const WallTime first_failure = clock.wall() + seconds(30);
  probe("i0/http", Outcome::failed, "refused");
  probe("i0/http", Outcome::failed, "refused");
  const auto change = probe("i0/http", Outcome::failed, "still refused");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->instance.text(), "i0");
  EXPECT_EQ(change->before, Verdict::normal);
  EXPECT_EQ(change->after, Verdict::interruption);
  EXPECT_EQ(change->since, first_failure);
  EXPECT_EQ(change->evidence.reason, "still refused");
}

TEST_F(RosterTest, keeps_the_state_of_a_check_that_did_not_change) {
  roster.watch(cloud_of(2), {}, moment(clock));
  probe("i0/http", Outcome::passed);
  probe("i0/http", Outcome::failed);
  probe("i0/http", Outcome::failed);
  auto plan = roster.watch(cloud_of(3), {}, moment(clock));
  EXPECT_TRUE(plan.stop.empty());
  EXPECT_EQ(plan.start.size(), 1u);
  EXPECT_TRUE(probe("i0/http", Outcome::failed)) << "the third failure";
}

TEST_F(RosterTest, keeps_the_verdict_of_a_check_that_changed) {
  roster.watch(cloud_of(1), {}, moment(clock));
  for (const Outcome outcome : {Outcome::passed, Outcome::failed, Outcome::failed, Outcome::failed})
    probe("i0/http", outcome);
  const auto plan = roster.watch(cloud_of(1, seconds(60)), {}, moment(clock));
  EXPECT_EQ(plan.stop.size(), 1u);
  EXPECT_EQ(plan.start.size(), 1u);
  EXPECT_EQ(roster.stands(moment(clock)).front().verdict, Verdict::interruption);
}

TEST_F(RosterTest, stops_checks_that_went_and_uses_their_places_again) {
  roster.watch(cloud_of(3), {}, moment(clock));
  EXPECT_EQ(roster.watch(cloud_of(1), {}, moment(clock)).stop.size(), 2u);
  EXPECT_FALSE(roster.find(CheckId("i2/http")));
  EXPECT_EQ(roster.size(), 1u);
  for (const auto& start : roster.watch(cloud_of(3), {}, moment(clock)).start)
    EXPECT_LT(start.slot, 3u);
}

TEST_F(RosterTest, does_not_retell_after_a_restart) {
  VerdictChange known;
  known.check = CheckId("i0/http");
  known.after = Verdict::interruption;
  known.since = kStart - hours(3);
  roster.watch(cloud_of(1), std::vector{known}, moment(clock));
  EXPECT_EQ(roster.stands(moment(clock)).front().since, kStart - hours(3));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(probe("i0/http", Outcome::failed));
  EXPECT_FALSE(probe("i0/http", Outcome::passed));
  EXPECT_TRUE(probe("i0/http", Outcome::passed));
}

TEST_F(RosterTest, blames_nobody_when_the_prober_lost_its_own_network) {
  roster.watch(cloud_of(10), {}, moment(clock));
  for (int i = 0; i < 10; ++i) probe_now(fmt::format("i{}/http", i), Outcome::passed);
  for (int round = 0; round < 20; ++round) {
    clock.advance(seconds(30));
    for (int i = 0; i < 10; ++i) {
      // Most probes see at once that there is no route; some only get no answer.
      const auto change =
          probe_now(fmt::format("i{}/http", i), i < 7 ? Outcome::cannot_tell : Outcome::failed);
      EXPECT_TRUE(!change || change->after == Verdict::unknown);
    }
  }
  for (int i = 0; i < 10; ++i) {
    const auto change = probe_now(fmt::format("i{}/http", i), Outcome::passed);
    ASSERT_TRUE(change);
    EXPECT_EQ(change->after, Verdict::normal);
  }
}

TEST_F(RosterTest, believes_failures_when_most_checks_fail_at_once) {
  roster.watch(cloud_of(10), {}, moment(clock));
  for (int i = 0; i < 10; ++i) probe_now(fmt::format("i{}/http", i), Outcome::passed);
  int told = 0;
  for (int round = 0; round < 3; ++round) {
    clock.advance(seconds(30));
    for (int i = 0; i < 10; ++i)
      told += probe_now(fmt::format("i{}/http", i), Outcome::failed).has_value();
  }
  EXPECT_EQ(told, 10);
}

TEST_F(RosterTest, forgives_checks_the_time_in_which_this_process_stood_still) {
  roster.watch(cloud_of(1), {}, moment(clock));
  probe("i0/http", Outcome::passed);
  EXPECT_TRUE(roster.silence(moment(clock)).empty());
  clock.advance(hours(2));
  EXPECT_TRUE(roster.silence(moment(clock)).empty());
  std::vector<VerdictChange> changes;
  for (int second = 0; second < 100 && changes.empty(); ++second) {
    clock.advance(seconds(1));
    changes = roster.silence(moment(clock));
  }
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].after, Verdict::unknown);
  EXPECT_EQ(changes[0].evidence.reason, "no result for more than 1m30s");
}

TEST_F(RosterTest, keeps_little_of_an_observation) {
  roster.watch(cloud_of(1), {}, moment(clock));
  Observation large = seen(Outcome::failed, std::string(5000, 'x'));
  large.transcript.assign(64, std::string(256, 'y'));
  roster.see(0, large, clock.steady(), moment(clock));
  const Observation kept = roster.stands(moment(clock)).front().last;
  EXPECT_EQ(kept.reason.size(), 512u);
  EXPECT_EQ(kept.transcript.size(), 8u);
}

// ---- a year ----

// A server that breaks now and then, seen by an unreliable prober whose computer's clock is set
// by an hour back or forth every week.
class Year {
 public:
  explicit Year(std::uint64_t seed) : random_(seed) {
    auto plan = roster_.watch(cloud_of(1), {}, moment(clock_));
    due_ = plan.start.front().due;
    next_fault_ = clock_.steady() + hours(1);
    next_step_ = clock_.steady() + hours(7 * 24);
  }

  void run(Micros duration) {
    const SteadyTime end = clock_.steady() + duration;
    while (clock_.steady() < end && !::testing::Test::HasFailure()) step();
  }
  // The server stays as it is, until the check had the time to tell it.
  void settle(bool broken) {
    broken_ = broken;
    next_fault_ = SteadyTime::max();
    noisy_ = false;
    run(hours(1));
    EXPECT_EQ(told_.after, broken ? Verdict::interruption : Verdict::normal);
  }

  int probes = 0, interruptions = 0, changes = 0;

 private:
  void step() {
    ASSERT_GT(due_, clock_.steady()) << "a probe is planned for the past";
    ASSERT_LE(due_, clock_.steady() + seconds(30)) << "a probe is forgotten";
    clock_.advance(due_ - clock_.steady());
    if (clock_.steady() >= next_fault_) {
      broken_ = !broken_;
      next_fault_ = clock_.steady() + minutes(1 + random_.below(broken_ ? 90 : 60 * 24 * 3));
    }
    if (clock_.steady() >= next_step_) {
      clock_.step_wall(hours(random_.below(2) == 0 ? 1 : -1));
      next_step_ += hours(7 * 24);
    }
    const SteadyTime started = clock_.steady();
    clock_.advance(milliseconds(1 + random_.below(50)));
    Observation observation = seen(outcome());
    failures_ = observation.outcome == Outcome::failed   ? failures_ + 1
                : observation.outcome == Outcome::passed ? 0
                                                         : failures_;
    const auto result = roster_.see(0, observation, started, moment(clock_));
    ++probes;
    if (result.change) check(*result.change);
    due_ = result.next;
  }
  Outcome outcome() {
    if (noisy_ && random_.below(100) == 0) return Outcome::cannot_tell;
    const bool lost = noisy_ && random_.below(100) == 0;
    return broken_ || lost ? Outcome::failed : Outcome::passed;
  }
  void check(const VerdictChange& change) {
    ++changes;
    ASSERT_EQ(change.before, told_.after) << "the changes do not follow on one another";
    ASSERT_LE(change.since, clock_.wall()) << "an interval that ends before it begins";
    if (change.after == Verdict::interruption && change.before != Verdict::interruption) {
      ++interruptions;
      ASSERT_GE(failures_, 3);
    }
    told_ = change;
  }

  VirtualClock clock_{kStart};
  SeededRandom random_;
  Roster roster_;
  SteadyTime due_, next_fault_, next_step_;
  bool broken_ = false, noisy_ = true;
  int failures_ = 0;
  VerdictChange told_;
};

TEST(RosterSimulation, lives_through_a_year_of_faults_and_clock_steps) {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    Year year(seed);
    year.run(hours(24 * 365));
    EXPECT_GT(year.probes, 365 * 24 * 120);
    EXPECT_LT(year.probes, 365 * 24 * 130) << "a storm";
    EXPECT_GT(year.interruptions, 100);
    EXPECT_LT(year.changes, 4 * year.interruptions);
    year.settle(true);
    year.settle(false);
  }
}

}  // namespace
}  // namespace nocturn::monitoring
