#include "app/programs.h"
#include "app/signals.h"
#include "cli/cli.h"

int main(int argc, char** argv) {
  nocturn::app::Signals signals;
  return nocturn::cli::run(argc, argv, nocturn::app::programs(signals));
}
