#include "identity/secrets.h"

#include "base/base64url.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace nocturn::identity {

Result<SecretId> Secrets::keep(std::string_view text) {
  const SecretId id(new_uuid(clock_, random_));
  const std::int64_t now = clock_.wall().time_since_epoch().count();
  TRY_STATUS(writer_.run([&](store::Transaction& transaction) {
    return transaction.post("INSERT INTO secrets (id, secret, made_at) VALUES (?, ?, ?)",
                            {id.text(), text, now});
  }));
  return id;
}

Result<std::string> Secrets::find(const SecretId& id) const {
  std::optional<std::string> found;
  TRY_STATUS(database_.read([&](store::Reader& reader) -> Status {
    found = TRY(reader.first("SELECT secret FROM secrets WHERE id = ?", {id.text()},
                             [](const store::Row& row) { return std::string(row.text(0)); }));
    return {};
  }));
  if (!found) return fail(ErrorCode::not_found, "this secret is not kept here any more");
  return *std::move(found);
}

Status Secrets::sweep() {
  return writer_.run([](store::Transaction& transaction) -> Status {
    TRY_STATUS(transaction.post(
        "DELETE FROM secrets WHERE NOT EXISTS (SELECT 1 FROM identity_accounts AS a WHERE "
        "a.password = secrets.id OR a.second_factor = secrets.id)",
        {}));
    return transaction.post(
        "DELETE FROM sightings WHERE NOT EXISTS (SELECT 1 FROM identity_sessions AS s WHERE "
        "s.id = sightings.id AND s.ended_at IS NULL) AND NOT EXISTS (SELECT 1 FROM "
        "identity_tokens AS t WHERE t.id = sightings.id AND t.revoked_at IS NULL)",
        {});
  });
}

std::string draw_secret(Random& random) {
  std::array<std::uint8_t, 32> bytes;
  random.fill(bytes);
  return to_base64url(bytes);
}

std::string digest_of(std::string_view secret) { return to_hex(crypto::sha256(secret)); }

}  // namespace nocturn::identity
