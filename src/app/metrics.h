#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "monitoring/monitoring.h"
#include "net/http_server.h"
#include "notifications/notifications.h"
#include "publishing/publishing.h"

// The hub's own numbers in the Prometheus text format, version 0.0.4.
namespace nocturn::app {

struct Vitals {
  net::HttpServer::Counters http;
  monitoring::Monitor::Counters probes;
  std::uint64_t ledger_entries = 0;    // signed
  std::uint64_t verdicts_waiting = 0;  // because recording fails
  std::uint64_t page_rebuilds = 0;
  std::uint64_t configuration_faults = 0;  // mistakes in the configuration that was not applied
  std::optional<WallTime> certificate_ends = {};  // of the one in use; nothing without TLS
  bool certificate_refused = false;               // what lies on disk is wrong, an older one serves
  bool ledger_refuses = false;
  double page_age_seconds = 0;
  notifications::Postman::Facts deliveries = {};
  std::vector<publishing::TargetState> copies = {};  // static copies elsewhere
};

// Also the indicator of every public row: nocturn_instance_state{instance,state} 1.
std::string metrics_text(const Vitals& vitals,
                         const std::vector<std::pair<std::string, std::string>>& rows);

}  // namespace nocturn::app
