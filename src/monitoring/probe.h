#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "inventory/kind.h"
#include "inventory/model.h"
#include "monitoring/model.h"
#include "net/loop.h"

namespace nocturn::net {
class Resolver;
class TlsClient;
}  // namespace nocturn::net

// What a probe kind is made of. A kind is one declaration (spec and start function) in the list
// of probes/registry.cpp; see the README there for adding one in six steps.
namespace nocturn::monitoring {

// What probes may use of the world. Lives longer than every probe.
struct ProbeWorld {
  net::Loop& loop;
  net::Resolver& resolver;
  net::TlsClient& tls;
  // A variable of the environment, for secrets given as {env: NAME}. Not set: there are none.
  std::function<std::optional<std::string>(const std::string& name)> variable = {};
};

// A probe under way. Destroying it abandons it: its callback is never called afterwards and its
// descriptors are closed. Belongs to the loop's thread.
class RunningProbe {
 public:
  virtual ~RunningProbe() = default;
};

using ProbeDone = std::move_only_function<void(Observation)>;

// Starts one execution. `done` is called exactly once, on the loop's thread, never from within
// start(), and no later than `check.timeout` (plus the loop's own delay) whatever the peer does.
using StartProbe = std::unique_ptr<RunningProbe> (*)(const inventory::Check& check,
                                                     ProbeWorld& world, ProbeDone done);

struct ProbeKind {
  inventory::KindSpec spec;
  StartProbe start;
};

// Every kind, in the order of the docs.
std::span<const ProbeKind> probe_kinds();
const ProbeKind* find_probe_kind(std::string_view name);
// The specs alone, for inventory::load().
std::span<const inventory::KindSpec> probe_specs();

}  // namespace nocturn::monitoring
