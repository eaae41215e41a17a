#include "app/demo/demo_cloud.h"

#include <signal.h>

#include <algorithm>
#include <charconv>

#include "app/demo/port_probe.h"
#include "base/text.h"

namespace nocturn::app::demo {
namespace {

namespace fs = std::filesystem;

constexpr Micros kGrace = std::chrono::seconds(5);
constexpr Micros kReadyLimit = std::chrono::seconds(20);
constexpr Micros kStep = std::chrono::milliseconds(20);
constexpr Micros kLongestDelay = std::chrono::seconds(60);

Result<const SampleInstance*> find_instance(std::string_view name) {
  if (const SampleInstance* found = find_sample_instance(name)) return found;
  std::vector<std::string_view> names;
  for (const SampleInstance& instance : sample_instances()) names.push_back(instance.name);
  const std::string_view meant = nearest(name, names);
  if (meant.empty())
    return fail(ErrorCode::invalid, "no instance \"{}\" in the sample cloud; it has {}", name,
                fmt::join(names, ", "));
  return fail(ErrorCode::invalid, "no instance \"{}\" in the sample cloud; did you mean \"{}\"?",
              name, meant);
}

// A remembered base port wins over none, a given one over the remembered.
Result<int> settle_base_port(const fs::path& file, int given) {
  int remembered = 0;
  if (const auto text = read_text(file)) {
    std::from_chars(text->data(), text->data() + text->size(), remembered);
  }
  int port = given != 0 ? given : remembered;
  if (port == 0) port = kDefaultBasePort;
  if (port < 1024 || port + ports_used() > 65536) {
    return fail(ErrorCode::invalid, "base port {} is not in 1024..{}", port, 65536 - ports_used());
  }
  if (port != remembered) TRY_STATUS(write_text(file, std::to_string(port)));
  return port;
}

std::string as_seconds(Micros delay) { return fmt::format("{:.3f}", delay.count() / 1e6); }

}  // namespace

Result<DemoCloud> DemoCloud::open(const fs::path& folder, int base_port,
                                  const fs::path& resources) {
  std::error_code failed;
  DemoCloud cloud;
  cloud.folder_ = fs::absolute(folder, failed).lexically_normal();
  cloud.resources_ = fs::absolute(resources, failed).lexically_normal();
  if (!fs::exists(cloud.resources_ / "prepare", failed)) {
    return fail(ErrorCode::not_found, "{} is not the sample cloud's folder of resources",
                resources.string());
  }
  fs::create_directories(cloud.folder_ / "demo", failed);
  if (failed) return fail(ErrorCode::unavailable, "cannot make {}", cloud.folder_.string());
  cloud.base_port_ = TRY(settle_base_port(cloud.folder_ / "demo/base_port", base_port));
  return cloud;
}

Place DemoCloud::place_of(const SampleInstance& instance, ServerKind kind) const {
  const fs::path home = folder_ / "demo" / instance.name;
  Place place{.kind = kind,
              .resources = resources_,
              .data = data(),
              .folder = home / name_of(kind),
              .maildir = home / "Maildir",
              .log = home / fmt::format("{}.log", name_of(kind)),
              .values = {}};
  if (instance.name == kMailbox) place.maildir = mailbox();
  place.values["data"] = data().string();
  place.values["status_copy"] = status_copy().string();
  for (std::string_view name : ports_of(kind)) {
    place.values[std::string(name)] = std::to_string(port(instance.name, name));
  }
  return place;
}

fs::path DemoCloud::mark_of(const Place& place) const {
  return fs::path(place.folder).concat(".pid");
}

fs::path DemoCloud::brake_mark_of(const Place& place) const {
  return fs::path(place.folder).concat(".brake.pid");
}

Values DemoCloud::values() const {
  Values values{{"data", data().string()}, {"status_copy", status_copy().string()}};
  for (const SampleInstance& instance : sample_instances()) {
    for (ServerKind kind : instance.servers) {
      for (std::string_view name : ports_of(kind)) {
        values[fmt::format("{}.{}", instance.name, name)] =
            std::to_string(port(instance.name, name));
      }
    }
  }
  return values;
}

Status DemoCloud::prepare() {
  std::error_code failed;
  fs::create_directories(data(), failed);
  TRY_STATUS(run_to_end({.arguments = {resources_ / "prepare", data()},
                         .folder = folder_ / "demo",
                         .log = folder_ / "demo/prepare.log",
                         .account = {}},
                        std::chrono::minutes(2)));
  return write_configuration(resources_ / "cloud", configuration(), folder_ / "demo/written",
                             values());
}

Result<FolderLock> DemoCloud::claim() {
  auto claimed = FolderLock::take_at_once(folder_ / "demo/running");
  if (!claimed && claimed.error().code == ErrorCode::conflict)
    return fail(ErrorCode::conflict,
                "the sample cloud in {} is running already; end it first, with Ctrl-C where it was "
                "started",
                folder_.string());
  return claimed;
}

Status DemoCloud::up() {
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  TRY_STATUS(prepare());
  for (const SampleInstance& instance : sample_instances()) {
    TRY_STATUS(about(instance.name, check_ports(instance)));  // before anything is started
  }
  for (const SampleInstance& instance : sample_instances()) {
    TRY_STATUS(about(instance.name, undo(instance)));
    TRY_STATUS(about(instance.name, start(instance)));
  }
  for (const SampleInstance& instance : sample_instances()) {
    TRY_STATUS(about(instance.name, wait_until_ready(instance)));
  }
  return {};
}

Status DemoCloud::down() {
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  Status first;
  for (const SampleInstance& instance : sample_instances()) {
    const Status stopped = about(instance.name, stop(instance));
    if (!stopped && first) first = stopped;  // the others are stopped all the same
  }
  return first;
}

// A server that is not running must find its ports free.
Status DemoCloud::check_ports(const SampleInstance& instance) const {
  for (ServerKind kind : instance.servers) {
    const auto mark = read_mark(mark_of(place_of(instance, kind)));
    if (mark && has_members(*mark)) continue;
    for (std::string_view name : ports_of(kind)) {
      const int number = port(instance.name, name);
      if (port_is_free(number)) continue;
      return fail(ErrorCode::conflict,
                  "port {} is taken by another program; choose other ports with --base-port",
                  number);
    }
  }
  return {};
}

Status DemoCloud::start(const SampleInstance& instance) {
  for (ServerKind kind : instance.servers) {
    const Place place = place_of(instance, kind);
    const auto mark = read_mark(mark_of(place));
    if (mark && is_alive(*mark)) continue;
    if (mark) TRY_STATUS(stop_process(*mark, SIGTERM, kGrace));  // what a crash left behind
    TRY_STATUS(lay_out(place));
    std::error_code failed;
    fs::remove(place.folder / kAppSocket, failed);  // of an earlier run
    const ProcessMark started = TRY(start_detached(start_command(place)));
    TRY_STATUS(write_mark(mark_of(place), started));
  }
  return {};
}

Status DemoCloud::wait_until_ready(const SampleInstance& instance) {
  for (ServerKind kind : instance.servers) {
    const Place place = place_of(instance, kind);
    const auto mark = read_mark(mark_of(place));
    const auto lives = [&] { return mark && is_alive(*mark); };
    const auto answers = [&] {
      std::error_code failed;
      if (kind == ServerKind::app && !fs::exists(place.folder / kAppSocket, failed)) return false;
      return std::ranges::all_of(ports_of(kind), [&](std::string_view name) {
        return port_is_open(port(instance.name, name));
      });
    };
    bool ready = false;
    for (Micros waited{0}; waited < kReadyLimit && lives() && !ready; waited += kStep) {
      ready = answers();
      if (!ready) pause_for(kStep);
    }
    if (ready) continue;
    return fail(ErrorCode::unavailable, "{} {}; see {}", name_of(kind),
                lives() ? "does not answer" : "ended at once", place.log.string());
  }
  return {};
}

Status DemoCloud::stop(const SampleInstance& instance) {
  Status first;
  for (auto kind = instance.servers.rbegin(); kind != instance.servers.rend(); ++kind) {
    const Place place = place_of(instance, *kind);
    Status done = release_brake(place);
    if (const auto mark = read_mark(mark_of(place))) {
      Status stopped = stop_process(*mark, stop_signal(*kind), kGrace);
      std::error_code failed;
      if (stopped) fs::remove(mark_of(place), failed);
      if (done) done = stopped;
    }
    if (!done && first) first = about(name_of(*kind), done);
  }
  return first;
}

Status DemoCloud::release_brake(const Place& place) {
  std::error_code failed;
  fs::remove(place.folder / "delay", failed);
  const auto brake = read_mark(brake_mark_of(place));
  if (!brake) return {};
  TRY_STATUS(stop_process(*brake, SIGTERM, std::chrono::seconds(1)));
  fs::remove(brake_mark_of(place), failed);
  return {};
}

Status DemoCloud::mend_index(const Place& place) {
  std::error_code failed;
  const fs::path index = index_file(place);
  if (index.empty() || !fs::exists(index, failed)) return {};
  if (fs::file_size(index, failed) > broken_index_size(place.kind)) return {};
  return rebuild_index(place);
}

Status DemoCloud::undo(const SampleInstance& instance) {
  for (ServerKind kind : instance.servers) {
    const Place place = place_of(instance, kind);
    TRY_STATUS(release_brake(place));
    if (const auto mark = read_mark(mark_of(place))) signal_group(*mark, SIGCONT);
    TRY_STATUS(mend_index(place));
  }
  return {};
}

Status DemoCloud::outage(std::string_view name) {
  const SampleInstance* instance = TRY(find_instance(name));
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  return about(name, stop(*instance));
}

Status DemoCloud::slow(std::string_view name, Micros delay) {
  const SampleInstance* instance = TRY(find_instance(name));
  if (delay < Micros{0} || delay > kLongestDelay) {
    return fail(ErrorCode::invalid, "a delay is from 0 to {}", to_text(kLongestDelay));
  }
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  for (ServerKind kind : instance->servers) {
    const Place place = place_of(*instance, kind);
    const auto mark = read_mark(mark_of(place));
    TRY_STATUS(release_brake(place));
    if (delay == Micros{0} || !mark || !is_alive(*mark)) continue;
    if (kind == ServerKind::web) continue;  // waits for its app
    if (kind == ServerKind::app) {
      TRY_STATUS(write_text(place.folder / "delay", as_seconds(delay)));
      continue;
    }
    const Command brake{.arguments = {resources_ / "servers/brake.py", std::to_string(mark->pid),
                                      as_seconds(delay)},
                        .folder = place.folder,
                        .log = place.log,
                        .account = {}};
    const ProcessMark started = TRY(start_detached(brake));
    TRY_STATUS(write_mark(brake_mark_of(place), started));
  }
  return {};
}

Status DemoCloud::freeze(std::string_view name) {
  const SampleInstance* instance = TRY(find_instance(name));
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  for (ServerKind kind : instance->servers) {
    const Place place = place_of(*instance, kind);
    TRY_STATUS(release_brake(place));
    if (const auto mark = read_mark(mark_of(place))) signal_group(*mark, SIGSTOP);
  }
  return {};
}

Status DemoCloud::break_index(std::string_view name) {
  const SampleInstance* instance = TRY(find_instance(name));
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  int broken = 0;
  for (ServerKind kind : instance->servers) {
    const Place place = place_of(*instance, kind);
    if (index_file(place).empty()) continue;
    std::error_code failed;
    fs::resize_file(index_file(place), broken_index_size(kind), failed);
    if (failed) return fail(ErrorCode::unavailable, "cannot cut {}", index_file(place).string());
    ++broken;
  }
  if (broken == 0) return fail(ErrorCode::unsupported, "{} has no search index", name);
  return {};
}

Status DemoCloud::restore(std::string_view name) {
  const SampleInstance* instance = TRY(find_instance(name));
  const FolderLock lock = TRY(FolderLock::take(folder_ / "demo/lock"));
  TRY_STATUS(about(name, check_ports(*instance)));
  TRY_STATUS(about(name, undo(*instance)));
  TRY_STATUS(about(name, start(*instance)));
  return about(name, wait_until_ready(*instance));
}

std::vector<ServerStand> DemoCloud::servers() const {
  std::vector<ServerStand> stands;
  for (const SampleInstance& instance : sample_instances()) {
    for (ServerKind kind : instance.servers) {
      const Place place = place_of(instance, kind);
      const auto mark = read_mark(mark_of(place));
      ServerStand stand{.instance = std::string(instance.name), .kind = kind, .ports = {}};
      stand.running = mark && is_alive(*mark);
      stand.pid = stand.running ? mark->pid : 0;
      for (std::string_view name : ports_of(kind)) {
        stand.ports.push_back(fmt::format("{} {}", name, port(instance.name, name)));
      }
      stands.push_back(std::move(stand));
    }
  }
  return stands;
}

}  // namespace nocturn::app::demo
