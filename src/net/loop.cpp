#include "net/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <mutex>
#include <vector>

#include "net/timer_wheel.h"

namespace nocturn::net {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr std::uint64_t kWakeUp = std::numeric_limits<std::uint64_t>::max();

constexpr Micros kTick = std::chrono::milliseconds(1);

TimerWheel::Tick tick_at_or_before(SteadyTime time) {
  const auto micros = time.time_since_epoch();
  return micros / kTick - (micros % kTick < Micros::zero() ? 1 : 0);
}

TimerWheel::Tick tick_at_or_after(SteadyTime time) {
  return tick_at_or_before(time + kTick - Micros(1));
}

bool wants(Interest interest, Interest kind) {
  return (static_cast<unsigned>(interest) & static_cast<unsigned>(kind)) != 0;
}

std::uint32_t epoll_mask(Interest interest) {
  return (wants(interest, Interest::read) ? EPOLLIN : 0u) |
         (wants(interest, Interest::write) ? EPOLLOUT : 0u);
}

struct Watch {
  Interest interest;
  std::uint32_t generation;
  Loop::OnReady on_ready;
};

}  // namespace

struct Loop::State {
  explicit State(const Clock& the_clock)
      : clock(the_clock), now(the_clock.steady()), wheel(tick_at_or_before(now)) {}

  void control(int operation, int descriptor, const Watch& watch);
  void set_interest(int descriptor, Watch& watch, Interest interest);
  int wait_time() const;
  void run_timers();
  void dispatch(const epoll_event& event);
  void run_posted();

  const Clock& clock;
  SteadyTime now;
  TimerWheel wheel;
  int epoll = -1;
  int wake_up = -1;
  // By descriptor. The generation tells an event of this turn that was meant for a descriptor's
  // former owner from one for its new owner.
  std::vector<std::unique_ptr<Watch>> watches;
  std::uint32_t generation = 0;
  std::vector<std::unique_ptr<Watch>> forgotten;  // their callback may be running; until turn's end

  std::mutex mutex;  // guards posted and stopping
  std::vector<Task> posted;
  bool stopping = false;
};

void Loop::State::control(int operation, int descriptor, const Watch& watch) {
  epoll_event event{};
  event.events = epoll_mask(watch.interest);
  event.data.u64 = (std::uint64_t{watch.generation} << 32) | static_cast<std::uint32_t>(descriptor);
  CHECK(::epoll_ctl(epoll, operation, descriptor, &event) == 0);
}

// Without interest the descriptor leaves the set: epoll would go on reporting hang-ups.
void Loop::State::set_interest(int descriptor, Watch& watch, Interest interest) {
  if (watch.interest == interest) return;
  const bool was_in = watch.interest != Interest::none;
  watch.interest = interest;
  if (interest == Interest::none) {
    control(EPOLL_CTL_DEL, descriptor, watch);
  } else {
    control(was_in ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, watch);
  }
}

int Loop::State::wait_time() const {
  const auto visit = wheel.next_visit();
  if (!visit) return -1;
  const Micros left = kTick * *visit - now.time_since_epoch();
  if (left <= Micros::zero()) return 0;
  const auto ticks = (left + kTick - Micros(1)) / kTick;
  return static_cast<int>(std::min<std::int64_t>(ticks, 60'000));
}

void Loop::State::run_timers() {
  const auto tick = tick_at_or_before(now);
  while (auto task = wheel.pop_due(tick)) (*task)();
}

void Loop::State::dispatch(const epoll_event& event) {
  const auto descriptor = static_cast<std::uint32_t>(event.data.u64);
  if (descriptor >= watches.size()) return;
  Watch* watch = watches[descriptor].get();
  if (watch == nullptr || watch->generation != event.data.u64 >> 32) return;
  const bool broken_off = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
  watch->on_ready(broken_off || (event.events & EPOLLIN) != 0,
                  broken_off || (event.events & EPOLLOUT) != 0);
}

void Loop::State::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex);
    tasks.swap(posted);
  }
  for (Task& task : tasks) task();
}

Loop::Loop(const Clock& clock) : state_(std::make_unique<State>(clock)) {
  state_->epoll = ::epoll_create1(EPOLL_CLOEXEC);
  CHECK(state_->epoll >= 0);
  state_->wake_up = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  CHECK(state_->wake_up >= 0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeUp;
  CHECK(::epoll_ctl(state_->epoll, EPOLL_CTL_ADD, state_->wake_up, &event) == 0);
}

Loop::~Loop() {
  ::close(state_->wake_up);
  ::close(state_->epoll);
}

void Loop::run() {
  State& s = *state_;
  std::array<epoll_event, kEventsPerTurn> events;
  for (bool stopping = false; !stopping;) {
    s.now = s.clock.steady();
    const int ready = ::epoll_wait(s.epoll, events.data(), kEventsPerTurn, s.wait_time());
    CHECK(ready >= 0 || errno == EINTR);
    s.now = s.clock.steady();
    s.run_timers();
    bool woken = false;
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.u64 == kWakeUp) {
        woken = true;
      } else {
        s.dispatch(events[i]);
      }
    }
    if (woken) {
      std::uint64_t count = 0;
      // Emptied before the queue is taken: what is posted from here on wakes the loop again.
      [[maybe_unused]] const auto read = ::read(s.wake_up, &count, sizeof count);
      {
        const std::lock_guard lock(s.mutex);
        stopping = std::exchange(s.stopping, false);
      }
      s.run_posted();
    }
    s.forgotten.clear();
  }
}

void Loop::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(state_->wake_up, &one, sizeof one);
}

void Loop::post(Task task) {
  bool first;
  {
    const std::lock_guard lock(state_->mutex);
    first = state_->posted.empty();
    state_->posted.push_back(std::move(task));
  }
  if (!first) return;  // somebody woke the loop already, and it has not taken the queue yet
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(state_->wake_up, &one, sizeof one);
}

void Loop::watch(int descriptor, Interest interest, OnReady on_ready) {
  CHECK(descriptor >= 0);
  State& s = *state_;
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= s.watches.size()) s.watches.resize(index + 1);
  CHECK(s.watches[index] == nullptr);
  s.watches[index] =
      std::make_unique<Watch>(Watch{Interest::none, ++s.generation, std::move(on_ready)});
  s.set_interest(descriptor, *s.watches[index], interest);
}

void Loop::change(int descriptor, Interest interest) {
  const auto index = static_cast<std::size_t>(descriptor);
  CHECK(descriptor >= 0 && index < state_->watches.size() && state_->watches[index]);
  state_->set_interest(descriptor, *state_->watches[index], interest);
}

void Loop::forget(int descriptor) {
  const auto index = static_cast<std::size_t>(descriptor);
  CHECK(descriptor >= 0 && index < state_->watches.size() && state_->watches[index]);
  state_->set_interest(descriptor, *state_->watches[index], Interest::none);
  state_->forgotten.push_back(std::move(state_->watches[index]));
}

Loop::TimerId Loop::after(Micros delay, Task task) {
  // Not now(): a turn may have lasted long, and a timer must not fire early.
  const SteadyTime due = state_->clock.steady() + std::max(delay, Micros::zero());
  return state_->wheel.arm(tick_at_or_after(due), std::move(task));
}

void Loop::cancel(TimerId timer) { state_->wheel.cancel(timer); }

SteadyTime Loop::now() const { return state_->now; }

const Clock& Loop::clock() const { return state_->clock; }

}  // namespace nocturn::net
