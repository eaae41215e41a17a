#include "identity/oidc.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "crypto/jws.h"
#include "identity/request_facts.h"

namespace nocturn::identity {
namespace {

constexpr Micros kStartTime = std::chrono::seconds(5);
constexpr Micros kFinishTime = std::chrono::seconds(10);
// Each holds one of the hub's few workers while a provider thinks.
constexpr int kMostExchanges = 2;
constexpr std::size_t kLargestTokens = 256 * 1024;
constexpr std::size_t kLongestCode = 4096;
constexpr std::size_t kLongestReturn = 512;
constexpr std::string_view kConsole = "/console/";

std::unexpected<OidcRefusal> refuse(OidcProblem problem, Error error) {
  return std::unexpected(OidcRefusal{problem, std::move(error)});
}
std::unexpected<OidcRefusal> refuse(OidcProblem problem, ErrorCode code, std::string message) {
  return refuse(problem, Error{code, std::move(message), {}});
}

// What an error of an exchange means to the one who waits.
OidcProblem problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::unavailable:
    case ErrorCode::timeout: return OidcProblem::provider_unavailable;
    case ErrorCode::unauthenticated: return OidcProblem::refused;
    default: return OidcProblem::provider_wrong;
  }
}

// A place among the exchanges that may run at once, or none.
class Slot {
 public:
  explicit Slot(std::atomic<int>& taken) : taken_(taken), free_(++taken <= kMostExchanges) {}
  ~Slot() { --taken_; }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  bool free() const { return free_; }

 private:
  std::atomic<int>& taken_;
  bool free_;
};

const OidcProvider* find_provider(const OidcSettings& settings, std::string_view id) {
  const auto found = std::ranges::find(settings.providers, id, &OidcProvider::id);
  return found == settings.providers.end() ? nullptr : &*found;
}

std::string form(const std::vector<std::pair<std::string_view, std::string_view>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, escape_url(value));
  return text;
}

std::string callback_url(const OidcSettings& settings, std::string_view provider) {
  return fmt::format("{}/api/v1/session/oidc/{}/callback", settings.hub_url, provider);
}

std::string text_member(const JsonObject& object, const char* name) {
  const Json* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

// An error code of OAuth (RFC 6749, section 4.1.2.1): shown to operators, so only its own letters.
std::string error_name(std::string_view text) {
  const bool plain = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  });
  return plain ? std::string(text) : "an error that it does not name";
}

bool is_of_domains(const OidcPerson& person, const std::vector<std::string>& domains) {
  if (domains.empty()) return true;
  const std::size_t at = person.email.rfind('@');
  if (at == std::string::npos || !person.email_verified) return false;
  const std::string domain = lower_ascii(person.email.substr(at + 1));
  return std::ranges::any_of(
      domains, [&](const std::string& allowed) { return lower_ascii(allowed) == domain; });
}

}  // namespace

std::string_view name_of(OidcProblem problem) {
  switch (problem) {
    case OidcProblem::unknown_provider: return "unknown_provider";
    case OidcProblem::provider_unavailable: return "provider_unavailable";
    case OidcProblem::provider_wrong: return "provider_wrong";
    case OidcProblem::expired: return "expired";
    case OidcProblem::refused: return "refused";
    case OidcProblem::not_allowed: return "not_allowed";
    case OidcProblem::no_account: return "no_account";
    case OidcProblem::busy: return "busy";
    case OidcProblem::not_recorded: return "not_recorded";
  }
  return "provider_wrong";
}

OidcProblem problem_behind(const Error& not_let_in) {
  switch (not_let_in.code) {
    case ErrorCode::not_found:
    case ErrorCode::forbidden:
    case ErrorCode::unauthenticated: return OidcProblem::no_account;
    default: return OidcProblem::not_recorded;
  }
}

std::string console_path(std::string_view text) {
  const bool inside = text == "/console" || text.starts_with(kConsole);
  const bool plain = text.size() <= kLongestReturn && std::ranges::all_of(text, [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') ||
                              std::string_view("-._~/?=&%+,:@#").contains(c);
                     });
  const bool leaves = text.contains("//") || text.contains("..");
  return std::string(inside && plain && !leaves ? text : kConsole);
}

// One sign-in on its way from the provider's answer to a person.
struct OidcSignIn::Exchange {
  const OidcSettings& settings;
  const OidcProvider& provider;
  const OidcMetadata& metadata;
  const PendingSignIns::SignIn& sign_in;
  const Deadline& deadline;
};

OidcSignIn::OidcSignIn(Settings settings, Fetch fetch, const Clock& clock, Random& random)
    : settings_(std::move(settings)),
      fetch_(fetch),
      clock_(clock),
      publications_(clock, std::move(fetch)),
      pending_(clock, random) {}

// The prefix makes browsers refuse the cookie from anybody but this very host (RFC 6265bis).
std::string_view OidcSignIn::cookie_name() const {
  return settings_()->hub_url.starts_with("https://") ? "__Host-nocturn-sign-in"
                                                      : "nocturn-sign-in";
}

