#include "app/page_keeper.h"

#include <algorithm>

#include "base/log.h"
#include "web/web.h"

namespace nocturn::app {
namespace {

// The age that the page states is never older (promise P113 allows 60 s).
constexpr Micros kOldest = std::chrono::seconds(30);
// After a rebuild that took t, the next waits 2t: a storm of changes costs a third of a core.
constexpr int kRestFactor = 2;

}  // namespace

PageKeeper::PageKeeper(net::Loop& loop, net::PageBoard& board, ReadFacts read, Tell tell)
    : loop_(loop), board_(board), read_(std::move(read)), tell_(std::move(tell)) {}

Status PageKeeper::first() {
  TRY_STATUS(rebuild());
  loop_.post([this] {
    // Something may have changed that the hub before this one had no time to tell.
    if (on_change_) on_change_();
    plan();
  });
  return {};
}

void PageKeeper::mark_changed() {
  if (marked_.exchange(true)) return;
  loop_.post([this] {
    const Micros rest = quiet_until_ - loop_.clock().steady();
    if (rest <= Micros(0)) return rebuild_and_plan();
    loop_.cancel(timer_);
    timer_ = loop_.after(rest, [this] { rebuild_and_plan(); });
  });
}

Status PageKeeper::rebuild() {
  // Before reading: what is recorded from now on marks again.
  const bool recorded = marked_.exchange(false);
  const SteadyTime start = loop_.clock().steady();
  const auto before = view_.load();
  const auto after = TRY(status_page::View::make(TRY(read_())));
  board_.publish(web::prepare(*after));
  view_.store(after);
  built_at_ = start;
  ++rebuilds_;
  const bool changed = before && tell_changes(*before, *after);
  if ((recorded || changed) && on_change_) on_change_();
  const SteadyTime end = loop_.clock().steady();
  quiet_until_ = end + kRestFactor * (end - start);
  return {};
}

void PageKeeper::rebuild_and_plan() {
  if (const Status done = rebuild(); !done)
    log::error("app", "the pages stay as they are: " + done.error().text());
  plan();
}

void PageKeeper::plan() {
  if (marked_) return;  // the mark has planned, or is about to plan, a nearer rebuild
  Micros wait = kOldest;
  if (const auto view = view_.load()) {
    const Micros change = view->changes_by_itself_at() - loop_.clock().wall();
    wait = std::clamp(change, Micros(std::chrono::seconds(1)), kOldest);
  }
  loop_.cancel(timer_);
  timer_ = loop_.after(wait, [this] { rebuild_and_plan(); });
}

bool PageKeeper::tell_changes(const status_page::View& before, const status_page::View& after) {
  const auto& words = status_page::Words::in(status_page::Locale::en);
  std::vector<std::string> events = status_page::row_events(before, after, words);
  for (std::string& event : events) tell_(std::move(event));
  return !events.empty();
}

}  // namespace nocturn::app
