#pragma once

#include <functional>

// The signals that speak to a foreground program. Constructed in main before any thread, so that
// every thread inherits the mask and the signals reach wait() alone.
namespace nocturn::app {

class Signals {
 public:
  // Blocks SIGTERM, SIGINT and SIGHUP, ignores SIGPIPE.
  Signals();

  // Sleeps until SIGTERM or SIGINT; calls `reload` for each SIGHUP in between. Without a `reload`
  // SIGHUP ends it, too: what lives in a terminal goes with it.
  void wait(const std::function<void()>& reload);

 private:
  int descriptor_;
};

}  // namespace nocturn::app
