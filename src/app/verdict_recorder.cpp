#include "app/verdict_recorder.h"

#include <algorithm>

#include "base/log.h"

namespace nocturn::app {
namespace {

constexpr Micros kRetry = std::chrono::seconds(1);
constexpr std::size_t kMostAtOnce = 1000;  // bounds the transaction after a long failure

}  // namespace

VerdictRecorder::VerdictRecorder(ledger::Ledger& ledger, net::Loop& loop)
    : ledger_(ledger), loop_(loop) {}

void VerdictRecorder::offer(ledger::Event event) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(event));
    if (under_way_ || failing_) return;
    under_way_ = true;
  }
  attempt();
}

std::size_t VerdictRecorder::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void VerdictRecorder::attempt() {
  std::vector<ledger::Event> events;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(waiting_.size(), kMostAtOnce);
    events.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const std::size_t tried = events.size();
  ledger_.record(
      [events = std::move(events)](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
        return events;
      },
      [this, tried](Result<std::vector<ledger::Entry>> outcome) { finish(tried, outcome); });
}

void VerdictRecorder::finish(std::size_t tried, const Result<std::vector<ledger::Entry>>& outcome) {
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    if (outcome) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(tried));
      if (failing_) log::info("app", "verdicts are recorded again", {{"waited", tried}});
      failing_ = false;
    } else {
      if (!failing_)
        log::error("app", "verdicts wait: " + outcome.error().text(), {{"waiting", tried}});
      failing_ = true;
    }
    more = !waiting_.empty();
    under_way_ = more && !failing_;
  }
  // On the writer's thread: the next attempt starts from the loop, not from within this one.
  if (!outcome) {
    loop_.post([this] {
      loop_.after(kRetry, [this] {
        {
          const std::lock_guard lock(mutex_);
          under_way_ = true;
        }
        attempt();
      });
    });
  } else if (more) {
    loop_.post([this] { attempt(); });
  }
}

}  // namespace nocturn::app