std::string OidcSignIn::cookie(std::string_view value, Micros age) const {
  const std::string_view name = cookie_name();
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", name, value,
                     std::chrono::duration_cast<std::chrono::seconds>(age).count(),
                     name.starts_with("__Host-") ? "; Secure" : "");
}

std::string OidcSignIn::end_cookie() const { return cookie("", Micros(0)); }

std::expected<OidcSignIn::Started, OidcRefusal> OidcSignIn::start(std::string_view provider_id,
                                                                  std::string_view return_to) {
  const OidcSettingsPtr settings = settings_();
  const OidcProvider* provider = find_provider(*settings, provider_id);
  if (provider == nullptr)
    return refuse(OidcProblem::unknown_provider, ErrorCode::not_found,
                  "no sign-in provider of that name");
  const Slot slot(exchanges_);
  if (!slot.free())
    return refuse(OidcProblem::busy, ErrorCode::limited, "too many sign-ins are waiting");
  const auto metadata = publications_.metadata(*provider, Deadline(clock_, kStartTime));
  if (!metadata) return refuse(problem_of(metadata.error()), metadata.error());

  const auto begun = pending_.begin(provider->id, console_path(return_to));
  const std::string& endpoint = (*metadata)->authorization_endpoint;
  const std::string query = form({{"response_type", "code"},
                                  {"client_id", provider->client_id},
                                  {"redirect_uri", callback_url(*settings, provider->id)},
                                  {"scope", "openid profile email"},
                                  {"state", begun.sign_in.state},
                                  {"nonce", begun.sign_in.nonce},
                                  {"code_challenge", begun.sign_in.code_challenge},
                                  {"code_challenge_method", "S256"}});
  return Started{fmt::format("{}{}{}", endpoint, endpoint.contains('?') ? '&' : '?', query),
                 cookie(begun.cookie, kSignInTime)};
}

std::expected<OidcSignIn::Finished, OidcRefusal> OidcSignIn::finish(std::string_view provider_id,
                                                                    const net::Request& request) {
  const OidcSettingsPtr settings = settings_();
  const OidcProvider* provider = find_provider(*settings, provider_id);
  if (provider == nullptr)
    return refuse(OidcProblem::unknown_provider, ErrorCode::not_found,
                  "no sign-in provider of that name");
  const auto sign_in = pending_.take(identity::cookie(request, cookie_name()), provider_id,
                                     request.parameter("state"));
  if (!sign_in) return refuse(OidcProblem::expired, sign_in.error());
  const Slot slot(exchanges_);
  if (!slot.free())
    return refuse(OidcProblem::busy, ErrorCode::limited, "too many sign-ins are waiting");
  const Deadline deadline(clock_, kFinishTime);
  const auto metadata = publications_.metadata(*provider, deadline);
  if (!metadata) return refuse(problem_of(metadata.error()), metadata.error());

  // RFC 9207, section 2.4: an answer of another provider is not even looked at.
  const std::string_view issuer = request.parameter("iss");
  if (issuer.empty() ? (*metadata)->tells_issuer : issuer != provider->issuer)
    return refuse(OidcProblem::provider_wrong, ErrorCode::forbidden,
                  "the answer is of another issuer");
  if (const std::string_view error = request.parameter("error"); !error.empty())
    return refuse(OidcProblem::refused, ErrorCode::unauthenticated,
                  fmt::format("{} says {}", provider->id, error_name(error)));
  const std::string_view code = request.parameter("code");
  if (code.empty() || code.size() > kLongestCode)
    return refuse(OidcProblem::provider_wrong, ErrorCode::invalid, "the answer has no code");

  const Exchange exchange{*settings, *provider, **metadata, *sign_in, deadline};
  const auto tokens = fetch_token(exchange, code);
  if (!tokens) return refuse(problem_of(tokens.error()), about(provider->id, tokens.error()));
  auto person = identify(exchange, *tokens);
  if (!person) return refuse(problem_of(person.error()), about(provider->id, person.error()));
  if (!is_of_domains(*person, provider->domains))
    return refuse(OidcProblem::not_allowed, ErrorCode::forbidden,
                  fmt::format("{}: no verified address in an allowed domain", provider->id));
  // Whoever may write any address into a profile could else take the login of somebody else.
  if (provider->login_claim == "email" && !person->email_verified) person->login.clear();
  return Finished{{.provider = provider->id,
                   .issuer = provider->issuer,
                   .subject = std::move(person->subject),
                   .login = std::move(person->login),
                   .name = std::move(person->name),
                   .email = std::move(person->email),
                   .email_verified = person->email_verified},
                  sign_in->return_to};
}

