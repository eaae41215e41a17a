#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "support/child_process.h"
#include "support/port_range.h"
#include "support/temporary_folder.h"

// The whole watch as its user runs it: the sample cloud's real servers, `nocturn serve` as a
// process of its own, and curl as the reader. The sample's checks are sped up to two seconds, so
// that a test takes seconds.
namespace nocturn::testing {

class Watch {
 public:
  // `prefix`: a command to run everything under ("ip netns exec name"), or empty.
  explicit Watch(std::vector<std::string> prefix = {});
  ~Watch();

  void start_servers();
  void start_hub();
  ChildProcess& hub() { return *hub_; }
  // `nocturn ARGUMENTS…`; output and errors together, exit status in `exit`.
  std::string nocturn(std::vector<std::string> arguments, int* exit = nullptr);
  std::string demo(const std::string& verb, const std::string& instance);

  std::string url() const { return url_; }
  // GET by curl; empty when nothing answers within two seconds.
  std::string get(const std::string& path);
  boost::json::value get_json(const std::string& path);
  // "operational", "partial_outage", … of an instance on /api/v2/components.json; "" if absent.
  std::string component(const std::string& instance);
  // Every component that is not operational, with its status: "catalog-eu01 partial_outage".
  std::vector<std::string> troubled();
  // Waits until a component has one of the statuses; false when 15 s do not see it.
  bool wait_for(const std::string& instance, const std::vector<std::string>& statuses);
  bool wait_until_all_operational();

  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path config() const { return folder_.path() / "config"; }

 private:
  std::vector<std::string> with_prefix(std::vector<std::string> command) const;

  TemporaryFolder folder_;
  std::vector<std::string> prefix_;
  PortRange ports_;
  std::string url_;
  std::unique_ptr<ChildProcess> hub_;
};

}  // namespace nocturn::testing
