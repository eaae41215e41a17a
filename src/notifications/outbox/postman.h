#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "inventory/secret.h"
#include "ledger/ledger.h"
#include "notifications/channels/mail_relay.h"
#include "notifications/links.h"
#include "notifications/outbox/outbox.h"

// Carries deliveries out, on a thread of its own: the outbox, and the channels that the
// configuration has at present. Thread-safe.
namespace nocturn::notifications {

class Postman {
 public:
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    store::Database* database = nullptr;
    const Clock* clock = nullptr;
    const LinkKey* links = nullptr;
    HouseNow house = {};
    inventory::Variable variable = {};  // for the relay's password
  };
  static std::unique_ptr<Postman> start(Parts parts);
  // Stops at once: what was under way may have arrived, and is sent again by the next hub.
  virtual ~Postman() = default;

  // Deliveries were queued, or somebody left. Does not block.
  virtual void wake() = 0;
  // The configuration may have changed. Does not block.
  virtual void configure() = 0;

  struct Facts {
    std::uint64_t sent = 0, refused = 0, given_up = 0, deferred = 0;  // since the start
    std::uint64_t in_hand = 0;   // deliveries read from the store, and not ended
    std::string complaint = {};  // why no mail goes out at present; empty when it does
    // Requests to subscribe beyond the pace of all sources together; filled in by Notifications.
    std::uint64_t turned_away = 0;
  };
  virtual Facts facts() const = 0;
};

// The mail server of the configuration as a client needs it; errors are of its secret.
Result<net::SmtpRelay> relay_of(const inventory::NoticeSending& sending,
                                const inventory::Variable& variable);

}  // namespace nocturn::notifications
