#include "identity/credentials.h"

#include "identity/events.h"
#include "identity/records.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

Status check_person(const AccountState& state) {
  if (state.account.kind == AccountKind::service)
    return fail(ErrorCode::conflict, "a service account has tokens alone");
  return {};
}

void end_sessions(const AccountState& state, const SessionId& but, std::string_view because,
                  std::string_view by, std::vector<ledger::Event>& events) {
  for (const Session& session : state.sessions)
    if (session.id != but)
      events.push_back(events::session_ended(state.account.id, session.id, because, by));
}

void end_tokens(const AccountState& state, std::string_view because, std::string_view by,
                std::vector<ledger::Event>& events) {
  for (const Token& token : state.tokens)
    events.push_back(events::token_revoked(state.account.id, token.id, because, by));
}

template <class Command>
ledger::Decide on_account(Command command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.id, now)), command);
  };
}

}  // namespace

Events decide(const AccountState& state, const SetPassword& command) {
  TRY_STATUS(check_person(state));
  if (state.account.password != command.old_password)
    return fail(ErrorCode::conflict, "the password was changed meanwhile; sign in again");
  std::vector<ledger::Event> events;
  events.push_back(events::password_set(command.id, command.password, command.by));
  end_sessions(state, command.session, "password changed", command.by, events);
  if (command.tokens) end_tokens(state, "password changed", command.by, events);
  for (const Invitation& invitation : state.invitations)
    events.push_back(events::invitation_ended(invitation, "password changed", command.by));
  return events;
}

Events decide(const AccountState& state, const EnrollSecondFactor& command) {
  TRY_STATUS(check_person(state));
  if (!state.account.second_factor.empty())
    return fail(ErrorCode::conflict, "there is a second factor already; remove it first");
  return std::vector{
      events::second_factor_enrolled(command.id, command.secret, command.step, command.by),
      events::recovery_codes_made(command.id, command.hashes, command.by)};
}

Events decide(const AccountState& state, const RemoveSecondFactor& command) {
  TRY_STATUS(check_covers(command.by, state.account.grants));
  if (state.account.second_factor.empty())
    return fail(ErrorCode::conflict, "{} has no second factor", state.account.login);
  return std::vector{events::second_factor_removed(command.id, command.by.name)};
}

Events decide(const AccountState& state, const MakeRecoveryCodes& command) {
  if (state.account.second_factor.empty())
    return fail(ErrorCode::conflict, "recovery codes stand in for a second factor; enroll one");
  return std::vector{events::recovery_codes_made(command.id, command.hashes, command.by)};
}

Events decide(const AccountState& state, const Invitation& invitation,
              const AcceptInvitation& command) {
  TRY_STATUS(check_person(state));
  if (state.account.disabled) return fail(ErrorCode::not_found, "{}", kLinkGone);
  std::vector<ledger::Event> events;
  events.push_back(events::invitation_ended(invitation, "used", state.account.login));
  events.push_back(events::password_set(state.account.id, command.password, state.account.login));
  end_sessions(state, {}, "link followed", state.account.login, events);
  end_tokens(state, "link followed", state.account.login, events);
  return events;
}

Events decide_first(std::int64_t administrators, bool login_taken, const Invitation& invitation,
                    const AcceptInvitation& command) {
  if (administrators > 0)
    return fail(ErrorCode::conflict, "there is an administrator already; ask them for an account");
  const std::string name = TRY(spell_line("the name", command.name));
  Account account;
  account.id = command.account;
  account.login = TRY(spell_login(command.login));
  account.person = command.person;
  account.grants = {{Role::administrator, ""}};
  if (login_taken) return fail(ErrorCode::conflict, "the login {} is taken", account.login);
  return std::vector{events::invitation_ended(invitation, "used", account.login),
                     events::person_added(command.person, name, "", account.login),
                     events::account_opened(account, account.login),
                     events::password_set(account.id, command.password, account.login)};
}

ledger::Decide on_store(SetPassword command) { return on_account(std::move(command)); }
ledger::Decide on_store(EnrollSecondFactor command) { return on_account(std::move(command)); }
ledger::Decide on_store(RemoveSecondFactor command) { return on_account(std::move(command)); }
ledger::Decide on_store(MakeRecoveryCodes command) { return on_account(std::move(command)); }

ledger::Decide on_store(AcceptInvitation command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    const auto invitation = TRY(records::invitation_of_hash(reader, command.hash, now));
    if (!invitation) return fail(ErrorCode::not_found, "{}", kLinkGone);
    if (invitation->kind != InvitationKind::first)
      return decide(TRY(account_state(reader, invitation->account, now)), *invitation, command);
    const std::string login = TRY(spell_login(command.login));
    return decide_first(TRY(records::other_administrators(reader, AccountId())),
                        TRY(records::account_of_login(reader, login)).has_value(), *invitation,
                        command);
  };
}

ledger::Decide invite_first(NewInvitation invitation) {
  return [invitation = std::move(invitation)](store::Reader& reader, WallTime now) -> Events {
    std::vector<ledger::Event> events;
    for (const Invitation& older : TRY(records::invitations(reader, AccountId())))
      events.push_back(events::invitation_ended(older, "replaced", "the hub"));
    if (TRY(records::other_administrators(reader, AccountId())) > 0) return events;
    events.push_back(events::invitation_made({.id = invitation.id,
                                              .kind = InvitationKind::first,
                                              .account = {},
                                              .expires_at = now + kInvitationLife},
                                             invitation.hash, "the hub"));
    return events;
  };
}

}  // namespace nocturn::identity
