#pragma once

#include "status_page/status_page.h"

// A cloud of three territories with something of everything on its status page, for tests and
// screenshots: no probe runs, no clock is asked.
namespace nocturn::testing {

// Sunday, 22 November 2026, 06:45:10 UTC.
WallTime sample_now();

// Sixteen instances, eighteen with the single-tenant ones: one in each indicator, one unmeasured,
// one without checks, a maintenance under way and two ahead, a week with trouble in it.
status_page::Facts sample_facts();

// `count` multi-tenant instances with names, aliases and hosts of their own, a few in trouble and
// a week of history such as a real cloud has.
status_page::Facts large_facts(int count);

}  // namespace nocturn::testing
