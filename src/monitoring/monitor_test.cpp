#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitoring/monitoring.h"
#include "monitoring/probe.h"
#include "series/series.h"
#include "support/eventually.h"
#include "support/temporary_folder.h"

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::InstanceId;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::eventually;

// The system's clock, and hands that set it: wall time as a person would, steady time as a pause
// of the whole machine does.
class AdjustableClock final : public Clock {
 public:
  WallTime wall() const override { return system_.wall() + Micros(wall_.load()); }
  SteadyTime steady() const override { return system_.steady() + Micros(steady_.load()); }
  void step_wall(Micros by) { wall_ += by.count(); }
  void pause(Micros by) {
    steady_ += by.count();
    wall_ += by.count();
  }

 private:
  SystemClock system_;
  std::atomic<Micros::rep> wall_{0}, steady_{0};
};

// Ends a probe after a while with an outcome; both stand in the check's name: "pass 20", "hang".
class Scripted final : public RunningProbe {
 public:
  Scripted(const inventory::Check& check, net::Loop& loop, ProbeDone done) : loop_(loop) {
    Observation seen;
    Micros delay = milliseconds(1);
    // As when the computer has no time for us.
    if (check.name == "stall") std::this_thread::sleep_for(milliseconds(1600));
    if (check.name == "hang") delay = check.timeout;
    const bool passes = check.name == "pass" || check.name == "stall";
    seen.outcome = passes ? Outcome::passed : Outcome::failed;
    seen.reason = passes ? "" : "scripted to fail";
    seen.took = delay;
    if (seen.outcome == Outcome::failed) seen.transcript.assign(64, std::string(256, 'x'));
    timer_ = loop.after(delay, [done = std::move(done), seen]() mutable { done(seen); });
  }
  ~Scripted() override { loop_.cancel(timer_); }

  static std::unique_ptr<RunningProbe> start(const inventory::Check& check, ProbeWorld& world,
                                             ProbeDone done) {
    return std::make_unique<Scripted>(check, world.loop, std::move(done));
  }

 private:
  net::Loop& loop_;
  net::Loop::TimerId timer_;
};

const std::array<ProbeKind, 1> kScripted{ProbeKind{
    {.name = "scripted", .sentence = {}, .example = {}, .options = {}, .default_layer = "service"},
    &Scripted::start}};

class CloudMaker {
 public:
  CloudMaker& add(const std::string& instance_id, const std::string& name, Micros every,
                  Micros timeout = seconds(5)) {
    inventory::Check check;
    check.id = CheckId(instance_id + "/" + name);
    check.name = name;
    check.kind = "scripted";
    check.every = every;
    check.timeout = timeout;
    return add(instance_id, check);
  }
  CloudMaker& add(const std::string& instance_id, const inventory::Check& check) {
    auto& instance = cloud_.instances[InstanceId(instance_id)];
    instance.id = InstanceId(instance_id);
    instance.checks.push_back(check);
    return *this;
  }
  inventory::CloudPtr make() const { return std::make_shared<inventory::Cloud>(cloud_); }

 private:
  inventory::Cloud cloud_;
};

// What the Monitor told, to be waited for.
class Told {
 public:
  OnVerdict listener() {
    return [this](VerdictChange change) {
      const std::scoped_lock lock(mutex_);
      changes_.push_back(std::move(change));
      changed_.notify_all();
    };
  }
  // The next change that was not answered yet.
  std::optional<VerdictChange> next(Micros patience = seconds(10)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return read_ < changes_.size(); }))
      return std::nullopt;
    return changes_[read_++];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<VerdictChange> changes_;
  std::size_t read_ = 0;
};

// A port of 127.0.0.1 that can be open or not.
class Port {
 public:
  Port() {
    open();
    socklen_t size = sizeof address_;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~Port() { close(); }
  void open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    ASSERT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
    ASSERT_EQ(::listen(socket_, 1024), 0);
  }
  void close() { ::close(std::exchange(socket_, -1)); }
  std::string target() const { return fmt::format("127.0.0.1:{}", ntohs(address_.sin_port)); }

