#include "publishing/target_keeper.h"

#include "base/log.h"
#include "base/text.h"
#include "inventory/inventory.h"
#include "publishing/events.h"
#include "publishing/pace.h"

namespace nocturn::publishing {
namespace {

// What programs and servers say may be in any encoding.
std::string printable(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string out;
  for (const char c : text) out += c >= 0x20 && c < 0x7f ? c : '?';
  return out;
}

}  // namespace

TargetKeeper::TargetKeeper(Setting setting, const Clock& clock)
    : setting_(std::move(setting)),
      signature_(inventory::describe(setting_.target)),
      clock_(clock),
      place_(make_place(
          setting_.target,
          {.work = setting_.work, .variable = setting_.variable, .stop = stop_, .clock = clock})),
      loop_(clock) {
  state_.id = setting_.target.id;
  state_.kind = name_of(setting_.target.kind);
  state_.to = address_of(setting_.target);
  state_.failing_since = setting_.failing_since;
  loop_.post([this] { attempt(); });
  thread_ = std::thread([this] { loop_.run(); });
}

TargetKeeper::~TargetKeeper() {
  stop_.ask();
  loop_.stop();
  thread_.join();
}

void TargetKeeper::mark_changed() {
  if (marked_.exchange(true)) return;
  loop_.post([this] {
    if (!marked_ || failures_in_a_row_ > 0) return;  // a try took it, or the next one will
    plan(std::max(rest_until_ - clock_.steady(), Micros(0)));
  });
}

std::uint64_t TargetKeeper::demand() {
  const std::lock_guard lock(mutex_);
  loop_.post([this] {
    if (!answered_all()) attempt();
  });
  return ++demanded_;
}

bool TargetKeeper::answered_all() const {
  const std::lock_guard lock(mutex_);
  return answered_ >= demanded_;
}

void TargetKeeper::wait_for(std::uint64_t demand, Micros patience) {
  std::unique_lock lock(mutex_);
  tried_.wait_for(lock, patience, [&] { return answered_ >= demand; });
}

TargetState TargetKeeper::state() const {
  const std::lock_guard lock(mutex_);
  TargetState state = state_;
  if (state.generated_at) state.age = clock_.wall() - *state.generated_at;
  return state;
}

void TargetKeeper::plan(Micros wait) {
  loop_.cancel(timer_);
  timer_ = loop_.after(wait, [this] { attempt(); });
}

void TargetKeeper::attempt() {
  if (stop_.asked()) return;
  std::uint64_t demanded = 0;
  {
    const std::lock_guard lock(mutex_);
    demanded = demanded_;
  }
  marked_ = false;  // before asking for the newest: what changes from now on marks again
  const SteadyTime start = clock_.steady();
  const Status outcome = bring();
  const SteadyTime end = clock_.steady();
  if (stop_.asked() && !outcome) return;  // cut off by the end of this hub: says nothing
  note(outcome);
  failures_in_a_row_ = outcome ? 0 : failures_in_a_row_ + 1;
  const Micros rest = rest_after(end - start);
  rest_until_ = end + rest;
  if (failures_in_a_row_ > 0)
    plan(back_off(failures_in_a_row_));
  else
    plan(marked_ ? rest : std::max(setting_.target.every, rest));
  const std::lock_guard lock(mutex_);
  answered_ = demanded;
  tried_.notify_all();
}

Status TargetKeeper::bring() {
  const CopyPtr copy = TRY(setting_.newest());
  TRY_STATUS(place_->put(*copy));
  const std::lock_guard lock(mutex_);
  newest_there_ = copy->generated_at;
  return {};
}

void TargetKeeper::note(const Status& outcome) {
  std::optional<ledger::Event> event;
  {
    const std::lock_guard lock(mutex_);
    const WallTime now = clock_.wall();
    if (outcome) {
      if (state_.failing_since) event = target_recovered(state_, now);
      state_.standing = Standing::working;
      state_.generated_at = newest_there_;
      state_.failing_since.reset();
      state_.reason.clear();
      ++state_.copies;
    } else {
      state_.standing = Standing::failing;
      state_.reason = printable(outcome.error().text());
      ++state_.failures;
      if (!state_.failing_since) {
        state_.failing_since = now;
        event = target_failed(state_);
      }
    }
  }
  if (!event) return;
  const auto told = outcome ? log::Level::info : log::Level::error;
  log::write(told, "publishing",
             outcome ? "copies of the status page arrive again"
                     : "copies of the status page do not arrive: " + outcome.error().text(),
             {{"target", state_.id}});
  setting_.tell(*std::move(event));
}

}  // namespace nocturn::publishing
