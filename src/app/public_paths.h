#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "api/router.h"
#include "app/metrics.h"
#include "net/http.h"
#include "notifications/subscription_desk.h"
#include "status_page/status_page.h"

// Every request that is not a prepared page finds its answer here: health, metrics, the ledger's
// files, the operators' API, and the public site. Thread-safe as far as its parts are.
namespace nocturn::app {

struct PublicPaths {
  std::function<status_page::ViewPtr()> view;
  std::function<Vitals()> vitals;
  // What keeps the hub from being ready, one line; nothing when it is.
  std::function<std::optional<std::string>()> trouble;
  std::filesystem::path ledger_files;  // the folder of what is below /ledger/
  const api::Router& router;
  notifications::SubscriptionDesk& subscriptions;

  net::Response answer(const net::Request& request) const;
};

}  // namespace nocturn::app
