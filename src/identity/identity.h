#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/password.h"
#include "identity/authorize.h"
#include "ledger/ledger.h"
#include "net/http.h"
#include "store/store.h"

// Who may come in: people, accounts, sign-in, sessions, tokens. The front door of the folder; its
// HTTP API is in endpoints.h. Thread-safe.
namespace nocturn::identity {

class Identity {
 public:
  struct Options {
    std::filesystem::path keys;               // folder of key files
    std::function<std::string()> public_url;  // "https://status.example.org"
    crypto::PasswordCost password_cost = {};
  };
  // On a migrated database, before the ledger's first record(). While no administrator ever signed
  // in, it makes a one-time link for the first one; older such links end.
  static Result<std::unique_ptr<Identity>> open(Options options, store::Database& database,
                                                ledger::Ledger& ledger, const Clock& clock,
                                                Random& random);
  ~Identity();

  // Who sent the request: over the Unix socket the local operator, who may everything; else by
  // `Authorization: Bearer nct_…`, or by the session's cookie. `unauthenticated` when nobody is
  // signed in; `forbidden` when another site made a browser send it, X-CSRF-Token is missing, or a
  // token travels in the clear.
  Result<Subject> authenticate(const net::Request& request);

  // The token of the link for the first administrator, when open() made one.
  const std::optional<std::string>& first_invitation() const;

  // Called with the id of each session and token that ended (Caller::session), so that its event
  // streams are closed; on the writer's thread, must not block. Before requests come.
  void on_ended(std::function<void(const std::string& session)> reaction);

  // Ends sessions whose time is over and records what was held back; to be called once a minute.
  void every_minute();

  struct Parts;  // for this folder's endpoints
  Parts& parts() { return *parts_; }

 private:
  explicit Identity(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Brings the tables up to an entry whose type starts with "identity.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
std::span<const store::Migration> migrations();

// How many human beings these callers are: rights that count people count persons, not accounts. A
// caller without a person (a service, the local operator) is nobody.
std::size_t distinct_persons(std::span<const net::Caller> callers);

}  // namespace nocturn::identity
