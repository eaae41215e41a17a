#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "identity/model.h"
#include "store/store.h"
#include "store/writer.h"

// What is weak or can be opened again (Argon2id strings, sealed secrets of second factors) and so
// never enters the ledger: it is written here first, then an event names its id. What no event
// came to name is swept away at the next start. Thread-safe.
namespace nocturn::identity {

class Secrets {
 public:
  Secrets(store::Database& database, store::Writer& writer, const Clock& clock, Random& random)
      : database_(database), writer_(writer), clock_(clock), random_(random) {}

  // Durable before it returns. Not from the writer's thread.
  Result<SecretId> keep(std::string_view text);
  // `not_found` for an id that is not there: the database was restored without it.
  Result<std::string> find(const SecretId& id) const;
  // Removes what no account has any more, and sightings of sessions and tokens that ended. At
  // start, before commands come.
  Status sweep();

 private:
  store::Database& database_;
  store::Writer& writer_;
  const Clock& clock_;
  Random& random_;
};

// 256 random bits as 43 characters of base64url (RFC 4648 section 5).
std::string draw_secret(Random& random);
// SHA-256 in hex: all that is kept of what is shown once.
std::string digest_of(std::string_view secret);

}  // namespace nocturn::identity
