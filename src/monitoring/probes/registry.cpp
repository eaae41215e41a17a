#include <algorithm>

#include "monitoring/probe.h"
#include "monitoring/probes/kinds.h"

namespace nocturn::monitoring {
namespace {

// In the order of the docs. Add yours here.
std::vector<ProbeKind> all_kinds() {
  return {
      http_kind(),        //
      tcp_kind(),         //
      tls_kind(),         //
      dns_kind(),         //
      icmp_kind(),        //
      smtp_kind(),        //
      ssh_kind(),         //
      z3950_kind(),       //
      sru_kind(),         //
      postgresql_kind(),  //
      command_kind(),     //
  };
}

}  // namespace

std::span<const ProbeKind> probe_kinds() {
  static const std::vector<ProbeKind> kinds = all_kinds();
  return kinds;
}

const ProbeKind* find_probe_kind(std::string_view name) {
  const auto kinds = probe_kinds();
  const auto found =
      std::ranges::find(kinds, name, [](const auto& kind) { return kind.spec.name; });
  return found == kinds.end() ? nullptr : &*found;
}

std::span<const inventory::KindSpec> probe_specs() {
  static const std::vector<inventory::KindSpec> specs = [] {
    std::vector<inventory::KindSpec> list;
    for (const auto& kind : probe_kinds()) list.push_back(kind.spec);
    return list;
  }();
  return specs;
}

}  // namespace nocturn::monitoring
