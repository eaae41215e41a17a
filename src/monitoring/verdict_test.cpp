#include "monitoring/verdict.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::Layer;
using std::chrono::seconds;

constexpr auto kUnknown = Verdict::unknown;
constexpr auto kNormal = Verdict::normal;
constexpr auto kPerformance = Verdict::performance;
constexpr auto kInterruption = Verdict::interruption;

const std::vector<Layer> kAllLayers{Layer::facility, Layer::network, Layer::host, Layer::service,
                                    Layer::transaction};

Verdict majority_of(std::vector<Verdict> verdicts) {
  std::vector<Vote> votes;
  for (const Verdict verdict : verdicts) votes.push_back({"v", verdict, SteadyTime(seconds(95))});
  return majority(votes, SteadyTime(seconds(100)), seconds(10));
}

TEST(Explanation, is_the_reason_taken_apart) {
  const auto of = [](std::string_view reason) {
    const Explanation parts = explanation_of(CheckId("a/ssh"), reason);
    return fmt::format("{} | {} | {}", parts.layer ? name_of(*parts.layer) : "-", parts.saw,
                       parts.more);
  };
  EXPECT_EQ(of("host check ssh: refused; tried twice; 5 more"), "host | refused; tried twice | 5");
  EXPECT_EQ(of("host check ssh: refused; some more"), "host | refused; some more | 0");
  EXPECT_EQ(of("host check ssh"), "host |  | 0");
  EXPECT_EQ(of("host check ssh; 1 more"), "host |  | 1");
  EXPECT_EQ(of(""), "- |  | 0");
}

RC_GTEST_PROP(ExplanationProperty, gives_back_what_combine_put_together, ()) {
  std::vector<CheckVerdict> checks;
  const int number = *rc::gen::inRange(1, 6);
  for (int i = 0; i < number; ++i)
    checks.push_back({CheckId(fmt::format("a/c{}", i)), *rc::gen::elementOf(kAllLayers),
                      kInterruption, *rc::gen::element<std::string>("", "refused", "503; late")});
  const InstanceVerdict verdict = combine(checks);
  const auto explains = std::ranges::find(checks, verdict.check, &CheckVerdict::check);
  const Explanation parts = explanation_of(verdict.check, verdict.reason);
  RC_ASSERT(parts.layer == explains->layer);
  RC_ASSERT(parts.saw == explains->reason);
  RC_ASSERT(parts.more == checks.size() - 1);
}

TEST(Majority, follows_more_than_half_of_the_votes) {
  EXPECT_EQ(majority_of({kInterruption}), kInterruption);
  EXPECT_EQ(majority_of({kInterruption, kInterruption, kNormal}), kInterruption);
  EXPECT_EQ(majority_of({kInterruption, kNormal, kNormal}), kNormal);
  EXPECT_EQ(majority_of({kInterruption, kPerformance, kNormal}), kPerformance);
}

TEST(Majority, cannot_tell_at_a_tie_or_when_half_of_the_vantages_cannot) {
  EXPECT_EQ(majority_of({kInterruption, kNormal}), kUnknown);
  EXPECT_EQ(majority_of({kInterruption, kUnknown}), kUnknown);
  EXPECT_EQ(majority_of({kInterruption, kInterruption, kUnknown}), kInterruption);
  EXPECT_EQ(majority_of({}), kUnknown);
}

TEST(Majority, lets_votes_expire) {
  const std::vector<Vote> votes{{"inside", kNormal, SteadyTime(seconds(95))},
                                {"outside", kInterruption, SteadyTime(seconds(89))}};
  EXPECT_EQ(majority(votes, SteadyTime(seconds(100)), seconds(10)), kNormal);
  EXPECT_EQ(majority(votes, SteadyTime(seconds(106)), seconds(10)), kUnknown);
}

RC_GTEST_PROP(MajorityProperty, is_held_by_more_than_half_whichever_way_it_is_read, ()) {
  const auto raw = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  std::vector<Verdict> verdicts;
  for (const int v : raw) verdicts.push_back(static_cast<Verdict>(v));
  const Verdict found = majority_of(verdicts);
  if (found == kUnknown) return;
  const auto holders = std::ranges::count_if(
      verdicts, [&](Verdict v) { return found == kNormal ? v == kNormal : v >= found; });
  RC_ASSERT(2 * static_cast<std::size_t>(holders) > verdicts.size());
}

TEST(Combine, names_the_lowest_failing_layer) {
  const std::vector<CheckVerdict> checks{
      {CheckId("eu01/search"), Layer::transaction, kInterruption, "no answer"},
      {CheckId("eu01/ping"), Layer::network, kInterruption, "no echo within 2 s"},
      {CheckId("eu01/z3950"), Layer::service, kPerformance, "slow"}};
  const InstanceVerdict found = combine(checks);
  EXPECT_EQ(found.verdict, kInterruption);
  EXPECT_EQ(found.check.text(), "eu01/ping");
  EXPECT_EQ(found.reason, "network check ping: no echo within 2 s; 1 more");
}

TEST(Combine, passes_over_an_unknown_check_that_one_above_proves) {
  const CheckVerdict ping{CheckId("a/ping"), Layer::network, kUnknown, "no raw sockets"};
  const CheckVerdict search{CheckId("a/search"), Layer::transaction, kNormal, ""};
  EXPECT_EQ(combine(std::vector{ping, search}).verdict, kNormal);
}

TEST(Combine, cannot_tell_when_nothing_proves_the_highest_layer) {
  const CheckVerdict ping{CheckId("a/ping"), Layer::network, kNormal, ""};
  const CheckVerdict search{CheckId("a/search"), Layer::transaction, kUnknown, "no resolver"};
  EXPECT_EQ(combine(std::vector{ping, search}).verdict, kUnknown);
  EXPECT_EQ(combine(std::vector{ping, search}).check.text(), "a/search");
  EXPECT_EQ(combine({}).verdict, kUnknown);
}

RC_GTEST_PROP(CombineProperty, is_as_bad_as_the_worst_check_and_blind_to_their_order, ()) {
  const auto raw = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange(0, 4)));
  std::vector<CheckVerdict> checks;
  for (const auto& [layer, verdict] : raw)
    checks.push_back({CheckId(fmt::format("i/c{}", checks.size())), static_cast<Layer>(layer),
                      static_cast<Verdict>(verdict), ""});
  const InstanceVerdict found = combine(checks);
  Verdict worst = kUnknown;
  for (const auto& check : checks) worst = std::max(worst, check.verdict);
  if (worst >= kPerformance) RC_ASSERT(found.verdict == worst);
  if (worst < kPerformance) RC_ASSERT(found.verdict <= worst);
  std::ranges::reverse(checks);
  const InstanceVerdict again = combine(checks);
  RC_ASSERT(again.verdict == found.verdict);
  if (worst >= kPerformance) RC_ASSERT(again.check == found.check);
}

TEST(ProberAtFault, needs_most_checks_of_several_instances) {
  EXPECT_FALSE(prober_at_fault(3, 0, 0));
  EXPECT_FALSE(prober_at_fault(2, 8, 8));
  EXPECT_FALSE(prober_at_fault(4, 4, 2));
  EXPECT_TRUE(prober_at_fault(4, 4, 3));
}

TEST(Layer, is_read_back_from_its_name) {
  for (const auto layer :
       {Layer::facility, Layer::network, Layer::host, Layer::service, Layer::transaction})
    EXPECT_EQ(layer_from(name_of(layer)), layer);
  EXPECT_FALSE(layer_from("basement"));
}

}  // namespace
}  // namespace nocturn::monitoring
