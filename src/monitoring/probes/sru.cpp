#include "base/text.h"
#include "monitoring/probes/http_dialogue.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/sru_answer.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::string_view kFamilies[] = {"any", "4", "6"};
constexpr std::string_view kVersions[] = {"1.1", "1.2", "2.0"};

constexpr OptionSpec kOptions[] = {
    {.name = "url",
     .type = OptionType::url,
     .required = true,
     .sentence = "Address of the database, without the search: http://host:port/database."},
    {.name = "query",
     .type = OptionType::text,
     .required = true,
     .sentence = "Search in CQL, for example dc.title=computer."},
    {.name = "min_hits",
     .type = OptionType::integer,
     .default_text = "1",
     .sentence = "Fewest hits that pass; a half-loaded index finds less and says nothing.",
     .lowest = 0},
    {.name = "version",
     .type = OptionType::text,
     .default_text = "1.1",
     .sentence = "Version of the protocol.",
     .choices = kVersions},
    {.name = "schema",
     .type = OptionType::text,
     .sentence = "Schema of the first record, for example marcxml; left out: the server's choice."},
    {.name = "record_contains",
     .type = OptionType::text,
     .sentence = "Text that must stand in the first record, in its text or its markup."},
    {.name = "user", .type = OptionType::text, .sentence = "User name (HTTP Basic)."},
    {.name = "password", .type = OptionType::secret, .sentence = "Password (HTTP Basic)."},
    {.name = "ca_file",
     .type = OptionType::text,
     .sentence = "Certificates (PEM) to trust besides the system's, for https."},
    {.name = "ip_family",
     .type = OptionType::text,
     .default_text = "any",
     .sentence = "Which of the name's addresses to use; one probe uses one address.",
     .choices = kFamilies},
};

class SruProbe final : public HttpDialogue {
 public:
  using HttpDialogue::HttpDialogue;

 private:
  void begin(const inventory::Options& options) override {
    least_hits_ = integer_option(options, "min_hits", 1);
    expected_ = text_option(options, "record_contains");
    const std::string search =
        sru::query_string({.version = std::string(text_option(options, "version", "1.1")),
                           .query = std::string(text_option(options, "query")),
                           .schema = std::string(text_option(options, "schema"))});
    const std::string base(text_option(options, "url"));
    auto url = net::parse_url(base + (base.find('?') == base.npos ? '?' : '&') + search);
    if (!url) return cannot_tell(url.error().text());
    Fetch wanted;
    wanted.request.url = std::move(*url);
    wanted.family = family_option(options);
    wanted.tls.ca_file = text_option(options, "ca_file");
    wanted.redirects = 3;
    if (const auto user = text_option(options, "user"); !user.empty()) {
      const auto password = read_secret(section_option(options, "password"), world());
      if (!password) return cannot_tell(password.error().text());
      wanted.request.headers.push_back(
          {"Authorization", "Basic " + to_base64(as_bytes(fmt::format("{}:{}", user, *password)))});
    }
    fetch(std::move(wanted));
  }

  void on_response(net::ClientResponse& response) override {
    if (response.status != 200) return fail(fmt::format("HTTP status {}", response.status));
    if (response.body_cut) return fail("the answer is larger than 1 MiB");
    const auto answer = sru::parse_answer(response.body);
    if (!answer) return fail(answer.error().text());
    if (answer->hits) {
      note(fmt::format("< {} hits", *answer->hits));
      metric("hits", static_cast<double>(*answer->hits));
    }
    const std::string objection = objection_to(*answer);
    if (!objection.empty()) return fail(objection);
    pass();
  }

  // What is wrong with it, in one line; empty when nothing is.
  std::string objection_to(const sru::Answer& answer) const {
    if (answer.diagnostic) return answer.diagnostic->text();
    if (!answer.hits) return "the answer does not say how many records were found";
    if (*answer.hits < least_hits_) {
      return fmt::format("{} hits, at least {} expected", *answer.hits, least_hits_);
    }
    if (answer.first && answer.first->diagnostic) {
      return "no record: " + answer.first->diagnostic->text();
    }
    if (*answer.hits > 0 && !answer.first) return "hits, but no record";
    if (!expected_.empty() && !(answer.first && answer.first->contains(expected_))) {
      return fmt::format("the first record does not contain \"{}\"", expected_);
    }
    return {};
  }

  std::int64_t least_hits_ = 1;
  std::string expected_;
};

}  // namespace

ProbeKind sru_kind() {
  return {.spec = {.name = "sru",
                   .sentence = "An SRU search finds enough, and its first record is as expected.",
                   .example = R"({sru: {url: "http://catalog.example.org:210/main", )"
                              R"(query: "dc.title=computer", schema: marcxml}})",
                   .options = kOptions,
                   .default_layer = "transaction"},
          .start = &Dialogue::start<SruProbe>};
}

}  // namespace nocturn::monitoring
