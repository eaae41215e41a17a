#include <re2/re2.h>

#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/line_dialogue.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/tls_options.h"
#include "net/smtp_reply.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::string_view kSecurity[] = {"none", "starttls", "implicit"};

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host and port of the mail server; port 25 when left out."},
    {.name = "tls",
     .type = OptionType::text,
     .default_text = "none",
     .sentence = "Speak in the clear, ask for TLS with STARTTLS, or TLS from the first byte.",
     .choices = kSecurity},
    {.name = "ehlo",
     .type = OptionType::text,
     .default_text = "[127.0.0.1]",
     .sentence = "The name to greet with."},
    {.name = "banner",
     .type = OptionType::pattern,
     .sentence = "Pattern (RE2) that the server's greeting must match."},
    kServerNameOption,
    kCertificateDaysOption,
    kTlsVerifyOption,
    kCaFileOption,
    kFamilyOption,
};

// Greets and takes leave; no mail is sent.
class SmtpProbe final : public LineDialogue {
 public:
  using LineDialogue::LineDialogue;

 private:
  enum class Stage { greeting, hello, start_tls, hello_again, goodbye };

  void begin(const inventory::Options& options) override {
    const auto target = net::parse_host_port(text_option(options, "target"), 25);
    if (!target) return cannot_tell(target.error().text());
    if (const auto pattern = text_option(options, "banner"); !pattern.empty()) {
      banner_ = std::make_unique<RE2>(pattern, RE2::Quiet);
      if (!banner_->ok()) return cannot_tell("banner: " + banner_->error());
    }
    ehlo_ = text_option(options, "ehlo", "[127.0.0.1]");
    if (ehlo_.find_first_of("\r\n") != ehlo_.npos) return cannot_tell("ehlo: a line break");
    security_ = text_option(options, "tls", "none");
    tls_ = tls_options(options, target->host);
    wanted_days_ = real_option(options, "certificate_days", -1);
    open(*target, family_option(options),
         security_ == "implicit" ? std::optional(tls_) : std::nullopt);
  }

  void on_open() override {
    if (security_ == "implicit") check_certificate();
  }

  void on_line(std::string_view line) override {
    auto reply = reader_.take(line);
    if (!reply) return fail(fmt::format("{}: {}", reply.error().message, line.substr(0, 80)));
    if (*reply) on_reply(**reply);
  }

  void on_reply(const net::SmtpReply& reply) {
    const int wanted = stage_ == Stage::greeting || stage_ == Stage::start_tls ? 220
                       : stage_ == Stage::goodbye                              ? 221
                                                                               : 250;
    if (reply.code != wanted) {
      return fail(
          fmt::format("{} answered with {} {}", what_was_said(), reply.code, reply.lines.front()));
    }
    switch (stage_) {
      case Stage::greeting:
        if (banner_ && !RE2::PartialMatch(reply.lines.front(), *banner_)) {
          return fail(fmt::format("the greeting \"{}\" does not match {}", reply.lines.front(),
                                  banner_->pattern()));
        }
        return say_hello(Stage::hello);
      case Stage::hello:
        if (security_ != "starttls") return say_goodbye();
        if (!reply.offers("STARTTLS")) return fail("STARTTLS is not offered");
        stage_ = Stage::start_tls;
        return say("STARTTLS");
      case Stage::start_tls:
        if (has_unread()) return fail("the peer went on in the clear after agreeing to TLS");
        return secure(tls_);
      case Stage::hello_again: return say_goodbye();
      case Stage::goodbye: return pass();
    }
  }

  void on_upgraded() override {
    if (check_certificate()) say_hello(Stage::hello_again);
  }

  // False when it ended the probe.
  bool check_certificate() {
    const auto facts = tls_facts();
    if (!facts) return true;
    auto objection = certificate_objection(*facts, certificate_days(*facts), wanted_days_);
    if (objection.empty()) return true;
    fail(std::move(objection));
    return false;
  }

  void say_hello(Stage next) {
    stage_ = next;
    say("EHLO " + ehlo_);
  }

  void say_goodbye() {
    stage_ = Stage::goodbye;
    say("QUIT");
  }

  void on_end() override {
    // It was asked to close; not every server says 221 first.
    if (stage_ == Stage::goodbye) return pass();
    LineDialogue::on_end();
  }

  std::string_view what_was_said() const {
    switch (stage_) {
      case Stage::greeting: return "the connection is";
      case Stage::hello:
      case Stage::hello_again: return "EHLO is";
      case Stage::start_tls: return "STARTTLS is";
      case Stage::goodbye: return "QUIT is";
    }
    return {};
  }

  Stage stage_ = Stage::greeting;
  net::SmtpReplyReader reader_;
  std::unique_ptr<RE2> banner_;
  std::string ehlo_, security_;
  net::TlsOptions tls_;
  double wanted_days_ = -1;
};

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  judge_target(text_option(options, "target"), 25, objections);
  return objections;
}

}  // namespace

ProbeKind smtp_kind() {
  return {.spec = {.name = "smtp",
                   .sentence = "A mail server greets, agrees to EHLO (and to TLS where asked) and "
                               "takes leave; no mail is sent.",
                   .example = R"({smtp: {target: "127.0.0.1:2525", banner: "ESMTP"}})",
                   .options = kOptions,
                   .default_layer = "service",
                   .judge = &judge},
          .start = &Dialogue::start<SmtpProbe>};
}

}  // namespace nocturn::monitoring
