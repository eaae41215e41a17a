#include "identity/oidc/pending.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/base64url.h"
#include "base/json.h"
#include "crypto/sha256.h"

namespace nocturn::identity {
namespace {

// An attacker who ends more sign-ins than this within kSignInTime makes us forget the oldest; the
// provider's own refusal to take a code twice still stands then.
constexpr std::size_t kMostTaken = 10'000;

std::int64_t microseconds(WallTime time) { return time.time_since_epoch().count(); }

// Whether a member is there and is text, as it is in cookies that we wrote.
std::string text_of(const JsonObject& object, const char* name) {
  const Json* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

}  // namespace

std::string code_challenge_of(std::string_view code_verifier) {
  return to_base64url(crypto::sha256(code_verifier));
}

PendingSignIns::PendingSignIns(const Clock& clock, Random& random)
    : clock_(clock), random_(random) {
  random_.fill(key_);
}

std::string PendingSignIns::derive(std::string_view purpose, const Seed& seed) const {
  return to_base64url(crypto::hmac_sha256(key_, fmt::format("{}\n{}", purpose, as_text(seed))));
}

PendingSignIns::SignIn PendingSignIns::sign_in(std::string provider, std::string return_to,
                                               const Seed& seed) const {
  SignIn made{.provider = std::move(provider),
              .return_to = std::move(return_to),
              .state = derive("state", seed),
              .nonce = derive("nonce", seed),
              .code_verifier = derive("verifier", seed),
              .code_challenge = {}};
  made.code_challenge = code_challenge_of(made.code_verifier);
  return made;
}

PendingSignIns::Begun PendingSignIns::begin(std::string_view provider, std::string_view return_to) {
  Seed seed;
  random_.fill(seed);
  const std::string body = to_base64url(
      as_bytes(boost::json::serialize(JsonObject{{"provider", provider},
                                                 {"return_to", return_to},
                                                 {"began", microseconds(clock_.wall())},
                                                 {"seed", to_base64url(seed)}})));
  const auto seal = crypto::hmac_sha256(key_, "cookie\n" + body);
  return {sign_in(std::string(provider), std::string(return_to), seed),
          fmt::format("{}.{}", body, to_base64url(seal))};
}

Result<PendingSignIns::SignIn> PendingSignIns::take(std::string_view cookie,
                                                    std::string_view provider,
                                                    std::string_view state) {
  const auto strange = [] { return fail(ErrorCode::forbidden, "no sign-in is under way here"); };
  const std::size_t dot = cookie.find('.');
  if (dot == std::string_view::npos) return strange();
  const std::string_view body = cookie.substr(0, dot);
  const auto seal = from_base64url(cookie.substr(dot + 1));
  const auto wanted = crypto::hmac_sha256(key_, fmt::format("cookie\n{}", body));
  if (!seal || !crypto::equal_in_constant_time(*seal, wanted)) return strange();

  // What follows is as we wrote it.
  const Bytes text = TRY(from_base64url(body));
  const Json parsed = TRY(parse_json(as_text(text)));
  const JsonObject& held = parsed.as_object();
  const WallTime began{Micros(held.at("began").as_int64())};
  const Bytes seed_bytes = TRY(from_base64url(text_of(held, "seed")));
  Seed seed{};
  CHECK(seed_bytes.size() == seed.size());
  std::ranges::copy(seed_bytes, seed.begin());
  const Micros age = clock_.wall() - began;
  if (age > kSignInTime || age < -kSignInTime)
    return fail(ErrorCode::forbidden, "the sign-in took longer than {}", to_text(kSignInTime));
  SignIn found = sign_in(text_of(held, "provider"), text_of(held, "return_to"), seed);
  if (found.provider != provider)
    return fail(ErrorCode::forbidden, "the sign-in under way is at another provider");
  if (!crypto::equal_in_constant_time(as_bytes(found.state), as_bytes(state)))
    return fail(ErrorCode::forbidden, "the answer is to another sign-in");
  TRY_STATUS(mark_taken(seed));
  return found;
}

Status PendingSignIns::mark_taken(const Seed& seed) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  std::erase_if(taken_, [&](const auto& entry) { return entry.second < now; });
  if (taken_.contains(seed)) return fail(ErrorCode::forbidden, "the sign-in has ended already");
  if (taken_.size() >= kMostTaken)
    taken_.erase(std::ranges::min_element(taken_, {}, &std::pair<const Seed, SteadyTime>::second));
  taken_.emplace(seed, now + 2 * kSignInTime);
  return {};
}

}  // namespace nocturn::identity