 private:
  sockaddr_in address_{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
  int socket_ = -1;
};

std::unique_ptr<Monitor> scripted_monitor(const Clock& clock, Told& told,
                                          std::size_t probes_at_once = 512) {
  Monitor::Options options;
  options.kinds = kScripted;
  options.probes_at_once = probes_at_once;
  return Monitor::start(options, clock, told.listener()).value();
}

TEST(Monitor, sees_a_real_port_close_and_open_again) {
  SystemClock clock;
  Told told;
  Port port;
  auto monitor = Monitor::start({}, clock, told.listener()).value();
  inventory::Check check;
  check.id = CheckId("eu01/tcp");
  check.name = check.kind = "tcp";
  check.every = milliseconds(90);
  check.timeout = seconds(2);
  check.options["target"].value = port.target();
  monitor->watch(CloudMaker().add("eu01", check).make(), {});

  auto change = told.next();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after, Verdict::normal);
  EXPECT_EQ(change->evidence.address, port.target());

  port.close();
  const WallTime closed = clock.wall();
  change = told.next();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after, Verdict::interruption);
  EXPECT_FALSE(change->evidence.reason.empty());
  EXPECT_GE(change->since, closed - milliseconds(1));
  EXPECT_LE(change->since, clock.wall());

  port.open();
  change = told.next();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->after, Verdict::normal);
  EXPECT_EQ(monitor->stands().front().verdict, Verdict::normal);
}

TEST(Monitor, is_not_starved_by_a_thousand_probes_that_hang) {
  SystemClock clock;
  Told told;
  CloudMaker maker;
  maker.add("healthy", "pass", milliseconds(100));
  auto monitor = scripted_monitor(clock, told, 20);
  monitor->watch(maker.make(), {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().passed >= 2; }));
  for (int i = 0; i < 1000; ++i)
    maker.add(fmt::format("hanging-{}", i), "hang", milliseconds(500), seconds(5));
  monitor->watch(maker.make(), {});
  std::this_thread::sleep_for(seconds(1));
  const auto before = monitor->counters().passed;
  std::this_thread::sleep_for(seconds(1));
  EXPECT_GE(monitor->counters().passed, before + 5);
}

TEST(Monitor, goes_on_calmly_when_the_clock_is_set) {
  AdjustableClock clock;
  Told told;
  CloudMaker maker;
  for (int i = 0; i < 100; ++i) maker.add(fmt::format("i{}", i), "pass", milliseconds(200));
  auto monitor = scripted_monitor(clock, told);
  monitor->watch(maker.make(), {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().passed >= 200; }));
  for (const Micros step : {Micros(hours(1)), Micros(hours(-2)), Micros(hours(1))}) {
    const auto before = monitor->counters();
    clock.step_wall(step);
    std::this_thread::sleep_for(seconds(1));
    const auto after = monitor->counters();
    EXPECT_NEAR(static_cast<double>(after.probes - before.probes), 500, 120);
  }
  int changes = 0;
  while (told.next(Micros(0))) ++changes;
  EXPECT_EQ(changes, 100) << "each told normal once and nothing else";
}

TEST(Monitor, makes_no_storm_after_a_pause) {
  AdjustableClock clock;
  Told told;
  CloudMaker maker;
  for (int i = 0; i < 200; ++i) maker.add(fmt::format("i{}", i), "pass", seconds(10));
  auto monitor = scripted_monitor(clock, told);
  monitor->watch(maker.make(), {});
  std::this_thread::sleep_for(seconds(2));
  clock.pause(minutes(10));
  const auto before = monitor->counters();
  std::this_thread::sleep_for(seconds(2));
  const auto after = monitor->counters();
  EXPECT_LT(after.probes - before.probes, 80u) << "all 200 at once";
  EXPECT_GT(after.late, 100u);
  while (const auto change = told.next(Micros(0))) EXPECT_EQ(change->after, Verdict::normal);
}

TEST(Monitor, blames_nobody_for_having_had_no_time) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  monitor->watch(CloudMaker()
                     .add("a", "hang", milliseconds(4100), milliseconds(4000))
                     .add("b", "stall", milliseconds(1700))
                     .make(),
                 {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().cannot_tell >= 2; }));
  EXPECT_EQ(monitor->counters().failed, 0u);
  monitor->watch(CloudMaker().add("a", "hang", milliseconds(400), milliseconds(300)).make(), {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().failed >= 3; }));
}

