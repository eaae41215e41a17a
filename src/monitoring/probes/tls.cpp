#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/line_dialogue.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/tls_options.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::string_view kStartTls[] = {"none", "smtp", "imap", "pop3"};

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host and port to connect to, as host:port; IPv6 in brackets."},
    {.name = "starttls",
     .type = OptionType::text,
     .default_text = "none",
     .sentence = "The protocol in which TLS is asked for first; none: TLS from the first byte.",
     .choices = kStartTls},
    kServerNameOption,
    kCertificateDaysOption,
    kTlsVerifyOption,
    kCaFileOption,
    kFamilyOption,
};

// How a protocol is asked for TLS: what to say, how the line starts that agrees, and how lines
// start that mean nothing yet.
struct Step {
  std::string_view say, agrees, goes_on;
};
constexpr Step kSmtp[] = {{"", "220 ", "220-"},
                          {"EHLO [127.0.0.1]", "250 ", "250-"},
                          {"STARTTLS", "220 ", "220-"}};                      // RFC 3207
constexpr Step kImap[] = {{"", "* OK", ""}, {"a1 STARTTLS", "a1 OK", "* "}};  // RFC 3501
constexpr Step kPop3[] = {{"", "+OK", ""}, {"STLS", "+OK", ""}};              // RFC 2595

std::span<const Step> steps_for(std::string_view protocol) {
  if (protocol == "smtp") return kSmtp;
  if (protocol == "imap") return kImap;
  if (protocol == "pop3") return kPop3;
  return {};
}

class TlsProbe final : public LineDialogue {
 public:
  using LineDialogue::LineDialogue;

 private:
  void begin(const inventory::Options& options) override {
    const auto target = net::parse_host_port(text_option(options, "target"), 0);
    if (!target) return cannot_tell(target.error().text());
    steps_ = steps_for(text_option(options, "starttls", "none"));
    tls_ = tls_options(options, target->host);
    wanted_days_ = real_option(options, "certificate_days", -1);
    open(*target, family_option(options), steps_.empty() ? std::optional(tls_) : std::nullopt);
  }

  void on_open() override {
    if (steps_.empty()) judge();
  }

  void on_line(std::string_view line) override {
    if (steps_.empty()) return;  // under TLS: the service's business
    const Step& step = steps_.front();
    if (!line.starts_with(step.agrees)) {
      if (!step.goes_on.empty() && line.starts_with(step.goes_on)) return;
      return fail(fmt::format("TLS is refused: {}", line));
    }
    steps_ = steps_.subspan(1);
    if (!steps_.empty()) return say(steps_.front().say);
    if (has_unread()) return fail("the peer went on in the clear after agreeing to TLS");
    secure(tls_);
  }

  void on_upgraded() override { judge(); }

  void judge() {
    const auto facts = tls_facts();
    if (!facts) return fail("the peer shows no certificate");
    note_facts(*facts);
    auto objection = certificate_objection(*facts, certificate_days(*facts), wanted_days_);
    if (objection.empty()) return pass();
    fail(std::move(objection));
  }

  void on_trouble(net::Fault fault) override {
    if (const auto facts = tls_facts()) note_facts(*facts);
    LineDialogue::on_trouble(std::move(fault));
  }

  void note_facts(const net::TlsFacts& facts) {
    note(fmt::format("{}, {}", facts.protocol, facts.cipher));
    note("subject " + facts.subject);
    note("issuer " + facts.issuer);
    note(fmt::format("names {}", fmt::join(facts.names, ", ")));
    note(fmt::format("valid {} to {}", to_rfc3339(facts.not_before), to_rfc3339(facts.not_after)));
    note("sha256 " + facts.sha256);
  }

  std::span<const Step> steps_;
  net::TlsOptions tls_;
  double wanted_days_ = -1;
};

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  judge_target(text_option(options, "target"), 0, objections);
  return objections;
}

}  // namespace

ProbeKind tls_kind() {
  return {.spec = {.name = "tls",
                   .sentence = "A TLS handshake succeeds with a certificate that is valid and will "
                               "be for long enough.",
                   .example = R"({tls: {target: "127.0.0.1:8443", certificate_days: 14}})",
                   .options = kOptions,
                   .default_layer = "service",
                   .judge = &judge},
          .start = &Dialogue::start<TlsProbe>};
}

}  // namespace nocturn::monitoring
