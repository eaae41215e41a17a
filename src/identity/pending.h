#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/text.h"
#include "identity/model.h"

// What waits for a person's next step, in memory alone: a restart forgets it, and the person
// begins again. Pure; not thread-safe.
namespace nocturn::identity {

// Second factors whose app is not proved yet.
class PendingFactors {
 public:
  static constexpr Micros kLife = std::chrono::minutes(10);
  static constexpr std::size_t kMost = 1000;

  // Takes the place of an older one of the account. `limited` when too many wait.
  Status put(const AccountId& account, Bytes secret, SteadyTime now);
  // The secret that waits for the account's code.
  std::optional<Bytes> find(const AccountId& account, SteadyTime now) const;
  void erase(const AccountId& account) { waiting_.erase(account); }

 private:
  struct Waiting {
    Bytes secret;
    SteadyTime until;
  };
  std::map<AccountId, Waiting> waiting_;
};

// Programs that ask to be signed in by a person at a browser (RFC 8628): the program holds the
// device code, the person types the user code.
class Devices {
 public:
  static constexpr Micros kLife = std::chrono::minutes(10);
  static constexpr std::size_t kMost = 200;

  struct Waiting {
    std::string device_hash;  // of the device code
    std::string client, address;
    WallTime expires_at;
    SteadyTime until;
    bool denied = false;
    AccountId approved_by = {};  // empty: nobody yet
    std::string user_code = {};  // set by put()
  };
  // `limited` when too many wait; `conflict` when the user code is taken.
  Status put(const std::string& user_code, Waiting waiting, SteadyTime now);
  std::optional<Waiting> find(const std::string& user_code, SteadyTime now) const;
  // A person's word on it; `not_found` when nothing waits undecided under that code.
  Status approve(const std::string& user_code, const AccountId& account, SteadyTime now);
  Status deny(const std::string& user_code, SteadyTime now);
  // What the program gets: the approved one, which is taken away; `conflict` while nobody decided;
  // `forbidden` when denied; `not_found` when unknown or too late.
  Result<Waiting> take(const std::string& device_hash, SteadyTime now);
  // Undoes take(), when the program could not be given its token: it may ask again.
  void give_back(Waiting taken);

 private:
  void forget_old(SteadyTime now);
  Result<Waiting*> undecided(const std::string& user_code, SteadyTime now);
  std::map<std::string, Waiting> waiting_;  // by user code
};

}  // namespace nocturn::identity
