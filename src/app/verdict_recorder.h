#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "ledger/ledger.h"
#include "net/loop.h"

// Brings events that the hub itself observes into the ledger, in order, and never loses one while
// the process lives: when recording fails (a full disk), they wait and are tried again each second.
// At most one attempt is under way. offer() is thread-safe and does not block.
namespace nocturn::app {

class VerdictRecorder {
 public:
  // Uses `loop` for its retries; both must outlive the recorder.
  VerdictRecorder(ledger::Ledger& ledger, net::Loop& loop);

  void offer(ledger::Event event);
  // Events that are not recorded yet; hardly any in health.
  std::size_t waiting() const;

 private:
  void attempt();
  void finish(std::size_t tried, const Result<std::vector<ledger::Entry>>& outcome);

  ledger::Ledger& ledger_;
  net::Loop& loop_;
  mutable std::mutex mutex_;
  std::deque<ledger::Event> waiting_;
  bool under_way_ = false;
  bool failing_ = false;
};

}  // namespace nocturn::app
