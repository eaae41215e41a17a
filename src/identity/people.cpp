#include "identity/people.h"

#include <algorithm>

#include "identity/events.h"
#include "identity/records.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

bool is_administrator(const std::vector<Grant>& grants) {
  return std::ranges::find(grants, Grant{Role::administrator, ""}) != grants.end();
}

Status check_version(const std::optional<std::string>& expected, std::uint64_t version) {
  if (expected && *expected != std::to_string(version))
    return fail(ErrorCode::precondition, "somebody changed this since; look again, then decide");
  return {};
}

Status check_left(const AccountState& state) {
  if (state.last_administrator)
    return fail(ErrorCode::conflict,
                "{} is the last administrator who can sign in; make another one first",
                state.account.login);
  return {};
}

Result<NewAccount> spelled(NewAccount account, bool login_taken, const Actor& by) {
  account.login = TRY(spell_login(account.login));
  account.grants = TRY(spell_grants(std::move(account.grants)));
  TRY_STATUS(check_covers(by, account.grants));
  if (login_taken) return fail(ErrorCode::conflict, "the login {} is taken", account.login);
  return account;
}

void open(const NewAccount& account, const PersonId& person, const Actor& by, WallTime now,
          std::vector<ledger::Event>& events) {
  Account opened;
  opened.id = account.id;
  opened.login = account.login;
  opened.kind = person.empty() ? AccountKind::service : AccountKind::person;
  opened.person = person;
  opened.grants = account.grants;
  events.push_back(events::account_opened(opened, by.name));
  if (!account.invitation) return;
  events.push_back(events::invitation_made({.id = account.invitation->id,
                                            .kind = InvitationKind::invitation,
                                            .account = account.id,
                                            .expires_at = now + kInvitationLife},
                                           account.invitation->hash, by.name));
}

// Sessions, tokens and links of an account that goes or rests.
void end_all(const AccountState& state, std::string_view because, const Actor& by,
             std::vector<ledger::Event>& events) {
  for (const Session& session : state.sessions)
    events.push_back(events::session_ended(state.account.id, session.id, because, by.name));
  for (const Token& token : state.tokens)
    events.push_back(events::token_revoked(state.account.id, token.id, because, by.name));
  for (const Invitation& invitation : state.invitations)
    events.push_back(events::invitation_ended(invitation, because, by.name));
}

Status check_may_change(const AccountState& state, const std::optional<std::string>& expected,
                        const Actor& by) {
  TRY_STATUS(check_version(expected, state.account.version));
  return check_covers(by, state.account.grants);
}

Result<AccountState> state_of(store::Reader& reader, Account account, WallTime now) {
  AccountState state{.account = std::move(account)};
  const AccountId& id = state.account.id;
  state.sessions = TRY(records::sessions(reader, id, now));
  state.tokens = TRY(records::tokens(reader, id, now));
  state.invitations = TRY(records::invitations(reader, id));
  state.last_administrator = is_administrator(state.account.grants) &&
                             state.account.last_sign_in_at.has_value() && !state.account.disabled &&
                             TRY(records::other_administrators(reader, id)) == 0;
  return state;
}

template <class Command>
ledger::Decide on_account(Command command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.id, now)), command);
  };
}

template <class Command>
ledger::Decide on_person(Command command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(person_state(reader, command.id, now)), command);
  };
}

Result<bool> is_taken(store::Reader& reader, const std::string& login) {
  const auto spelled = spell_login(login);
  if (!spelled) return false;  // the rule will say so
  return TRY(records::account_of_login(reader, *spelled)).has_value();
}

}  // namespace

Status check_covers(const Actor& actor, const std::vector<Grant>& grants) {
  for (const Grant& grant : grants)
    for (const net::Permission permission : permissions_of(grant.role))
      if (std::ranges::find(actor.may, permission) == actor.may.end())
        return fail(ErrorCode::forbidden, "{} lacks the right {}, which the role {} gives",
                    actor.name, net::name_of(permission), name_of(grant.role));
  return {};
}

Result<AccountState> account_state(store::Reader& reader, const AccountId& id, WallTime now) {
  auto found = TRY(records::account(reader, id));
  if (!found || found->removed_at)
    return fail(ErrorCode::not_found, "there is no account {}", id.text());
  return state_of(reader, *std::move(found), now);
}

Result<PersonState> person_state(store::Reader& reader, const PersonId& id, WallTime now) {
  auto found = TRY(records::person(reader, id));
  if (!found || found->removed_at)
    return fail(ErrorCode::not_found, "there is no person {}", id.text());
  PersonState state{.person = *std::move(found), .accounts = {}};
  for (Account& account : TRY(records::accounts_of(reader, id)))
    state.accounts.push_back(TRY(state_of(reader, std::move(account), now)));
  // Of several administrator accounts of one person none is the last by itself; all together are.
  std::vector<AccountState*> administrators;
  for (AccountState& each : state.accounts)
    if (is_administrator(each.account.grants) && each.account.last_sign_in_at &&
        !each.account.disabled)
      administrators.push_back(&each);
  if (administrators.size() > 1) {
    const auto others =
        TRY(records::other_administrators(reader, administrators.front()->account.id));
    administrators.front()->last_administrator =
        others < static_cast<std::int64_t>(administrators.size());
  }
  return state;
}

