#pragma once

#include "app/signals.h"
#include "cli/cli.h"

// What the command line runs that needs the whole program: the hub and the sample cloud.
namespace nocturn::app {

// `signals` must outlive the programs.
cli::Programs programs(Signals& signals);

}  // namespace nocturn::app
