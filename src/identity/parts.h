#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "crypto/sealed.h"
#include "identity/failure_log.h"
#include "identity/identity.h"
#include "identity/password_gate.h"
#include "identity/pending.h"
#include "identity/secrets.h"
#include "identity/throttle.h"
#include "identity/unrecorded.h"

// What the folder's shells share: made once by Identity::open(), thread-safe member by member.
namespace nocturn::identity {

// Keys of this hub, drawn once and kept in one private file.
struct Keys {
  crypto::SealingKey sealing;  // secrets of second factors
  crypto::Hash device;         // vouches for device cookies
  crypto::Hash tries;          // names who tries to sign in
};

// Tells whoever wants to know that a session or token ended; outlives Identity, as the ledger may.
struct Endings {
  std::mutex mutex;
  std::function<void(const std::string&)> reaction;
};

struct Identity::Parts {
  Options options;
  store::Database& database;
  ledger::Ledger& ledger;
  const Clock& clock;
  Random& random;
  Keys keys;
  Secrets secrets;
  PasswordGate gate;
  std::shared_ptr<Endings> endings;
  std::shared_ptr<Unrecorded> unrecorded = std::make_shared<Unrecorded>();  // as long-lived
  std::optional<std::string> first_invitation = {};

  std::mutex mutex = {};  // of all below
  Throttle throttle;
  std::optional<SteadyTime> tries_kept_at = {};
  std::array<FailureLog, 3> failures = {};  // by kind (refusals.h)
  PendingFactors factors = {};
  Devices devices = {};

  // Reads with one snapshot and answers what `work` does.
  template <class Work>
  auto read(Work work) -> std::invoke_result_t<Work, store::Reader&> {
    std::invoke_result_t<Work, store::Reader&> answer =
        fail(ErrorCode::internal, "the store did not read");
    if (const Status read = database.read([&](store::Reader& reader) -> Status {
          answer = work(reader);
          return {};
        });
        !read)
      return std::unexpected(read.error());
    return answer;
  }
  // Records a command; only success matters.
  Status record(ledger::Decide decide);
  // Ends what somebody signed out of, recorded or not: what cannot be recorded now is refused from
  // here on, and recorded later.
  Status end(Unrecorded::Ending ending);
  void record_what_is_held();
  template <class NewId>
  NewId new_id() {
    return NewId(new_uuid(clock, random));
  }
};

}  // namespace nocturn::identity
