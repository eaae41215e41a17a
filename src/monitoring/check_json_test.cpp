#include "monitoring/check_json.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace nocturn::monitoring {
namespace {

using namespace std::chrono_literals;

inventory::Check slow_check() {
  inventory::Check check;
  check.id = inventory::CheckId("catalog-eu01/search");
  check.confirm.slow_above = 800ms;
  return check;
}

TEST(CheckJson, says_why_a_check_is_slow_whose_probes_find_nothing_wrong) {
  const inventory::Check check = slow_check();
  CheckStand stand{
      .check = check.id, .verdict = Verdict::performance, .since = {}, .probed_at = {}, .last = {}};
  EXPECT_EQ(to_json(check, stand).at("reason").as_string(),
            "slow: the median of the last 5 probes is above 800ms");
  stand.last.reason = "load is 9";
  EXPECT_EQ(to_json(check, stand).at("reason").as_string(), "load is 9");
  stand = {.check = check.id, .verdict = Verdict::normal, .since = {}, .probed_at = {}, .last = {}};
  EXPECT_EQ(to_json(check, stand).at("reason").as_string(), "");
}

}  // namespace
}  // namespace nocturn::monitoring
