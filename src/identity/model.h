#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "identity/authorize.h"

// What is kept about who may come in. A person is a human being; an account is a way to sign in and
// holds the roles. One person may own several accounts; a service account belongs to nobody. What
// was removed stays in the tables with its time, and is found by its id alone.
namespace nocturn::identity {

using PersonId = Id<struct PersonTag>;
using AccountId = Id<struct AccountTag>;
using SessionId = Id<struct SessionTag>;
using TokenId = Id<struct TokenTag>;
using InvitationId = Id<struct InvitationTag>;
using SecretId = Id<struct SecretTag>;  // a row of the table secrets (secrets.h)

struct Person {
  PersonId id;
  std::string name;
  std::string email;  // may be empty
  WallTime created_at = {};
  std::optional<WallTime> removed_at = {};
  std::uint64_t version = 0;  // index of the entry that last changed name or email
};

enum class AccountKind { person, service };
std::string_view name_of(AccountKind kind);

struct Account {
  AccountId id;
  std::string login;  // lower case; unique among the accounts that are not removed
  AccountKind kind = AccountKind::person;
  PersonId person = {};            // empty for services
  std::vector<Grant> grants = {};  // sorted by role and institution
  bool disabled = false;
  SecretId password = {};                           // empty: none
  SecretId second_factor = {};                      // empty: none
  std::optional<std::int64_t> last_code_step = {};  // of the second factor; never taken again
  WallTime created_at = {};
  std::optional<WallTime> last_sign_in_at = {};
  std::optional<WallTime> removed_at = {};
  std::uint64_t version = 0;  // index of the entry that last changed roles or disabled
};

// How somebody came in.
enum class Method { password, recovery_code, oidc, token, socket };
std::string_view name_of(Method method);

struct Session {
  SessionId id;
  AccountId account;
  Method method = Method::password;
  std::string address;
  std::string agent;  // what the browser calls itself
  WallTime created_at = {};
  WallTime expires_at = {};
  WallTime last_seen_at = {};  // kept lazily
};

struct Token {
  TokenId id;
  AccountId account;
  std::string name;
  std::vector<net::Permission> scopes;
  WallTime created_at = {};
  WallTime expires_at = {};
  std::optional<WallTime> last_used_at = {};  // kept lazily
};

// What a one-time link is for.
enum class InvitationKind {
  first,       // the first administrator: makes person and account
  invitation,  // the first password of an account
  reset,       // another password
};
std::string_view name_of(InvitationKind kind);

struct Invitation {
  InvitationId id;
  InvitationKind kind = InvitationKind::invitation;
  AccountId account;  // empty for the first administrator
  WallTime expires_at = {};
};

inline constexpr Micros kSessionLife = std::chrono::days(7);
inline constexpr Micros kSessionIdle = std::chrono::hours(12);
inline constexpr Micros kInvitationLife = std::chrono::hours(24);
inline constexpr std::size_t kMostSessions = 50;  // of an account; the oldest gives way
inline constexpr std::size_t kMostTokens = 100;   // of an account
inline constexpr std::size_t kMostRoles = 64;     // of an account
inline constexpr std::size_t kRecoveryCodes = 10;
inline constexpr int kLongestTokenDays = 365;

}  // namespace nocturn::identity
