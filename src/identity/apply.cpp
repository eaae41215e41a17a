#include <boost/json.hpp>

#include "identity/events.h"
#include "identity/identity.h"
#include "ledger/payload.h"

// What each event does to the tables.
namespace nocturn::identity {
namespace {

using ledger::Entry;
using ledger::Payload;
using store::Transaction;

std::int64_t at(const Entry& entry) { return entry.time.time_since_epoch().count(); }
std::int64_t index_of(const Entry& entry) { return static_cast<std::int64_t>(entry.index); }

store::Parameter or_null(const std::string& text) {
  return text.empty() ? store::Parameter(std::monostate{})
                      : store::Parameter(std::string_view(text));
}

Status add_person(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("person")), name = TRY(payload.text("name")),
                    email = TRY(payload.text("email"));
  return to.post(
      "INSERT INTO identity_people (id, name, email, created_at, entry) VALUES (?, ?, ?, ?, ?)",
      {id, name, email, at(entry), index_of(entry)});
}

Status change_person(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("person")), name = TRY(payload.text("name")),
                    email = TRY(payload.text("email"));
  return to.post("UPDATE identity_people SET name = ?, email = ?, entry = ? WHERE id = ?",
                 {name, email, index_of(entry), id});
}

Status remove_person(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("person"));
  return to.post("UPDATE identity_people SET removed_at = ?, entry = ? WHERE id = ?",
                 {at(entry), index_of(entry), id});
}

Status put_grants(Transaction& to, const std::string& account, const Payload& payload) {
  for (const Json& grant : *TRY(payload.list("roles"))) {
    const JsonObject* fields = grant.if_object();
    const Json* role = fields == nullptr ? nullptr : fields->if_contains("role");
    const Json* institution = fields == nullptr ? nullptr : fields->if_contains("institution");
    if (role == nullptr || institution == nullptr || !role->is_string() ||
        !institution->is_string())
      return fail(ErrorCode::corrupt, "a role in the payload is none");
    TRY_STATUS(to.post("INSERT INTO identity_grants (account, role, institution) VALUES (?, ?, ?)",
                       {account, std::string_view(role->get_string()),
                        std::string_view(institution->get_string())}));
  }
  return {};
}

Status open_account(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("account")), login = TRY(payload.text("login")),
                    kind = TRY(payload.text("kind")), person = TRY(payload.text("person"));
  TRY_STATUS(
      to.post("INSERT INTO identity_accounts (id, login, kind, person, disabled, created_at, entry)"
              " VALUES (?, ?, ?, ?, 0, ?, ?)",
              {id, login, kind, or_null(person), at(entry), index_of(entry)}));
  return put_grants(to, id, payload);
}

Status set_roles(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("account"));
  TRY_STATUS(to.post("DELETE FROM identity_grants WHERE account = ?", {id}));
  TRY_STATUS(to.post("UPDATE identity_accounts SET entry = ? WHERE id = ?", {index_of(entry), id}));
  return put_grants(to, id, payload);
}

Status set_disabled(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("account"));
  const std::int64_t disabled = entry.event.type == events::kAccountDisabled ? 1 : 0;
  return to.post("UPDATE identity_accounts SET disabled = ?, entry = ? WHERE id = ?",
                 {disabled, index_of(entry), id});
}

Status remove_account(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("account"));
  TRY_STATUS(to.post("DELETE FROM identity_links WHERE account = ?", {id}));
  return to.post(
      "UPDATE identity_accounts SET removed_at = ?, password = NULL, second_factor = NULL, "
      "entry = ? WHERE id = ?",
      {at(entry), index_of(entry), id});
}

Status link_account(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("account")), issuer = TRY(payload.text("issuer")),
                    subject = TRY(payload.text("subject"));
  return to.post(
      "INSERT INTO identity_links (issuer, subject, account, linked_at) VALUES (?, ?, ?, ?)",
      {issuer, subject, id, at(entry)});
}

Status set_password(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("account")), secret = TRY(payload.text("secret"));
  return to.post("UPDATE identity_accounts SET password = ? WHERE id = ?", {secret, id});
}

Status enroll_second_factor(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("account")), secret = TRY(payload.text("secret"));
  const std::int64_t step = TRY(payload.integer("step"));
  return to.post("UPDATE identity_accounts SET second_factor = ?, last_code_step = ? WHERE id = ?",
                 {secret, step, id});
}

Status remove_second_factor(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("account"));
  TRY_STATUS(to.post(
      "UPDATE identity_accounts SET second_factor = NULL, last_code_step = NULL WHERE id = ?",
      {id}));
  return to.post("DELETE FROM identity_recovery_codes WHERE account = ?", {id});
}

