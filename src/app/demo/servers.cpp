#include "app/demo/servers.h"

#include <algorithm>
#include <array>

#include "base/result.h"

namespace nocturn::app::demo {
namespace {

using enum ServerKind;

constexpr std::array<std::string_view, 7> kPortNames = {"http", "https",      "z3950", "ztest",
                                                        "ssh",  "postgresql", "smtp"};
constexpr std::array<std::string_view, 2> kWebPorts = {"http", "https"};
constexpr std::array<std::string_view, 1> kZebraPorts = {"z3950"};
constexpr std::array<std::string_view, 1> kZtestPorts = {"ztest"};
constexpr std::array<std::string_view, 1> kPostgresqlPorts = {"postgresql"};
constexpr std::array<std::string_view, 1> kSshPorts = {"ssh"};
constexpr std::array<std::string_view, 1> kSmtpPorts = {"smtp"};
constexpr std::array<std::string_view, 1> kCopyPorts = {"http"};

const std::vector<SampleInstance>& table() {
  static const std::vector<SampleInstance> instances = {
      {"catalog-eu01", {app, web, zebra, ssh}},
      {"catalog-eu02", {app, web, zebra}},
      {"catalog-us01", {app, web, zebra, ssh}},
      {"catalog-ap01", {app, web, zebra, smtp}},
      {"catalog-northgate", {app, web, zebra}},
      {"catalog-sandbox", {app, web, ztest}},
      {"discovery-eu01", {app, web, ztest}},
      {"discovery-us01", {app, web, ztest}},
      {"discovery-ap01", {app, web}},
      {"resolver-eu01", {app, web, smtp}},
      {"resolver-us01", {app, web}},
      {"repository-eu01", {app, web, postgresql, ssh}},
      {"repository-us01", {app, web, postgresql}},
      {"repository-harbor", {app, web, zebra}},
      {kMailbox, {smtp}},
      {kStatusCopy, {copy}},
  };
  return instances;
}

}  // namespace

std::string_view name_of(ServerKind kind) {
  switch (kind) {
    case app: return "app";
    case web: return "web";
    case zebra: return "zebra";
    case ztest: return "ztest";
    case postgresql: return "postgresql";
    case ssh: return "ssh";
    case smtp: return "smtp";
    case copy: return "copy";
  }
  return "";
}

std::span<const std::string_view> ports_of(ServerKind kind) {
  switch (kind) {
    case app: return {};
    case web: return kWebPorts;
    case zebra: return kZebraPorts;
    case ztest: return kZtestPorts;
    case postgresql: return kPostgresqlPorts;
    case ssh: return kSshPorts;
    case smtp: return kSmtpPorts;
    case copy: return kCopyPorts;
  }
  return {};
}

std::span<const SampleInstance> sample_instances() { return table(); }

const SampleInstance* find_sample_instance(std::string_view name) {
  const auto found = std::ranges::find(table(), name, &SampleInstance::name);
  return found == table().end() ? nullptr : &*found;
}

int port_of(int base_port, std::string_view instance, std::string_view port_name) {
  const SampleInstance* found = find_sample_instance(instance);
  const auto port = std::ranges::find(kPortNames, port_name);
  CHECK(found != nullptr && port != kPortNames.end());
  return base_port + static_cast<int>(found - table().data()) * kPortsPerInstance +
         static_cast<int>(port - kPortNames.begin());
}

int ports_used() { return static_cast<int>(table().size()) * kPortsPerInstance; }

}  // namespace nocturn::app::demo