// The token endpoint's answer (RFC 6749, section 4.1.3).
Result<std::string> OidcSignIn::fetch_token(const Exchange& exchange, std::string_view code) {
  const OidcProvider& provider = exchange.provider;
  const std::string redirect = callback_url(exchange.settings, provider.id);
  std::vector<std::pair<std::string_view, std::string_view>> fields = {
      {"grant_type", "authorization_code"},
      {"code", code},
      {"redirect_uri", redirect},
      {"code_verifier", exchange.sign_in.code_verifier}};
  net::FetchRequest request{.method = "POST",
                            .url = exchange.metadata.token_endpoint,
                            .headers = {{"content-type", "application/x-www-form-urlencoded"},
                                        {"accept", "application/json"}},
                            .deadline = exchange.deadline.left(),
                            .largest = kLargestTokens,
                            .ca_file = provider.ca_file};
  std::string secret;
  if (provider.client_secret) secret = TRY(about("client_secret", provider.client_secret()));
  if (secret.empty()) {
    fields.emplace_back("client_id", provider.client_id);
  } else if (exchange.metadata.takes_basic) {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    const std::string pair =
        fmt::format("{}:{}", escape_url(provider.client_id), escape_url(secret));
    request.headers.push_back({"authorization", "Basic " + to_base64(as_bytes(pair))});
  } else if (exchange.metadata.takes_post) {
    fields.emplace_back("client_id", provider.client_id);
    fields.emplace_back("client_secret", secret);
  } else {
    return fail(ErrorCode::unsupported, "the provider takes no client secret");
  }
  request.body = form(fields);
  auto answer = TRY(fetch_(request));
  if (answer.status == 200) return std::move(answer.body);
  if (answer.status >= 500)
    return fail(ErrorCode::unavailable, "the token endpoint answers with status {}", answer.status);
  const auto parsed = parse_json(answer.body);
  const JsonObject* object = parsed ? parsed->if_object() : nullptr;
  const std::string error = error_name(object == nullptr ? "" : text_member(*object, "error"));
  const auto kind = error == "invalid_grant" ? ErrorCode::unauthenticated : ErrorCode::unsupported;
  return fail(kind, "the token endpoint says {}", error);
}

// Who the tokens are about, after all the checks.
Result<OidcPerson> OidcSignIn::identify(const Exchange& exchange, std::string_view tokens) {
  const Json parsed = TRY(about("tokens", parse_json(tokens)));
  const JsonObject* object = parsed.if_object();
  if (object == nullptr || lower_ascii(text_member(*object, "token_type")) != "bearer")
    return fail(ErrorCode::invalid, "the token endpoint answers with no bearer token");
  const std::string id_token = text_member(*object, "id_token");
  const std::string& jwks_uri = exchange.metadata.jwks_uri;
  auto keys = TRY(publications_.keys(exchange.provider, jwks_uri, exchange.deadline));
  auto opened = crypto::open_jws(id_token, *keys);
  if (!opened && opened.error().code == ErrorCode::not_found) {
    keys = TRY(publications_.newer_keys(exchange.provider, jwks_uri, exchange.deadline));
    opened = crypto::open_jws(id_token, *keys);
  }
  const crypto::SignedMessage token = TRY(about("ID token", std::move(opened)));
  OidcPerson person = TRY(check_id_token(token, {.issuer = exchange.provider.issuer,
                                                 .client_id = exchange.provider.client_id,
                                                 .nonce = exchange.sign_in.nonce,
                                                 .login_claim = exchange.provider.login_claim,
                                                 .now = clock_.wall()}));
  TRY_STATUS(complete(exchange, text_member(*object, "access_token"), person));
  return person;
}

// Many providers keep the ID token small and tell the rest at the userinfo endpoint.
Status OidcSignIn::complete(const Exchange& exchange, const std::string& access_token,
                            OidcPerson& person) {
  const bool complete = !person.login.empty() && !person.name.empty() && !person.email.empty();
  const std::string& url = exchange.metadata.userinfo_endpoint;
  if (complete || url.empty() || access_token.empty()) return {};
  const auto answer = TRY(fetch_(
      {.url = url,
       .headers = {{"authorization", "Bearer " + access_token}, {"accept", "application/json"}},
       .deadline = exchange.deadline.left(),
       .largest = kLargestTokens,
       .ca_file = exchange.provider.ca_file}));
  if (answer.status != 200)
    return fail(ErrorCode::unavailable, "the userinfo endpoint answers with status {}",
                answer.status);
  OidcPerson told = TRY(parse_user_info(answer.body, exchange.provider.login_claim));
  // OpenID Connect Core, section 5.3.2: against an access token of somebody else.
  if (told.subject != person.subject)
    return fail(ErrorCode::forbidden, "the userinfo is about somebody else");
  if (person.login.empty()) person.login = std::move(told.login);
  if (person.name.empty()) person.name = std::move(told.name);
  if (person.email.empty()) {
    person.email = std::move(told.email);
    person.email_verified = told.email_verified;
  }
  return {};
}

}  // namespace nocturn::identity