Status put_recovery_codes(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("account"));
  TRY_STATUS(to.post("DELETE FROM identity_recovery_codes WHERE account = ?", {id}));
  for (const Json& hash : *TRY(payload.list("hashes"))) {
    if (!hash.is_string()) return fail(ErrorCode::corrupt, "a hash in the payload is none");
    TRY_STATUS(to.post("INSERT INTO identity_recovery_codes (hash, account) VALUES (?, ?)",
                       {std::string_view(hash.get_string()), id}));
  }
  return {};
}

Status use_recovery_code(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string hash = TRY(payload.text("hash"));
  return to.post("UPDATE identity_recovery_codes SET used_at = ? WHERE hash = ?",
                 {at(entry), hash});
}

Status put_invitation(Transaction& to, const Entry&, const Payload& payload) {
  const std::string id = TRY(payload.text("invitation")), hash = TRY(payload.text("hash")),
                    kind = TRY(payload.text("kind"));
  const std::string account = payload.has("account") ? TRY(payload.text("account")) : "";
  return to.post(
      "INSERT INTO identity_invitations (id, hash, kind, account, expires_at)"
      " VALUES (?, ?, ?, ?, ?)",
      {id, hash, kind, or_null(account), TRY(payload.time("expires_at"))});
}

Status end_invitation(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("invitation"));
  return to.post("UPDATE identity_invitations SET ended_at = ? WHERE id = ?", {at(entry), id});
}

Status open_session(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string account = TRY(payload.text("account")), id = TRY(payload.text("session")),
                    hash = TRY(payload.text("hash")), method = TRY(payload.text("method")),
                    address = TRY(payload.text("address")), agent = TRY(payload.text("agent"));
  const std::int64_t expires_at = TRY(payload.time("expires_at"));
  TRY_STATUS(to.post(
      "INSERT INTO identity_sessions (id, hash, account, method, address, agent, created_at, "
      "expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {id, hash, account, method, address, agent, at(entry), expires_at}));
  TRY_STATUS(to.post("UPDATE identity_accounts SET last_sign_in_at = ? WHERE id = ?",
                     {at(entry), account}));
  if (!payload.has("step")) return {};
  return to.post("UPDATE identity_accounts SET last_code_step = ? WHERE id = ?",
                 {TRY(payload.integer("step")), account});
}

Status end_session(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("session")), because = TRY(payload.text("because"));
  return to.post("UPDATE identity_sessions SET ended_at = ?, ended_because = ? WHERE id = ?",
                 {at(entry), because, id});
}

Status put_token(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string account = TRY(payload.text("account")), id = TRY(payload.text("token")),
                    hash = TRY(payload.text("hash")), name = TRY(payload.text("name"));
  std::string scopes;
  for (const Json& scope : *TRY(payload.list("scopes"))) {
    if (!scope.is_string()) return fail(ErrorCode::corrupt, "a scope in the payload is none");
    scopes += (scopes.empty() ? "" : " ") + std::string(scope.get_string());
  }
  return to.post(
      "INSERT INTO identity_tokens (id, hash, account, name, scopes, created_at, expires_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {id, hash, account, name, scopes, at(entry), TRY(payload.time("expires_at"))});
}

Status revoke_token(Transaction& to, const Entry& entry, const Payload& payload) {
  const std::string id = TRY(payload.text("token"));
  return to.post("UPDATE identity_tokens SET revoked_at = ? WHERE id = ?", {at(entry), id});
}

struct Handler {
  std::string_view type;
  Status (*apply)(Transaction&, const Entry&, const Payload&);
};

constexpr Handler kHandlers[] = {
    {events::kPersonAdded, add_person},
    {events::kPersonChanged, change_person},
    {events::kPersonRemoved, remove_person},
    {events::kAccountOpened, open_account},
    {events::kAccountRemoved, remove_account},
    {events::kAccountDisabled, set_disabled},
    {events::kAccountEnabled, set_disabled},
    {events::kAccountLinked, link_account},
    {events::kRolesSet, set_roles},
    {events::kPasswordSet, set_password},
    {events::kSecondFactorEnrolled, enroll_second_factor},
    {events::kSecondFactorRemoved, remove_second_factor},
    {events::kRecoveryCodesMade, put_recovery_codes},
    {events::kRecoveryCodeUsed, use_recovery_code},
    {events::kInvitationMade, put_invitation},
    {events::kInvitationEnded, end_invitation},
    {events::kSessionOpened, open_session},
    {events::kSessionEnded, end_session},
    {events::kTokenMade, put_token},
    {events::kTokenRevoked, revoke_token},
};

}  // namespace

Status apply(Transaction& transaction, const Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased: the tables keep what they have
  for (const Handler& handler : kHandlers)
    if (handler.type == entry.event.type)
      return handler.apply(transaction, entry, TRY(Payload::of(entry)));
  return {};  // told for the record alone
}

}  // namespace nocturn::identity
