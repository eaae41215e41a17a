#include "identity/events.h"

#include <boost/json.hpp>

#include "ledger/payload.h"

namespace nocturn::identity::events {
namespace {

Event event(std::string_view type, std::string object, const JsonObject& payload) {
  return ledger::event_of(type, std::move(object), payload, ledger::Sensitivity::personal);
}

Event about_person(std::string_view type, const PersonId& person, JsonObject payload) {
  payload["person"] = person.text();
  return event(type, "person/" + person.text(), payload);
}

Event about_account(std::string_view type, const AccountId& account, JsonObject payload) {
  payload["account"] = account.text();
  return event(type, "account/" + account.text(), payload);
}

JsonArray to_json(std::span<const Grant> grants) {
  JsonArray list;
  for (const Grant& grant : grants)
    list.push_back(Json{{"role", name_of(grant.role)}, {"institution", grant.institution}});
  return list;
}

}  // namespace

Event person_added(const PersonId& person, std::string_view name, std::string_view email,
                   std::string_view by) {
  return about_person(kPersonAdded, person, {{"name", name}, {"email", email}, {"by", by}});
}

Event person_changed(const PersonId& person, std::string_view name, std::string_view email,
                     std::string_view by) {
  return about_person(kPersonChanged, person, {{"name", name}, {"email", email}, {"by", by}});
}

Event person_removed(const PersonId& person, std::string_view by) {
  return about_person(kPersonRemoved, person, {{"by", by}});
}

Event account_opened(const Account& account, std::string_view by) {
  return about_account(kAccountOpened, account.id,
                       {{"login", account.login},
                        {"kind", name_of(account.kind)},
                        {"person", account.person.text()},
                        {"roles", to_json(account.grants)},
                        {"by", by}});
}

Event account_removed(const AccountId& account, std::string_view by) {
  return about_account(kAccountRemoved, account, {{"by", by}});
}

Event account_disabled(const AccountId& account, bool disabled, std::string_view by) {
  return about_account(disabled ? kAccountDisabled : kAccountEnabled, account, {{"by", by}});
}

Event account_linked(const AccountId& account, std::string_view provider, std::string_view issuer,
                     std::string_view subject) {
  return about_account(kAccountLinked, account,
                       {{"provider", provider}, {"issuer", issuer}, {"subject", subject}});
}

Event roles_set(const AccountId& account, std::span<const Grant> grants, std::string_view by) {
  return about_account(kRolesSet, account, {{"roles", to_json(grants)}, {"by", by}});
}

Event password_set(const AccountId& account, const SecretId& secret, std::string_view by) {
  return about_account(kPasswordSet, account, {{"secret", secret.text()}, {"by", by}});
}

Event second_factor_enrolled(const AccountId& account, const SecretId& secret, std::int64_t step,
                             std::string_view by) {
  return about_account(kSecondFactorEnrolled, account,
                       {{"secret", secret.text()}, {"step", step}, {"by", by}});
}

Event second_factor_removed(const AccountId& account, std::string_view by) {
  return about_account(kSecondFactorRemoved, account, {{"by", by}});
}

Event recovery_codes_made(const AccountId& account, std::span<const std::string> hashes,
                          std::string_view by) {
  JsonArray list;
  for (const std::string& hash : hashes) list.emplace_back(hash);
  return about_account(kRecoveryCodesMade, account, {{"hashes", std::move(list)}, {"by", by}});
}

Event recovery_code_used(const AccountId& account, std::string_view hash) {
  return about_account(kRecoveryCodeUsed, account, {{"hash", hash}});
}

Event invitation_made(const Invitation& invitation, std::string_view hash, std::string_view by) {
  JsonObject payload{{"invitation", invitation.id.text()},
                     {"hash", hash},
                     {"kind", name_of(invitation.kind)},
                     {"expires_at", to_rfc3339(invitation.expires_at)},
                     {"by", by}};
  if (!invitation.account.empty())
    return about_account(kInvitationMade, invitation.account, std::move(payload));
  return event(kInvitationMade, "invitation/" + invitation.id.text(), payload);
}

Event invitation_ended(const Invitation& invitation, std::string_view because,
                       std::string_view by) {
  JsonObject payload{{"invitation", invitation.id.text()}, {"because", because}, {"by", by}};
  if (!invitation.account.empty())
    return about_account(kInvitationEnded, invitation.account, std::move(payload));
  return event(kInvitationEnded, "invitation/" + invitation.id.text(), payload);
}

Event session_opened(const Session& session, std::string_view hash,
                     std::optional<std::int64_t> step) {
  JsonObject payload{{"session", session.id.text()},
                     {"hash", hash},
                     {"method", name_of(session.method)},
                     {"address", session.address},
                     {"agent", session.agent},
                     {"expires_at", to_rfc3339(session.expires_at)}};
  if (step) payload["step"] = *step;
  return about_account(kSessionOpened, session.account, std::move(payload));
}

Event session_ended(const AccountId& account, const SessionId& session, std::string_view because,
                    std::string_view by) {
  return about_account(kSessionEnded, account,
                       {{"session", session.text()}, {"because", because}, {"by", by}});
}

Event sign_in_failed(const AccountId& account, std::string_view address, std::string_view why) {
  JsonObject payload{{"address", address}, {"why", why}};
  if (!account.empty()) return about_account(kSignInFailed, account, std::move(payload));
  return event(kSignInFailed, "sign-in/nobody", payload);
}

Event sign_ins_failed(std::string_view kind, std::int64_t count, WallTime from, WallTime until) {
  return event(
      kSignInsFailed, "sign-in/many",
      {{"kind", kind}, {"count", count}, {"from", to_rfc3339(from)}, {"until", to_rfc3339(until)}});
}

Event token_made(const Token& token, std::string_view hash, std::string_view by) {
  JsonArray scopes;
  for (const net::Permission scope : token.scopes) scopes.emplace_back(net::name_of(scope));
  return about_account(kTokenMade, token.account,
                       {{"token", token.id.text()},
                        {"hash", hash},
                        {"name", token.name},
                        {"scopes", std::move(scopes)},
                        {"expires_at", to_rfc3339(token.expires_at)},
                        {"by", by}});
}

Event token_revoked(const AccountId& account, const TokenId& token, std::string_view because,
                    std::string_view by) {
  return about_account(kTokenRevoked, account,
                       {{"token", token.text()}, {"because", because}, {"by", by}});
}

Event device_approved(const AccountId& account, std::string_view client, std::string_view address) {
  return about_account(kDeviceApproved, account, {{"client", client}, {"address", address}});
}

}  // namespace nocturn::identity::events
