#include "identity/sign_in.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/one_time_code.h"
#include "identity/credentials.h"
#include "identity/device_cookie.h"
#include "identity/parts.h"
#include "identity/records.h"
#include "identity/refusals.h"
#include "identity/request_facts.h"
#include "identity/spelling.h"
#include "identity/tries.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestKey = 64;  // of a login in the throttle

// One try, counted as failed until it is forgiven.
class Try {
 public:
  // `account` empty for nobody's login.
  static Result<Try> begin(Identity::Parts& parts, Attempt attempt, const AccountId& account) {
    Micros wait;
    {
      const std::lock_guard lock(parts.mutex);
      wait = parts.throttle.admit(attempt, parts.clock.steady());
    }
    if (wait <= Micros(0)) return Try(parts, std::move(attempt), account);
    note_refusal(parts, Refusal::slowed, account, attempt.address, "too many tries");
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return std::unexpected(Error{ErrorCode::limited,
                                 fmt::format("too many tries; wait {} s", seconds),
                                 {},
                                 true,
                                 static_cast<int>(seconds)});
  }
  PasswordGate::Guest guest() const {
    return attempt_.device.empty() ? PasswordGate::Guest::stranger : PasswordGate::Guest::known;
  }
  void forgive() {
    const std::lock_guard lock(parts_.mutex);
    parts_.throttle.forgive(attempt_);
  }
  // Leaves a mark in the ledger, and one that a restart does not wipe out.
  void failed(std::string_view why) {
    note_refusal(parts_, Refusal::wrong, account_, attempt_.address, why);
    keep_tries(parts_);
  }

 private:
  Try(Identity::Parts& parts, Attempt attempt, AccountId account)
      : parts_(parts), attempt_(std::move(attempt)), account_(std::move(account)) {}
  Identity::Parts& parts_;
  Attempt attempt_;
  AccountId account_;
};

Attempt attempt_of(Identity::Parts& parts, const net::Request& request, const std::string& login,
                   const AccountId& account) {
  return {.address = address_block(client_address(request)),
          .account = login.size() <= kLongestKey ? login : digest_of(login),
          .device = account.empty() ? "" : known_device(parts.keys.device, account, request)};
}

Status check_door(Identity::Parts& parts, const net::Request& request) {
  TRY_STATUS(check_private(request));
  TRY_STATUS(check_json(request));
  return check_same_site(request, parts.options.public_url());
}

Result<std::optional<Account>> find_account(Identity::Parts& parts, const std::string& login) {
  return parts.read([&](store::Reader& reader) -> Result<std::optional<Account>> {
    return records::account_of_login(reader, login);
  });
}

// The text that proves the password; empty when there is none, or it got lost.
std::string stored_password(Identity::Parts& parts, const std::optional<Account>& account) {
  if (!account || account->password.empty()) return {};
  return parts.secrets.find(account->password).value_or("");
}

// What a second code proves; both empty when the account has no second factor.
struct Proof {
  std::optional<std::int64_t> step = {};
  std::optional<std::string> recovery = {};
};

Result<Proof> prove_code(Identity::Parts& parts, const Account& account, std::string_view typed) {
  if (account.second_factor.empty()) return Proof{};
  std::string code = lower_ascii(typed);
  std::erase_if(code, [](char c) { return c == ' ' || c == '-'; });
  if (code.empty()) return fail(ErrorCode::code_required, "a second factor is needed");
  if (code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; })) {
    const std::string sealed = TRY(parts.secrets.find(account.second_factor));
    const std::string secret = TRY(parts.keys.sealing.open(sealed, account.id.text()));
    const auto step =
        crypto::matching_step(as_bytes(secret), code, parts.clock.wall(), account.last_code_step);
    if (!step) return fail(ErrorCode::unauthenticated, "this code is wrong, used or too old");
    return Proof{.step = step};
  }
  const std::string hash = digest_of(code);
  const bool known = TRY(parts.read([&](store::Reader& reader) -> Result<bool> {
    return records::has_recovery_code(reader, account.id, hash);
  }));
  if (!known) return fail(ErrorCode::unauthenticated, "this code is wrong, used or too old");
  return Proof{.recovery = hash};
}

Result<SignedIn> open_session(Identity::Parts& parts, const Account& account, OpenSession command,
                              const net::Request& request) {
  const std::string secret = draw_secret(parts.random);
  command.hash = digest_of(secret);
  command.session.id = parts.new_id<SessionId>();
  command.session.account = account.id;
  command.session.address = client_address(request);
  command.session.agent = user_agent(request);
  const SessionId id = command.session.id;
  const Method method = command.session.method;
  const bool secure = is_secure(request);
  TRY_STATUS(parts.record(on_store(std::move(command))));

  SignedIn done;
  done.visitor.method = method;
  TRY_STATUS(parts.read([&](store::Reader& reader) -> Status {
    done.visitor.session = TRY(records::session_of_hash(reader, digest_of(secret)));
    done.visitor.account = TRY(records::account(reader, account.id));
    return {};
  }));
  if (!done.visitor.session || !done.visitor.account)
    return fail(ErrorCode::unauthenticated, "this session was ended at once");
  done.visitor.subject = subject_of(*done.visitor.account, id.text());
  done.visitor.csrf = csrf_of(secret);
  const long life = std::chrono::duration_cast<std::chrono::seconds>(kSessionLife).count();
  done.cookies.push_back({"set-cookie", set_cookie("nocturn", secure, secret, life)});
  done.cookies.push_back(device_cookie(parts.keys.device, account.id, request, parts.random));
  return done;
}

}  // namespace

