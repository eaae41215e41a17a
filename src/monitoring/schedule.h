#pragma once

#include <string_view>

#include "base/clock.h"

// When a check is probed next. Pure, and in steady time, so that setting the computer's clock
// changes nothing. Each check has its own stable place in its interval: a thousand checks of 30 s
// are spread over the 30 s, in the same order after every restart. Runs that were missed are
// never made up for.
namespace nocturn::monitoring {

// The place of a check in its interval: in [0, every), the same for ever. `every` is positive.
Micros offset_of(std::string_view check_id, Micros every);

// The next moment after `now` that stands at `offset` in its interval.
SteadyTime next_due(SteadyTime now, Micros every, Micros offset);

// The first probe of a check that is new: soon, yet spread, whatever its interval.
SteadyTime first_due(SteadyTime now, Micros every, Micros offset);

// The next probe of a check that could not be probed in time (this process stood still): at its
// place, but for checks of long intervals within half a minute.
SteadyTime due_after_pause(SteadyTime now, Micros every, Micros offset);

// The next probe after one that ended at `now`; sooner by `retry` while a change is confirmed.
SteadyTime due_after(SteadyTime now, Micros every, Micros offset, bool soft, Micros retry);

}  // namespace nocturn::monitoring