Events decide(bool login_taken, const AddPerson& command, WallTime now) {
  const std::string name = TRY(spell_line("the name", command.name));
  const std::string email = TRY(spell_email(command.email));
  const NewAccount account = TRY(spelled(command.account, login_taken, command.by));
  std::vector<ledger::Event> events;
  events.push_back(events::person_added(command.id, name, email, command.by.name));
  open(account, command.id, command.by, now, events);
  return events;
}

Events decide(bool login_taken, const OpenAccount& command, WallTime now) {
  const NewAccount account = TRY(spelled(command.account, login_taken, command.by));
  std::vector<ledger::Event> events;
  open(account, command.person, command.by, now, events);
  return events;
}

Events decide(const PersonState& state, const ChangePerson& command) {
  TRY_STATUS(check_version(command.expected, state.person.version));
  for (const AccountState& account : state.accounts)
    TRY_STATUS(check_covers(command.by, account.account.grants));
  const std::string name = TRY(spell_line("the name", command.name.value_or(state.person.name)));
  const std::string email = TRY(spell_email(command.email.value_or(state.person.email)));
  std::vector<ledger::Event> events;
  if (name != state.person.name || email != state.person.email)
    events.push_back(events::person_changed(command.id, name, email, command.by.name));
  return events;
}

Events decide(const PersonState& state, const RemovePerson& command) {
  TRY_STATUS(check_version(command.expected, state.person.version));
  std::vector<ledger::Event> events;
  for (const AccountState& account : state.accounts) {
    TRY_STATUS(check_covers(command.by, account.account.grants));
    TRY_STATUS(check_left(account));
    end_all(account, "person removed", command.by, events);
    events.push_back(events::account_removed(account.account.id, command.by.name));
  }
  events.push_back(events::person_removed(command.id, command.by.name));
  return events;
}

Events decide(const AccountState& state, const SetRoles& command) {
  TRY_STATUS(check_may_change(state, command.expected, command.by));
  const std::vector<Grant> grants = TRY(spell_grants(command.grants));
  TRY_STATUS(check_covers(command.by, grants));
  if (!is_administrator(grants)) TRY_STATUS(check_left(state));
  std::vector<ledger::Event> events;
  if (grants == state.account.grants) return events;
  events.push_back(events::roles_set(command.id, grants, command.by.name));
  const bool added = std::ranges::any_of(grants, [&](const Grant& grant) {
    return std::ranges::find(state.account.grants, grant) == state.account.grants.end();
  });
  if (added)
    for (const Invitation& invitation : state.invitations)
      events.push_back(events::invitation_ended(invitation, "roles added", command.by.name));
  return events;
}

Events decide(const AccountState& state, const SetDisabled& command) {
  TRY_STATUS(check_may_change(state, command.expected, command.by));
  std::vector<ledger::Event> events;
  if (command.disabled == state.account.disabled) return events;
  if (command.disabled) {
    TRY_STATUS(check_left(state));
    end_all(state, "account disabled", command.by, events);
  }
  events.push_back(events::account_disabled(command.id, command.disabled, command.by.name));
  return events;
}

Events decide(const AccountState& state, const RemoveAccount& command) {
  TRY_STATUS(check_may_change(state, command.expected, command.by));
  TRY_STATUS(check_left(state));
  std::vector<ledger::Event> events;
  end_all(state, "account removed", command.by, events);
  events.push_back(events::account_removed(command.id, command.by.name));
  return events;
}

Events decide(const AccountState& state, const Invite& command, WallTime now) {
  TRY_STATUS(check_covers(command.by, state.account.grants));
  if (state.account.kind == AccountKind::service)
    return fail(ErrorCode::conflict, "{} is a service account: it has tokens and no password",
                state.account.login);
  if (state.account.disabled)
    return fail(ErrorCode::conflict, "{} is disabled; enable it first", state.account.login);
  std::vector<ledger::Event> events;
  for (const Invitation& older : state.invitations)
    events.push_back(events::invitation_ended(older, "replaced", command.by.name));
  events.push_back(events::invitation_made(
      {.id = command.invitation.id,
       .kind = state.account.password.empty() ? InvitationKind::invitation : InvitationKind::reset,
       .account = state.account.id,
       .expires_at = now + kInvitationLife},
      command.invitation.hash, command.by.name));
  return events;
}

ledger::Decide on_store(AddPerson command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(is_taken(reader, command.account.login)), command, now);
  };
}

ledger::Decide on_store(OpenAccount command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    if (!command.person.empty()) TRY_STATUS(person_state(reader, command.person, now));
    return decide(TRY(is_taken(reader, command.account.login)), command, now);
  };
}

ledger::Decide on_store(ChangePerson command) { return on_person(std::move(command)); }
ledger::Decide on_store(RemovePerson command) { return on_person(std::move(command)); }
ledger::Decide on_store(SetRoles command) { return on_account(std::move(command)); }
ledger::Decide on_store(SetDisabled command) { return on_account(std::move(command)); }
ledger::Decide on_store(RemoveAccount command) { return on_account(std::move(command)); }

ledger::Decide on_store(Invite command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.id, now)), command, now);
  };
}

}  // namespace nocturn::identity
