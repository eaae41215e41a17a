#include "monitoring/probes/dialogue.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/z3950_answer.h"
#include "monitoring/probes/z3950_request.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::uint16_t kPort = 210;
constexpr std::string_view kFamilies[] = {"any", "4", "6"};
constexpr std::string_view kSyntaxes[] = {"usmarc", "unimarc", "danmarc", "normarc",
                                          "xml",    "sutrs",   "grs-1",   "opac"};

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host, port (210 when left out) and database: host:port/database."},
    {.name = "query",
     .type = OptionType::text,
     .required = true,
     .sentence = "Search in prefix notation (PQF), for example @attr 1=4 computer."},
    {.name = "min_hits",
     .type = OptionType::integer,
     .default_text = "1",
     .sentence = "Fewest hits that pass; a half-loaded index finds less and says nothing.",
     .lowest = 0},
    {.name = "record_syntax",
     .type = OptionType::text,
     .sentence = "Fetch the first record in this syntax, and fail when it comes in another.",
     .choices = kSyntaxes},
    {.name = "element_set",
     .type = OptionType::text,
     .sentence = "Element set name to fetch the record with, for example F or marcxml."},
    {.name = "present_contains",
     .type = OptionType::text,
     .sentence = "Text that must stand in the first record."},
    {.name = "user", .type = OptionType::text, .sentence = "User name for the sign-in at Init."},
    {.name = "password", .type = OptionType::secret, .sentence = "Password for the sign-in."},
    {.name = "tls",
     .type = OptionType::boolean,
     .default_text = "false",
     .sentence = "Speak under TLS from the start."},
    {.name = "ca_file",
     .type = OptionType::text,
     .sentence = "Certificates (PEM) to trust besides the system's."},
    {.name = "ip_family",
     .type = OptionType::text,
     .default_text = "any",
     .sentence = "Which of the name's addresses to use; one probe uses one address.",
     .choices = kFamilies},
};

// Init, Search, and Present when a record was asked for; each answer is looked at before the next
// request goes out.
class Z3950Probe final : public Dialogue {
 public:
  using Dialogue::Dialogue;

 private:
  void begin(const inventory::Options& options) override {
    const std::string_view target = text_option(options, "target");
    const auto slash = target.find('/');
    const auto host = net::parse_host_port(target.substr(0, slash), kPort);
    if (!host) return cannot_tell(host.error().text());
    const std::string database(slash == target.npos ? "Default" : target.substr(slash + 1));
    auto password = read_secret(section_option(options, "password"), world());
    if (!password) return cannot_tell(password.error().text());
    init_ = z3950::init_request({std::string(text_option(options, "user")), std::move(*password)});
    query_ = text_option(options, "query");
    auto search = z3950::search_request(database, query_);
    if (!search) return cannot_tell(search.error().text());
    search_ = std::move(*search);
    least_hits_ = integer_option(options, "min_hits", 1);
    syntax_ = text_option(options, "record_syntax");
    expected_ = text_option(options, "present_contains");
    if (!syntax_.empty() || !expected_.empty()) {
      auto present =
          z3950::present_request(syntax_, std::string(text_option(options, "element_set")));
      if (!present) return cannot_tell(present.error().text());
      present_ = std::move(*present);
    }
    std::optional<net::TlsOptions> tls;
    if (flag_option(options, "tls", false)) {
      tls = {.server_name = host->host, .ca_file = std::string(text_option(options, "ca_file"))};
    }
    open(*host, family_option(options), std::move(tls));
  }

  void on_open() override {
    note("> init");
    send(init_);
  }

  // A peer may not say more than it was asked: one message at a time.
  void on_bytes(std::string_view bytes) override {
    unread_.append(bytes);
    const auto length = z3950::message_length(unread_);
    if (!length) return fail("the answer is not Z39.50: " + length.error().text());
    if (*length == 0) return;
    const auto answer = z3950::decode(std::string_view(unread_).substr(0, *length));
    if (!answer) return fail(answer.error().text());
    unread_.erase(0, *length);
    std::visit([this](const auto& one) { hear(one); }, *answer);
  }

  void hear(const z3950::InitAnswer& answer) {
    note(fmt::format("< init {}: {}", answer.accepted ? "accepted" : "rejected",
                     answer.implementation));
    if (std::exchange(step_, Step::search) != Step::init) return fail("a second answer to init");
    if (!answer.accepted) return fail("the server rejected the session at init");
    note("> search " + query_);
    send(search_);
  }

  void hear(const z3950::SearchAnswer& answer) {
    note(fmt::format("< search: {} hits", answer.hits));
    if (std::exchange(step_, Step::present) != Step::search) return fail("a search nobody asked");
    if (answer.diagnostic) return fail(answer.diagnostic->text());
    if (!answer.succeeded) return fail("the search failed without a diagnostic");
    metric("hits", static_cast<double>(answer.hits));
    if (answer.hits < least_hits_) {
      return fail(fmt::format("{} hits, at least {} expected", answer.hits, least_hits_));
    }
    if (present_.empty() || answer.hits == 0) return pass();
    note("> present 1 " + syntax_);
    send(present_);
  }

  void hear(const z3950::PresentAnswer& answer) {
    note(fmt::format("< present: {} {} bytes", answer.syntax,
                     answer.record ? answer.record->size() : 0));
    if (step_ != Step::present) return fail("a record nobody asked for");
    if (answer.diagnostic) return fail("no record: " + answer.diagnostic->text());
    if (!answer.record) return fail("hits, but no record");
    if (!syntax_.empty() && answer.syntax != syntax_) {
      return fail(fmt::format("the record came as {}, {} was asked", answer.syntax, syntax_));
    }
    if (answer.record->find(expected_) == std::string::npos) {
      return fail(fmt::format("the first record does not contain \"{}\"", expected_));
    }
    pass();
  }

  void hear(const z3950::CloseAnswer& answer) {
    fail("the server closed the session" + (answer.reason.empty() ? "" : ": " + answer.reason));
  }

  void hear(const z3950::OtherAnswer&) { fail("the server answers something that was not asked"); }

  enum class Step { init, search, present };

  std::string init_, search_, present_;  // requests, ready to be sent
  std::string query_, syntax_, expected_;
  std::int64_t least_hits_ = 1;
  std::string unread_;
  Step step_ = Step::init;
};

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  const std::string_view target = text_option(options, "target");
  const auto host = net::parse_host_port(target.substr(0, target.find('/')), kPort);
  if (!host || !is_host_name(host->host) || target.ends_with('/'))
    objections.push_back({"target", is_quoted(target), "write host:port/database"});
  const std::string_view query = text_option(options, "query");
  if (const auto search = z3950::search_request("Default", std::string(query)); !search)
    objections.push_back({"query", is_quoted(query),
                          fmt::format("write it in prefix notation, like @attr 1=4 computer ({})",
                                      search.error().message)});
  return objections;
}

}  // namespace

ProbeKind z3950_kind() {
  return {.spec = {.name = "z3950",
                   .sentence = "A Z39.50 search finds enough, and its first record is as expected.",
                   .example = R"({z3950: {target: "catalog.example.org:210/main", )"
                              R"(query: "@attr 1=4 computer", min_hits: 5}})",
                   .options = kOptions,
                   .default_layer = "transaction",
                   .judge = &judge},
          .start = &Dialogue::start<Z3950Probe>};
}

}  // namespace nocturn::monitoring
