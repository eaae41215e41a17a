#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/demo/folder_lock.h"
#include "app/demo/recipes.h"
#include "app/demo/servers.h"
#include "base/clock.h"
#include "base/result.h"

// The sample cloud: real servers on loopback that can really be stopped, slowed, frozen, broken
// and restored. All it knows lies in the folder (pid files, indexes, logs), so that separate
// commands control one running cloud; it signals what it started and nothing else.
namespace nocturn::app::demo {

struct ServerStand {
  std::string instance;
  ServerKind kind;
  bool running = false;
  pid_t pid = 0;                   // 0: not running
  std::vector<std::string> ports;  // "http 21000"
};

// One command at a time works on a folder; others wait for its lock. Not thread-safe. All calls
// block, for seconds at most but for the first up() (about ten).
class DemoCloud {
 public:
  // `folder` becomes the sample cloud's home: `demo/` for servers, `config/` for the written
  // configuration, `mail/` for the hub's mailbox (a Maildir), `status-copy/` for the copies that
  // the hub makes of its page. `resources` is the repository's demo/ folder. Ports are base_port
  // and up (servers.h); a folder remembers its base port, and 0 means the remembered one.
  static Result<DemoCloud> open(const std::filesystem::path& folder, int base_port,
                                const std::filesystem::path& resources);

  // For whoever wants to run it to its end, servers and hub: `conflict` while somebody does, who
  // would lose the servers under the hub.
  Result<FolderLock> claim();

  // Starts what is not running and undoes every outage, delay, freeze and break. Returns when
  // every server answers. What was laid out before is kept.
  Status up();
  // Stops all servers. The folder stays.
  Status down();

  // Stops every server of the instance: its ports are closed.
  Status outage(std::string_view instance);
  // Its servers answer later by about `delay`, up to 60 s. Zero: no longer.
  Status slow(std::string_view instance, Micros delay);
  // Its servers stand still: connections are accepted by the system and never answered.
  Status freeze(std::string_view instance);
  // Cuts its search indexes short: searches find nothing and report no error. Fails with
  // `unsupported` when the instance has none.
  Status break_index(std::string_view instance);
  // Undoes all of the above.
  Status restore(std::string_view instance);

  std::vector<ServerStand> servers() const;
  int base_port() const { return base_port_; }
  int port(std::string_view instance, std::string_view name) const {
    return port_of(base_port_, instance, name);
  }
  std::filesystem::path configuration() const { return folder_ / "config"; }
  std::filesystem::path mailbox() const { return folder_ / "mail"; }
  std::filesystem::path status_copy() const { return folder_ / "status-copy"; }
  // ca.pem, sample.mrc, watch_password, host_key.pub.
  std::filesystem::path data() const { return folder_ / "demo/data"; }

 private:
  DemoCloud() = default;

  Place place_of(const SampleInstance& instance, ServerKind kind) const;
  std::filesystem::path mark_of(const Place& place) const;
  std::filesystem::path brake_mark_of(const Place& place) const;
  Values values() const;

  Status prepare();
  Status check_ports(const SampleInstance& instance) const;
  Status start(const SampleInstance& instance);
  Status wait_until_ready(const SampleInstance& instance);
  Status stop(const SampleInstance& instance);
  Status undo(const SampleInstance& instance);
  Status release_brake(const Place& place);
  Status mend_index(const Place& place);

  std::filesystem::path folder_, resources_;
  int base_port_ = 0;
};

}  // namespace nocturn::app::demo
