#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "identity/model.h"
#include "ledger/ledger.h"

// The events of this folder, one function each. Payloads are personal data; they hold no secret: of
// what is random only the SHA-256, of what is weak or can be opened only the id of its row in the
// table secrets. `by` is who did it, as Caller::name has it. Pure.
namespace nocturn::identity::events {

inline constexpr std::string_view kPersonAdded = "identity.person.added";
inline constexpr std::string_view kPersonChanged = "identity.person.changed";
inline constexpr std::string_view kPersonRemoved = "identity.person.removed";
inline constexpr std::string_view kAccountOpened = "identity.account.opened";
inline constexpr std::string_view kAccountRemoved = "identity.account.removed";
inline constexpr std::string_view kAccountDisabled = "identity.account.disabled";
inline constexpr std::string_view kAccountEnabled = "identity.account.enabled";
inline constexpr std::string_view kAccountLinked = "identity.account.linked";
inline constexpr std::string_view kRolesSet = "identity.roles.set";
inline constexpr std::string_view kPasswordSet = "identity.password.set";
inline constexpr std::string_view kSecondFactorEnrolled = "identity.second_factor.enrolled";
inline constexpr std::string_view kSecondFactorRemoved = "identity.second_factor.removed";
inline constexpr std::string_view kRecoveryCodesMade = "identity.recovery_codes.made";
inline constexpr std::string_view kRecoveryCodeUsed = "identity.recovery_code.used";
inline constexpr std::string_view kInvitationMade = "identity.invitation.made";
inline constexpr std::string_view kInvitationEnded = "identity.invitation.ended";
inline constexpr std::string_view kSessionOpened = "identity.session.opened";
inline constexpr std::string_view kSessionEnded = "identity.session.ended";
inline constexpr std::string_view kSignInFailed = "identity.sign_in.failed";
inline constexpr std::string_view kSignInsFailed = "identity.sign_in.failed_often";
inline constexpr std::string_view kTokenMade = "identity.token.made";
inline constexpr std::string_view kTokenRevoked = "identity.token.revoked";
inline constexpr std::string_view kDeviceApproved = "identity.device.approved";

using ledger::Event;

Event person_added(const PersonId& person, std::string_view name, std::string_view email,
                   std::string_view by);
Event person_changed(const PersonId& person, std::string_view name, std::string_view email,
                     std::string_view by);
Event person_removed(const PersonId& person, std::string_view by);

Event account_opened(const Account& account, std::string_view by);
Event account_removed(const AccountId& account, std::string_view by);
Event account_disabled(const AccountId& account, bool disabled, std::string_view by);
// From now on this account opens for `subject` of a sign-in provider.
Event account_linked(const AccountId& account, std::string_view provider, std::string_view issuer,
                     std::string_view subject);
Event roles_set(const AccountId& account, std::span<const Grant> grants, std::string_view by);

Event password_set(const AccountId& account, const SecretId& secret, std::string_view by);
// `step` is the one of the code that proved the app to be set up.
Event second_factor_enrolled(const AccountId& account, const SecretId& secret, std::int64_t step,
                             std::string_view by);
Event second_factor_removed(const AccountId& account, std::string_view by);
Event recovery_codes_made(const AccountId& account, std::span<const std::string> hashes,
                          std::string_view by);
Event recovery_code_used(const AccountId& account, std::string_view hash);

Event invitation_made(const Invitation& invitation, std::string_view hash, std::string_view by);
Event invitation_ended(const Invitation& invitation, std::string_view because, std::string_view by);

// `step` is that of the one-time code, if one was asked for.
Event session_opened(const Session& session, std::string_view hash,
                     std::optional<std::int64_t> step);
Event session_ended(const AccountId& account, const SessionId& session, std::string_view because,
                    std::string_view by);
// `account` is empty when the login is nobody's; the login itself is not recorded, as people type
// passwords there.
Event sign_in_failed(const AccountId& account, std::string_view address, std::string_view why);
// `kind`: of refusals.h.
Event sign_ins_failed(std::string_view kind, std::int64_t count, WallTime from, WallTime until);

Event token_made(const Token& token, std::string_view hash, std::string_view by);
Event token_revoked(const AccountId& account, const TokenId& token, std::string_view because,
                    std::string_view by);
Event device_approved(const AccountId& account, std::string_view client, std::string_view address);

}  // namespace nocturn::identity::events