Result<SignedIn> sign_in(Identity::Parts& parts, const Credentials& credentials,
                         const net::Request& request) {
  TRY_STATUS(check_door(parts, request));
  const std::string login = lower_ascii(trim(credentials.login));
  const auto account = TRY(find_account(parts, login));
  const AccountId id = account ? account->id : AccountId();
  Try attempt = TRY(Try::begin(parts, attempt_of(parts, request, login, id), id));

  const auto right =
      parts.gate.verify(credentials.password, stored_password(parts, account), attempt.guest());
  if (!right) {
    attempt.forgive();
    return std::unexpected(right.error());
  }
  if (!*right || !account || account->disabled || account->kind == AccountKind::service) {
    attempt.failed("password");
    return fail(ErrorCode::unauthenticated, "{}", kWrongSignIn);
  }
  const auto proof = prove_code(parts, *account, credentials.code);
  if (!proof) {
    if (proof.error().code == ErrorCode::unauthenticated) {
      attempt.failed("code");
    } else {
      attempt.forgive();
    }
    return std::unexpected(proof.error());
  }
  OpenSession command{.session = {},
                      .hash = {},
                      .password = account->password,
                      .step = proof->step,
                      .recovery = proof->recovery};
  command.session.method = proof->recovery ? Method::recovery_code : Method::password;
  const bool coded = command.step || command.recovery;
  auto done = open_session(parts, *account, std::move(command), request);
  if (!done && done.error().code == ErrorCode::unauthenticated) {
    attempt.failed(coded ? "code" : "password");  // which somebody else used or changed meanwhile
  } else {
    attempt.forgive();
  }
  return done;
}

Result<InvitationFacts> invitation_facts(Identity::Parts& parts, const std::string& token) {
  return parts.read([&](store::Reader& reader) -> Result<InvitationFacts> {
    const auto found =
        TRY(records::invitation_of_hash(reader, digest_of(token), parts.clock.wall()));
    if (!found) return fail(ErrorCode::not_found, "{}", kLinkGone);
    InvitationFacts facts{.invitation = *found, .login = {}, .name = {}};
    if (found->account.empty()) return facts;
    const auto account = TRY(records::account(reader, found->account));
    if (!account) return facts;
    facts.login = account->login;
    if (const auto person = TRY(records::person(reader, account->person)))
      facts.name = person->name;
    return facts;
  });
}

Result<SignedIn> accept_invitation(Identity::Parts& parts, const std::string& token,
                                   const Acceptance& acceptance, const net::Request& request) {
  TRY_STATUS(check_door(parts, request));
  const InvitationFacts facts = TRY(invitation_facts(parts, token));
  const bool first = facts.invitation.kind == InvitationKind::first;
  const std::string login = first ? TRY(spell_login(acceptance.login)) : facts.login;
  const std::string name = first ? TRY(spell_line("the name", acceptance.name)) : facts.name;
  TRY_STATUS(about("password", check_password(acceptance.password, login, name, "")));

  Proof proof;
  if (!first) {
    const auto account = TRY(find_account(parts, login));
    if (!account) return fail(ErrorCode::not_found, "this link's account is gone");
    // Whoever guesses at the login must not keep its owner from following the link, so codes typed
    // here are counted by themselves.
    Attempt here = attempt_of(parts, request, login, account->id);
    here.device = "link " + facts.invitation.id.text();
    Try attempt = TRY(Try::begin(parts, std::move(here), account->id));
    auto proved = prove_code(parts, *account, acceptance.code);
    if (!proved && proved.error().code == ErrorCode::unauthenticated) {
      attempt.failed("code");
      return std::unexpected(proved.error());
    }
    attempt.forgive();
    proof = TRY(std::move(proved));
  }
  const SecretId password = TRY(parts.secrets.keep(TRY(parts.gate.hash(acceptance.password))));
  TRY_STATUS(parts.record(on_store(AcceptInvitation{.hash = digest_of(token),
                                                    .password = password,
                                                    .person = parts.new_id<PersonId>(),
                                                    .account = parts.new_id<AccountId>(),
                                                    .login = login,
                                                    .name = name})));
  const auto account = TRY(find_account(parts, login));
  if (!account) return fail(ErrorCode::conflict, "the account was removed at once");
  OpenSession command{.session = {},
                      .hash = {},
                      .password = password,
                      .step = proof.step,
                      .recovery = proof.recovery};
  command.session.method = proof.recovery ? Method::recovery_code : Method::password;
  return open_session(parts, *account, std::move(command), request);
}

Result<SignedIn> sign_in_vouched(Identity::Parts& parts, const AccountId& account,
                                 const net::Request& request) {
  TRY_STATUS(check_private(request));
  const auto found = TRY(parts.read([&](store::Reader& reader) -> Result<std::optional<Account>> {
    return records::account(reader, account);
  }));
  if (!found || found->removed_at) return fail(ErrorCode::unauthenticated, "{}", kWrongSignIn);
  OpenSession command{
      .session = {}, .hash = {}, .password = {}, .step = {}, .recovery = {}, .vouched = true};
  command.session.method = Method::oidc;
  return open_session(parts, *found, std::move(command), request);
}

Status prove_password(Identity::Parts& parts, const Account& account, const std::string& password,
                      const net::Request& request) {
  Try attempt =
      TRY(Try::begin(parts, attempt_of(parts, request, account.login, account.id), account.id));
  const auto right =
      parts.gate.verify(password, stored_password(parts, account), PasswordGate::Guest::known);
  if (right && !*right) {
    attempt.failed("password");
    return fail(ErrorCode::forbidden, "the password is wrong");
  }
  attempt.forgive();
  if (!right) return std::unexpected(right.error());
  return {};
}

net::Header forget_session_cookie(const net::Request& request) {
  return {"set-cookie", set_cookie("nocturn", is_secure(request), "", 0)};
}

}  // namespace nocturn::identity
