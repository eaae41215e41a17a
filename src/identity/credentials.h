#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/people.h"

// Commands on what proves somebody to be the owner of an account: passwords, second factor,
// recovery codes, one-time links; and the rules that decide them. All decide() are pure. Secrets
// are in the table secrets before a command names them (secrets.h).
namespace nocturn::identity {

inline constexpr std::string_view kLinkGone =
    "this link was used, replaced or ended, or is older than a day";

// The owner, who just proved the old password, takes another. Other sessions and links end.
struct SetPassword {
  AccountId id;
  SecretId old_password;  // the one that was proved
  SecretId password;
  SessionId session;    // stays
  bool tokens = false;  // end, too
  std::string by;
};
struct EnrollSecondFactor {
  AccountId id;
  SecretId secret;
  std::int64_t step = 0;            // of the code that proved it
  std::vector<std::string> hashes;  // of the recovery codes
  std::string by;
};
// By the owner, or for a person who lost phone and recovery codes.
struct RemoveSecondFactor {
  AccountId id;
  Actor by;
};
struct MakeRecoveryCodes {
  AccountId id;
  std::vector<std::string> hashes;
  std::string by;
};
// Somebody followed a one-time link and set a password. The account's sessions and tokens end: a
// link is also the way to take an account back from a thief. `person`, `account`, `login` and
// `name` are set for the first administrator alone, who is made by this.
struct AcceptInvitation {
  std::string hash;  // of the link's secret
  SecretId password;
  PersonId person;
  AccountId account;
  std::string login, name;
};

Events decide(const AccountState& state, const SetPassword& command);
Events decide(const AccountState& state, const EnrollSecondFactor& command);
Events decide(const AccountState& state, const RemoveSecondFactor& command);
Events decide(const AccountState& state, const MakeRecoveryCodes& command);
// For an account that exists.
Events decide(const AccountState& state, const Invitation& invitation,
              const AcceptInvitation& command);
// For the first administrator; `administrators` is how many there are.
Events decide_first(std::int64_t administrators, bool login_taken, const Invitation& invitation,
                    const AcceptInvitation& command);

ledger::Decide on_store(SetPassword command);
ledger::Decide on_store(EnrollSecondFactor command);
ledger::Decide on_store(RemoveSecondFactor command);
ledger::Decide on_store(MakeRecoveryCodes command);
ledger::Decide on_store(AcceptInvitation command);
// A link for the first administrator in place of older ones; nothing when there is one already.
ledger::Decide invite_first(NewInvitation invitation);

}  // namespace nocturn::identity