TEST(Monitor, stops_checks_that_went_and_keeps_those_that_stayed) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  monitor->watch(
      CloudMaker().add("a", "pass", milliseconds(50)).add("b", "hang", seconds(60)).make(), {});
  ASSERT_TRUE(told.next());
  monitor->watch(
      CloudMaker().add("a", "pass", milliseconds(50)).add("c", "pass", milliseconds(50)).make(),
      {});
  const auto change = told.next();
  ASSERT_TRUE(change);
  EXPECT_EQ(change->check.text(), "c/pass");
  const auto stands = monitor->stands();
  ASSERT_EQ(stands.size(), 2u);
  for (const CheckStand& stand : stands) EXPECT_EQ(stand.verdict, Verdict::normal);
}

TEST(Monitor, remembers_known_verdicts) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  VerdictChange known;
  known.check = CheckId("a/fail");
  known.after = Verdict::interruption;
  known.since = clock.wall() - hours(5);
  monitor->watch(CloudMaker().add("a", "fail", milliseconds(20)).make(), {known});
  ASSERT_TRUE(eventually([&] { return monitor->counters().failed >= 5; }));
  EXPECT_FALSE(told.next(Micros(0)));
  const auto stands = monitor->stands();
  ASSERT_EQ(stands.size(), 1u);
  EXPECT_EQ(stands[0].verdict, Verdict::interruption);
  EXPECT_NEAR(static_cast<double>((stands[0].since - known.since).count()), 0, 10'000);
}

TEST(Monitor, probes_once_without_touching_the_state) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  monitor->watch(CloudMaker().add("a", "fail", hours(1)).make(), {});
  const auto seen = monitor->probe_once(CheckId("a/fail"));
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->reason, "scripted to fail");
  EXPECT_GT(seen->at, WallTime(hours(24 * 365 * 50)));
  EXPECT_EQ(monitor->probe_once(CheckId("a/other")).error().code, ErrorCode::not_found);
}

TEST(Monitor, stops_at_once_while_probes_hang) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  CloudMaker maker;
  for (int i = 0; i < 50; ++i) maker.add(fmt::format("i{}", i), "hang", seconds(1), seconds(60));
  monitor->watch(maker.make(), {});
  std::this_thread::sleep_for(seconds(1));
  const SteadyTime before = clock.steady();
  monitor.reset();
  EXPECT_LT(clock.steady() - before, seconds(1));
}

TEST(Monitor, needs_at_most_twenty_megabytes_for_five_thousand_checks_with_their_samples) {
  SystemClock clock;
  testing::TemporaryFolder folder;
  CloudMaker maker;
  for (int i = 0; i < 5000; ++i)
    maker.add(fmt::format("instance-{}", i), i % 10 == 0 ? "fail" : "pass", seconds(2));
  const auto cloud = maker.make();
  const std::size_t before = ::mallinfo2().uordblks;
  auto samples = series::SeriesStore::open(folder / "series.db", clock, {}).value();
  Monitor::Options options;
  options.kinds = kScripted;
  options.samples = samples.get();
  auto monitor = Monitor::start(options, clock, [](VerdictChange) {}).value();
  monitor->watch(cloud, {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().probes >= 15'000; }));
  const double megabytes = static_cast<double>(::mallinfo2().uordblks - before) / 1e6;
  RecordProperty("megabytes", fmt::format("{:.1f}", megabytes));
  EXPECT_LT(megabytes, 20);
}

TEST(Monitor, tells_minutes) {
  SystemClock clock;
  Told told;
  auto monitor = scripted_monitor(clock, told);
  EXPECT_FALSE(monitor->take_minute());
  monitor->watch(CloudMaker().add("a", "pass", milliseconds(50)).make(), {});
  ASSERT_TRUE(eventually([&] { return monitor->counters().passed >= 3; }));
  const auto event = monitor->take_minute();
  ASSERT_TRUE(event);
  EXPECT_THAT(event->payload, ::testing::HasSubstr("\"failed\":0,"));
}

}  // namespace
}  // namespace nocturn::monitoring
