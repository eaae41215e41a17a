#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/people.h"

// Commands that open and end sessions and tokens, and the rules that decide them. All decide() are
// pure.
namespace nocturn::identity {

inline constexpr std::string_view kWrongSignIn = "login or password is wrong";

// Somebody proved who they are. What was proved outside the transaction is looked at once more
// inside it: nothing may have changed meanwhile.
struct OpenSession {
  Session session;  // id, account, method, address, agent; times are set by the rule
  std::string hash;
  SecretId password;                    // that was proved; empty when another door was taken
  std::optional<std::int64_t> step;     // of the one-time code
  std::optional<std::string> recovery;  // hash of the recovery code
  bool vouched = false;  // an identity provider vouches: password and code are its business
};
struct EndSession {
  AccountId account;
  SessionId id;
  std::string because, by;
};
struct MakeToken {
  Token token;  // id, account, name, scopes
  std::string hash;
  int days = 0;
  Actor by;
  // The client of a device sign-in and its address; recorded, too.
  std::optional<std::pair<std::string, std::string>> device = {};
};
struct RevokeToken {
  AccountId account;
  TokenId id;
  Actor by;
};

// `recovery_known`: the recovery code is one of the account's that was not used.
Events decide(const AccountState& state, bool recovery_known, const OpenSession& command,
              WallTime now);
Events decide(const AccountState& state, const EndSession& command);
Events decide(const AccountState& state, const MakeToken& command, WallTime now);
Events decide(const AccountState& state, const RevokeToken& command);

ledger::Decide on_store(OpenSession command);
ledger::Decide on_store(EndSession command);
ledger::Decide on_store(MakeToken command);
ledger::Decide on_store(RevokeToken command);
// Ends sessions and tokens that are past their time, and sessions not seen for kSessionIdle, so
// that their streams end; at most 1,000 of each at once.
ledger::Decide end_overdue();

}  // namespace nocturn::identity
