#include "monitoring/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nocturn::monitoring {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Optional;

inventory::Check plain_check() {
  inventory::Check check;
  check.every = seconds(30);
  check.timeout = seconds(10);
  return check;
}

// One check told in letters, a probe every `every`: P passed, F failed, C cannot tell,
// D passed degraded. Tells back in words.
class Story {
 public:
  explicit Story(inventory::Check check = plain_check()) : check_(check), rules_(check) {}
  Story(inventory::Check check, Verdict told)
      : check_(check), rules_(check), state_(SteadyTime{}, told, false, SteadyTime{}) {}

  Story& probes(std::string_view letters, Micros took = milliseconds(5)) {
    for (const char letter : letters) {
      now_ += check_.every;
      const Outcome outcome = letter == 'F'   ? Outcome::failed
                              : letter == 'C' ? Outcome::cannot_tell
                                              : Outcome::passed;
      note(state_.see(rules_, {outcome, letter == 'D', took, now_}));
    }
    return *this;
  }
  Story& silence(Micros duration) {
    now_ += duration;
    note(state_.silence(rules_, now_));
    return *this;
  }
  const std::string& told() const { return told_; }
  bool soft() const { return state_.soft(rules_); }
  const CheckState& state() const { return state_; }

 private:
  // "interruption@2" is: since the second probe.
  void note(std::optional<Change> change) {
    if (!change) return;
    if (!told_.empty()) told_ += ' ';
    told_ += fmt::format("{}{}@{}", name_of(change->after), change->flapping ? "~" : "",
                         change->since.time_since_epoch() / check_.every);
  }

  inventory::Check check_;
  Rules rules_;
  SteadyTime now_{};
  CheckState state_{SteadyTime{}};
  std::string told_;
};

TEST(CheckState, is_normal_after_the_first_passed_probe) {
  EXPECT_EQ(Story().probes("P").told(), "normal@1");
}

TEST(CheckState, tells_an_interruption_after_three_failures_since_the_first_of_them) {
  EXPECT_EQ(Story().probes("PPFF").told(), "normal@1");
  EXPECT_EQ(Story().probes("PPFFF").told(), "normal@1 interruption@3");
}

TEST(CheckState, counts_recoveries_apart_from_failures) {
  EXPECT_EQ(Story().probes("PFFFPFP").told(), "normal@1 interruption@2");
  EXPECT_EQ(Story().probes("PFFFPFPP").told(), "normal@1 interruption@2 normal@7");
}

TEST(CheckState, is_soft_while_a_change_is_being_confirmed) {
  EXPECT_FALSE(Story().probes("P").soft());
  EXPECT_TRUE(Story().probes("PF").soft());
  EXPECT_TRUE(Story().probes("PFF").soft());
  EXPECT_FALSE(Story().probes("PFFF").soft());
  EXPECT_TRUE(Story().probes("PFFFP").soft());
  EXPECT_FALSE(Story().probes("PFFFPP").soft());
}

TEST(CheckState, takes_cannot_tell_neither_for_a_failure_nor_for_a_recovery) {
  EXPECT_EQ(Story().probes("PFCFCF").told(), "normal@1 interruption@2");
  EXPECT_EQ(Story().probes("PFFCC").told(), "normal@1");
  EXPECT_EQ(Story().probes("PFFFPCP").told(), "normal@1 interruption@2 normal@5");
}

TEST(CheckState, becomes_unknown_and_never_red_when_it_cannot_tell_for_long) {
  EXPECT_EQ(Story().probes("PCCCCCCCCCC").told(), "normal@1 unknown@2");
  EXPECT_EQ(Story().probes("PFFFCCC").told(), "normal@1 interruption@2 unknown@5");
}

