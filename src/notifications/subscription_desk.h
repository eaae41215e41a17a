#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/model.h"
#include "ledger/ledger.h"
#include "notifications/confirmation_pace.h"
#include "notifications/links.h"
#include "notifications/model.h"
#include "notifications/recipients.h"
#include "notifications/subscribing.h"
#include "store/store.h"

// What the public does with subscriptions: asks for one, confirms it, changes it, leaves. Whoever
// comes with a link's token is taken for who it was mailed to. Thread-safe; every call may wait for
// the store, so not from a loop.
namespace nocturn::notifications {

class SubscriptionDesk {
 public:
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    store::Database* database = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
    const LinkKey* links = nullptr;
    std::function<inventory::CloudPtr()> cloud = {};
    // Whether this source ("192.0.2.1") may cause one more mail; false: it asks too often. Counts
    // the question.
    std::function<bool(std::string_view source)> admits = {};
    // Whether one more code may be tried for this recipient, right or wrong; counts the question.
    std::function<bool(std::string_view recipient)> admits_code = {};
  };
  explicit SubscriptionDesk(Parts parts) : parts_(std::move(parts)) {}

  // Counts the mails of the last hour, that a hub before this one sent. Once, before any request.
  Status recall_pace();
  // Success says nothing about the address: a mail to it says the rest. Errors: `invalid` with the
  // faults, `limited` when the source asks too often, or all together (then `retry`).
  Status request(Subscription wanted, std::string_view source);
  // Mails the link to their choices to who owns the address, if anybody does. Returns before that
  // is looked up, so that the time it takes tells nothing.
  Status mail_link(std::string_view address, std::string_view source);

  // Requests that the pace of all turned away, since the start.
  std::uint64_t turned_away() const { return pace_.turned_away(); }

  // Whom a token was mailed to, and what they chose.
  struct Holding {
    Use use = Use::manage;
    RecipientId recipient = {};
    std::string address = {};
    std::string channel{kEmail};
    bool contact = false;      // then the choices are topics and digest alone
    bool left = false;         // a contact who left; may come back
    bool needs_code = false;   // to change or leave
    bool pending = false;      // not confirmed
    std::string trouble = {};  // why nothing is sent; empty: nothing is wrong
    Choices choices = {};
    std::uint64_t version = 0;
  };
  // Whether a token was made here, for a subscription that is or was.
  bool is_ours(std::string_view token) const { return parts_.links->holder(token).has_value(); }
  // `not_found` for a token that is not ours, and for one whose subscription is gone.
  Result<Holding> look(std::string_view token);

  struct Confirmed {
    std::string manage_token;
    std::string code;            // of a shared address: shown now, never again
    std::string signing_secret;  // of a webhook: shown now, never again
  };
  // `conflict` when it was used before or is too old.
  Result<Confirmed> confirm(std::string_view token);
  // `forbidden` when a code is needed and it is not this one, `limited` after too many guesses,
  // `precondition` when somebody changed it since `version` (0: whatever was).
  Status change(std::string_view token, const Choices& choices, std::string_view code,
                std::uint64_t version);
  Status leave(std::string_view token, std::string_view code);

  // The institutions whose name or alias holds these words, at most `limit`: for the form.
  struct InstitutionChoice {
    std::string id, name;
  };
  Result<std::vector<InstitutionChoice>> institutions(std::string_view words, std::size_t limit);
  // Those with these ids, in their order; ids of none are left out.
  Result<std::vector<InstitutionChoice>> named(std::span<const std::string> ids);

 private:
  Result<Holding> holding(store::Reader& reader, const LinkKey::Holder& holder);
  // Whether one more may be asked to confirm, whoever caused it.
  Status keep_pace();
  Status check_code(const Holding& holding, std::string_view code) const;

  Parts parts_;
  ConfirmationPace pace_;
};

}  // namespace nocturn::notifications
