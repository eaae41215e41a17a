#include "identity/oidc/token.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace nocturn::identity {
namespace {

constexpr std::size_t kLongestSubject = 255;     // OpenID Connect Core, section 2
constexpr std::size_t kLongestClaim = 320;       // as the longest e-mail address
constexpr double kLastSecond = 253'402'300'799;  // of the year 9999

bool is_line(std::string_view text) {
  return is_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

Result<std::string> text_claim(const JsonObject& claims, std::string_view name,
                               std::size_t longest) {
  const Json* claim = claims.if_contains(name);
  if (claim == nullptr || claim->is_null()) return std::string();
  if (!claim->is_string()) return fail(ErrorCode::invalid, "the claim {} is no text", name);
  const std::string_view text = trim(claim->get_string());
  if (text.size() > longest || !is_line(text))
    return fail(ErrorCode::invalid, "the claim {} is too long or no line of text", name);
  return std::string(text);
}

// Some providers write booleans as text.
bool true_claim(const JsonObject& claims, std::string_view name) {
  const Json* claim = claims.if_contains(name);
  if (claim == nullptr) return false;
  return claim->is_bool() ? claim->get_bool() : claim->is_string() && claim->get_string() == "true";
}

// A NumericDate (RFC 7519, section 2); nothing when the claim is not there.
Result<std::optional<WallTime>> time_claim(const JsonObject& claims, std::string_view name) {
  const Json* claim = claims.if_contains(name);
  if (claim == nullptr) return std::nullopt;
  if (!claim->is_number()) return fail(ErrorCode::invalid, "the claim {} is no number", name);
  const double seconds = claim->to_number<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLastSecond)
    return fail(ErrorCode::invalid, "the claim {} is no time", name);
  return WallTime(Micros(static_cast<std::int64_t>(seconds * 1e6)));
}

Result<OidcPerson> read_person(const JsonObject& claims, std::string_view login_claim) {
  OidcPerson person;
  person.subject = TRY(text_claim(claims, "sub", kLongestSubject));
  if (person.subject.empty()) return fail(ErrorCode::invalid, "it names no subject");
  person.login = TRY(text_claim(claims, login_claim, kLongestClaim));
  person.name = TRY(text_claim(claims, "name", kLongestClaim));
  person.email = TRY(text_claim(claims, "email", kLongestClaim));
  person.email_verified = true_claim(claims, "email_verified");
  return person;
}

Status check_audience(const JsonObject& claims, std::string_view client_id) {
  const auto is_ours = [&](const Json& audience) {
    return audience.is_string() && audience.get_string() == client_id;
  };
  const Json* audience = claims.if_contains("aud");
  const JsonArray* list = audience == nullptr ? nullptr : audience->if_array();
  const bool ours = list != nullptr ? std::ranges::any_of(*list, is_ours)
                                    : audience != nullptr && is_ours(*audience);
  if (!ours) return fail(ErrorCode::forbidden, "the ID token is for another client");
  const Json* party = claims.if_contains("azp");
  if (party == nullptr && list != nullptr && list->size() > 1)
    return fail(ErrorCode::forbidden, "the ID token is for several clients and names none");
  if (party != nullptr && !is_ours(*party))
    return fail(ErrorCode::forbidden, "the ID token was issued to another client");
  return {};
}

Status check_times(const JsonObject& claims, WallTime now) {
  const auto expires = TRY(time_claim(claims, "exp"));
  const auto issued = TRY(time_claim(claims, "iat"));
  const auto not_before = TRY(time_claim(claims, "nbf"));
  if (!expires || !issued) return fail(ErrorCode::invalid, "the ID token does not say its times");
  if (*expires <= now - kClockSkew) return fail(ErrorCode::forbidden, "the ID token is expired");
  if (*issued < now - 2 * kClockSkew) return fail(ErrorCode::forbidden, "the ID token is too old");
  if (*issued > now + kClockSkew || (not_before && *not_before > now + kClockSkew))
    return fail(ErrorCode::forbidden, "the ID token is of the future; are the clocks right?");
  return {};
}

}  // namespace

Result<OidcPerson> check_id_token(const crypto::SignedMessage& token,
                                  const IdTokenExpectation& expected) {
  // RFC 8725 section 3.11: tokens of other kinds are signed with the same keys.
  const std::string type = lower_ascii(token.type);
  if (!type.empty() && type != "jwt" && type != "application/jwt")
    return fail(ErrorCode::invalid, "a token of type {} is no ID token", token.type.substr(0, 40));
  const Json parsed = TRY(parse_json(token.payload));
  const JsonObject* claims = parsed.if_object();
  if (claims == nullptr) return fail(ErrorCode::invalid, "the ID token is no object");
  const auto says = [&](const char* name, std::string_view wanted) {
    const Json* claim = claims->if_contains(name);
    return claim != nullptr && claim->is_string() && !wanted.empty() &&
           crypto::equal_in_constant_time(as_bytes(claim->get_string()), as_bytes(wanted));
  };
  if (!says("iss", expected.issuer))
    return fail(ErrorCode::forbidden, "the ID token is of another issuer");
  TRY_STATUS(check_audience(*claims, expected.client_id));
  TRY_STATUS(check_times(*claims, expected.now));
  if (!says("nonce", expected.nonce))
    return fail(ErrorCode::forbidden, "the ID token is of another sign-in");
  return read_person(*claims, expected.login_claim);
}

Result<OidcPerson> parse_user_info(std::string_view json, std::string_view login_claim) {
  const Json parsed = TRY(parse_json(json));
  const JsonObject* claims = parsed.if_object();
  if (claims == nullptr) return fail(ErrorCode::invalid, "the userinfo is no object");
  return read_person(*claims, login_claim);
}

}  // namespace nocturn::identity