TEST(CheckState, counts_afresh_after_it_could_not_tell) {
  EXPECT_EQ(Story().probes("PFFCCCF").told(), "normal@1 unknown@4");
  EXPECT_EQ(Story().probes("PCCCP").told(), "normal@1 unknown@2 normal@5");
  EXPECT_EQ(Story().probes("PFFFCCCP").told(), "normal@1 interruption@2 unknown@5");
  EXPECT_EQ(Story().probes("PFFFCCCPP").told(), "normal@1 interruption@2 unknown@5 normal@8");
  EXPECT_EQ(Story().probes("PFFFCCCFFF").told(),
            "normal@1 interruption@2 unknown@5 interruption@8");
}

TEST(CheckState, becomes_unknown_when_no_result_comes) {
  EXPECT_EQ(Story().probes("P").silence(seconds(90)).told(), "normal@1");
  EXPECT_EQ(Story().probes("P").silence(seconds(91)).told(), "normal@1 unknown@1");
  Story forgiven;
  forgiven.probes("P");
  CheckState state = forgiven.state();
  state.forgive(seconds(60));
  EXPECT_FALSE(state.silence(Rules(plain_check()), SteadyTime(seconds(180))));
}

TEST(CheckState, has_a_performance_issue_while_the_median_is_too_slow) {
  auto check = plain_check();
  check.confirm.slow_above = milliseconds(100);
  check.confirm.slow_clear = milliseconds(50);
  Story story(check);
  story.probes("PPPPP").probes("PP", milliseconds(150));
  EXPECT_EQ(story.told(), "normal@1");
  story.probes("P", milliseconds(150));
  EXPECT_EQ(story.told(), "normal@1 performance@8");
  story.probes("PPPPPPPP", milliseconds(70));  // under slow_above, not yet under slow_clear
  EXPECT_EQ(story.told(), "normal@1 performance@8");
  story.probes("PPP", milliseconds(20));
  EXPECT_EQ(story.told(), "normal@1 performance@8 normal@19");
}

TEST(CheckState, has_a_performance_issue_while_it_passes_degraded) {
  EXPECT_EQ(Story().probes("PDD").told(), "normal@1");
  EXPECT_EQ(Story().probes("PDDD").told(), "normal@1 performance@2");
  EXPECT_EQ(Story().probes("PDDDPDPP").told(), "normal@1 performance@2 normal@7");
}

TEST(CheckState, tells_flapping_once_and_the_settled_state_in_the_end) {
  const std::string tells =
      Story().probes("PFPFPFPFPFPFPFPFPFPF").probes(std::string(30, 'P')).told();
  EXPECT_EQ(tells, "normal@1 performance~@7 normal@37");
}

TEST(CheckState, tells_that_a_flapping_check_is_down_and_not_that_it_is_up_until_it_settles) {
  const std::string tells =
      Story().probes("PFPFPFPFFFPPFFFPPFFFPP").probes(std::string(30, 'P')).told();
  EXPECT_EQ(tells, "normal@1 performance~@7 interruption~@8 normal@31");
}

TEST(CheckState, does_not_flap_where_detection_is_off) {
  auto check = plain_check();
  check.confirm.flap_detection = false;
  EXPECT_EQ(Story(check).probes("PFPFPFPFPFPFPFPFPFPF").told(), "normal@1");
}

TEST(CheckState, does_not_retell_what_an_earlier_run_told) {
  EXPECT_EQ(Story(plain_check(), Verdict::interruption).probes("FFFF").told(), "");
  EXPECT_EQ(Story(plain_check(), Verdict::interruption).probes("PP").told(), "normal@1");
  EXPECT_EQ(Story(plain_check(), Verdict::normal).probes("PP").told(), "");
  EXPECT_EQ(Story(plain_check(), Verdict::performance).probes("PP").told(), "normal@1");
}

TEST(Rules, rechecks_after_a_third_of_the_interval_unless_told_otherwise) {
  auto check = plain_check();
  EXPECT_EQ(Rules(check).retry, seconds(10));
  check.confirm.retry = seconds(2);
  EXPECT_EQ(Rules(check).retry, seconds(2));
  check.confirm.retry = seconds(300);
  EXPECT_EQ(Rules(check).retry, seconds(30));
}

}  // namespace
}  // namespace nocturn::monitoring
