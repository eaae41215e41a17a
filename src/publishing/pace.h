#pragma once

#include "base/clock.h"

// When a copy goes out next. Pure.
namespace nocturn::publishing {

// After a copy that took so long, the next change waits at least so long: twice that, and no less
// than 2 s, so that a storm of changes costs a third of the line.
Micros rest_after(Micros took);

// After so many failures in a row (from 1): 5 s, 10 s, … but never more than a minute, so that a
// place that comes back has a young copy soon.
Micros back_off(int failures);

}  // namespace nocturn::publishing
