#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/model.h"
#include "ledger/ledger.h"
#include "store/store.h"

// Commands on persons and their accounts, and the rules that decide them. Nobody hands out a right
// they lack, or changes an account that may more than they; one administrator who can sign in is
// always left; what is removed or disabled loses its sessions, tokens and links in the same
// transaction. Adding a role ends the account's one-time links: their maker, who could sign in by
// one, may lack the new role's rights. All decide() functions are pure.
namespace nocturn::identity {

// Who gives a command, as the rules need to know them.
struct Actor {
  std::string name;                       // Caller::name: who did it, in the ledger
  std::vector<net::Permission> may = {};  // permitted()
};

// A live account with what hangs on it.
struct AccountState {
  Account account;
  std::vector<Session> sessions = {};
  std::vector<Token> tokens = {};
  std::vector<Invitation> invitations = {};
  bool last_administrator = false;  // nobody else is left to manage people
};
struct PersonState {
  Person person;
  std::vector<AccountState> accounts;
};
// `not_found` for what was removed, too.
Result<AccountState> account_state(store::Reader& reader, const AccountId& id, WallTime now);
Result<PersonState> person_state(store::Reader& reader, const PersonId& id, WallTime now);

// A one-time link: its id is drawn and its secret's hash made before the command is given.
struct NewInvitation {
  InvitationId id;
  std::string hash;
};
struct NewAccount {
  AccountId id;
  std::string login;
  std::vector<Grant> grants;
  std::optional<NewInvitation> invitation;  // nothing for services
};

struct AddPerson {
  PersonId id;
  std::string name, email;
  NewAccount account;
  Actor by;
};
struct OpenAccount {
  PersonId person;  // empty: a service account
  NewAccount account;
  Actor by;
};
// `expected` is the version that the caller saw; another one is answered `precondition`.
struct ChangePerson {
  PersonId id;
  std::optional<std::string> name, email;
  std::optional<std::string> expected;
  Actor by;
};
struct RemovePerson {
  PersonId id;
  std::optional<std::string> expected;
  Actor by;
};
struct SetRoles {
  AccountId id;
  std::vector<Grant> grants;
  std::optional<std::string> expected;
  Actor by;
};
struct SetDisabled {
  AccountId id;
  bool disabled = true;
  std::optional<std::string> expected;
  Actor by;
};
struct RemoveAccount {
  AccountId id;
  std::optional<std::string> expected;
  Actor by;
};
// A new link for an account; older ones end.
struct Invite {
  AccountId id;
  NewInvitation invitation;
  Actor by;
};

using Events = Result<std::vector<ledger::Event>>;
Events decide(bool login_taken, const AddPerson& command, WallTime now);
Events decide(bool login_taken, const OpenAccount& command, WallTime now);
Events decide(const PersonState& state, const ChangePerson& command);
Events decide(const PersonState& state, const RemovePerson& command);
Events decide(const AccountState& state, const SetRoles& command);
Events decide(const AccountState& state, const SetDisabled& command);
Events decide(const AccountState& state, const RemoveAccount& command);
Events decide(const AccountState& state, const Invite& command, WallTime now);

// Whole commands on the stored state: for ledger::Ledger::record().
ledger::Decide on_store(AddPerson command);
ledger::Decide on_store(OpenAccount command);
ledger::Decide on_store(ChangePerson command);
ledger::Decide on_store(RemovePerson command);
ledger::Decide on_store(SetRoles command);
ledger::Decide on_store(SetDisabled command);
ledger::Decide on_store(RemoveAccount command);
ledger::Decide on_store(Invite command);

// `forbidden` unless the actor holds all that these roles give.
Status check_covers(const Actor& actor, const std::vector<Grant>& grants);

}  // namespace nocturn::identity
