#include "base/text.h"
#include "monitoring/probes/http_dialogue.h"
#include "monitoring/probes/http_expectation.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/tls_options.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE"};
constexpr std::int64_t kBodyLimit = 1024 * 1024;
constexpr std::int64_t kHighestBodyLimit = 16 * 1024 * 1024;

constexpr OptionSpec kBasicAuth[] = {
    {.name = "user", .type = OptionType::text, .required = true, .sentence = "The user's name."},
    {.name = "password",
     .type = OptionType::secret,
     .required = true,
     .sentence = "The password: {file: …}, {env: …} or {credential: …}."},
};

std::span<const OptionSpec> options() {
  static const OptionSpec all[] = {
      {.name = "url",
       .type = OptionType::url,
       .required = true,
       .sentence = "What to fetch, with http:// or https://."},
      {.name = "method",
       .type = OptionType::text,
       .default_text = "GET",
       .sentence = "The request's method.",
       .choices = kMethods},
      {.name = "headers",
       .type = OptionType::text_map,
       .sentence = "Headers to send, by name; Host is the URL's unless given here."},
      {.name = "body", .type = OptionType::text, .sentence = "The request's body."},
      {.name = "basic_auth",
       .type = OptionType::section,
       .sentence = "User and password (RFC 7617); never sent on to another host by a redirect.",
       .section = kBasicAuth},
      {.name = "bearer",
       .type = OptionType::secret,
       .sentence = "A token to send instead (RFC 6750), as {file: …}, {env: …} or {credential: …}; "
                   "never sent on to another host, either."},
      {.name = "follow_redirects",
       .type = OptionType::integer,
       .default_text = "5",
       .sentence = "How many redirects to follow; one with an expected status is not followed.",
       .lowest = 0,
       .highest = 10},
      {.name = "expect",
       .type = OptionType::section,
       .sentence = "What the answer must look like.",
       .section = HttpExpectation::specs()},
      kServerNameOption,
      kTlsVerifyOption,
      kCaFileOption,
      kFamilyOption,
      {.name = "max_body",
       .type = OptionType::size,
       .default_text = "1MiB",
       .sentence = "How much of the (decoded) body is read and looked at, up to 16MiB.",
       .lowest = 0,
       .highest = kHighestBodyLimit},
  };
  return all;
}

class HttpProbe final : public HttpDialogue {
 public:
  using HttpDialogue::HttpDialogue;

 private:
  void begin(const inventory::Options& options) override {
    auto prepared = prepare(options);
    // A check that cannot be carried out says nothing about the server.
    if (!prepared) return cannot_tell(prepared.error().text());
    fetch(std::move(*prepared));
  }

  Result<Fetch> prepare(const inventory::Options& options) {
    Fetch fetch;
    fetch.request.url = TRY(net::parse_url(text_option(options, "url")));
    fetch.request.method = text_option(options, "method", "GET");
    fetch.request.body = text_option(options, "body");
    for (const auto& [name, option] : section_option(options, "headers")) {
      const auto* value = std::get_if<std::string>(&option.value);
      if (value == nullptr || !net::is_header(name, *value)) {
        return nocturn::fail(ErrorCode::invalid, "\"{}\" cannot be sent as a header", name);
      }
      fetch.request.headers.push_back({name, *value});
    }
    if (const auto& auth = section_option(options, "basic_auth"); !auth.empty()) {
      const auto password = TRY(read_secret(section_option(auth, "password"), world()));
      const auto pair = fmt::format("{}:{}", text_option(auth, "user"), password);
      fetch.request.headers.push_back({"Authorization", "Basic " + to_base64(as_bytes(pair))});
    }
    if (has_option(options, "bearer")) {
      const auto token = TRY(read_secret(section_option(options, "bearer"), world()));
      fetch.request.headers.push_back({"Authorization", "Bearer " + token});
    }
    fetch.family = family_option(options);
    fetch.tls = tls_options(options, "");
    fetch.redirects = static_cast<int>(integer_option(options, "follow_redirects", 5));
    const auto limit = integer_option(options, "max_body", kBodyLimit);
    fetch.body_limit =
        static_cast<std::size_t>(std::clamp<std::int64_t>(limit, 0, kHighestBodyLimit));
    expectation_ = TRY(HttpExpectation::make(section_option(options, "expect")));
    return fetch;
  }

  bool is_wanted_redirect(const net::ClientResponse& response) override {
    return expectation_.wants_status(response.status);
  }

  void on_response(net::ClientResponse& response) override {
    metric("size", static_cast<double>(response.body.size()), "B");
    auto objection = expectation_.objection(response, world().loop.clock().wall());
    if (objection.empty()) objection = certificate_objection();
    if (objection.empty()) return pass();
    if (!response.body_coded && !response.body.empty()) {
      note("< " + response.body.substr(0, 250));
    }
    fail(std::move(objection));
  }

  std::string certificate_objection() {
    const double wanted = expectation_.certificate_days();
    if (wanted < 0) return {};
    const auto facts = tls_facts();
    if (!facts) return "no certificate: the answer did not come over TLS";
    return monitoring::certificate_objection(*facts, certificate_days(*facts), wanted);
  }

  HttpExpectation expectation_;
};

// What can be sent, and what can come back.
std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  for (const auto& [name, option] : section_option(options, "headers")) {
    const auto* value = std::get_if<std::string>(&option.value);
    const std::string known_name = lower_ascii(name);
    if (known_name == "authorization" || known_name == "proxy-authorization")
      objections.push_back(
          {"headers", fmt::format("has the header \"{}\"", name),
           "a secret never stands in the configuration; use basic_auth or bearer"});
    if (value == nullptr || net::is_header(name, *value)) continue;
    objections.push_back({"headers", fmt::format("has the header \"{}\"", name.substr(0, 80)),
                          "name it without spaces and colons, and write its value on one line"});
  }
  if (has_option(options, "bearer") && has_option(options, "basic_auth"))
    objections.push_back({"bearer", "stands beside basic_auth", "keep one of the two"});
  HttpExpectation::judge(section_option(options, "expect"), objections);
  return objections;
}

}  // namespace

ProbeKind http_kind() {
  return {.spec = {.name = "http",
                   .sentence = "A web page or an API answers, and the answer is right.",
                   .example = R"({http: {url: "http://127.0.0.1:8101/search?q=canary", )"
                              R"(expect: {status: 200, body_contains: "canary"}}})",
                   .options = options(),
                   .default_layer = "service",
                   .judge = &judge},
          .start = &Dialogue::start<HttpProbe>};
}

}  // namespace nocturn::monitoring
