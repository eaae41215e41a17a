#include "notifications/confirmation_pace.h"

#include <gtest/gtest.h>

namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;

// How many of so many are let through.
int let_through(ConfirmationPace& pace, SteadyTime now, int asked, int an_hour) {
  int allowed = 0;
  for (int i = 0; i < asked; ++i) allowed += pace.take(now, an_hour).allowed ? 1 : 0;
  return allowed;
}

TEST(ConfirmationPace, lets_an_hours_worth_through_at_once_and_then_what_an_hour_brings) {
  VirtualClock clock;
  ConfirmationPace pace;
  EXPECT_EQ(let_through(pace, clock.steady(), 500, 100), 100);
  clock.advance(6min);
  EXPECT_EQ(let_through(pace, clock.steady(), 500, 100), 10);
  clock.advance(240h);
  EXPECT_EQ(let_through(pace, clock.steady(), 500, 100), 100) << "what was not used is not saved";
  EXPECT_EQ(pace.turned_away(), 400U + 490U + 400U);
}

TEST(ConfirmationPace, lets_no_more_than_two_hours_worth_through_in_any_hour) {
  VirtualClock clock;
  ConfirmationPace pace;
  clock.advance(24h);
  int in_the_hour = 0;
  for (int minute = 0; minute < 60; ++minute, clock.advance(1min))
    in_the_hour += let_through(pace, clock.steady(), 60, 120);
  EXPECT_LE(in_the_hour, 240);
  EXPECT_GE(in_the_hour, 230);
}

TEST(ConfirmationPace, takes_another_number_from_the_next_call_on) {
  VirtualClock clock;
  ConfirmationPace pace;
  EXPECT_EQ(let_through(pace, clock.steady(), 50, 10), 10);
  EXPECT_EQ(let_through(pace, clock.steady(), 50, 30), 20);
  EXPECT_EQ(let_through(pace, clock.steady(), 50, 10), 0);
}

TEST(ConfirmationPace, goes_on_after_a_restart_from_the_mails_of_the_hour_before) {
  VirtualClock clock;
  ConfirmationPace pace;
  pace.recall(clock.steady(), 70);
  EXPECT_EQ(let_through(pace, clock.steady(), 500, 100), 30);
  clock.advance(6min);
  EXPECT_EQ(let_through(pace, clock.steady(), 500, 100), 10);
}

TEST(ConfirmationPace, recovers_within_an_hour_from_a_number_that_was_lowered) {
  VirtualClock clock;
  ConfirmationPace pace;
  let_through(pace, clock.steady(), 1000, 1000);
  EXPECT_EQ(let_through(pace, clock.steady(), 50, 10), 0);
  clock.advance(1h);
  EXPECT_EQ(let_through(pace, clock.steady(), 50, 10), 10);
}

TEST(ConfirmationPace, is_worth_a_line_in_the_log_every_ten_minutes_with_how_many) {
  VirtualClock clock;
  ConfirmationPace pace;
  let_through(pace, clock.steady(), 10, 10);
  EXPECT_EQ(pace.take(clock.steady(), 10).to_tell, 1U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pace.take(clock.steady(), 10).to_tell, 0U);
  clock.advance(10min);
  pace.take(clock.steady(), 10);  // ten minutes brought one
  EXPECT_EQ(pace.take(clock.steady(), 10).to_tell, 21U);
}

}  // namespace
}  // namespace nocturn::notifications
