#include <re2/re2.h>

#include "monitoring/probes/dialogue.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/tls_options.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::size_t kMostBytes = 64 * 1024;

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host and port to connect to, as host:port; IPv6 in brackets."},
    {.name = "send",
     .type = OptionType::text,
     .sentence = "Text to send once connected; line ends are not added."},
    {.name = "expect",
     .type = OptionType::text,
     .sentence = "Text that must come back within the timeout."},
    {.name = "expect_matches",
     .type = OptionType::pattern,
     .sentence = "Pattern (RE2) that what comes back must match somewhere."},
    kFamilyOption,
};

class TcpProbe final : public Dialogue {
 public:
  using Dialogue::Dialogue;

 private:
  void begin(const inventory::Options& options) override {
    set_most_bytes(kMostBytes);
    to_send_ = text_option(options, "send");
    expected_ = text_option(options, "expect");
    if (const auto pattern = text_option(options, "expect_matches"); !pattern.empty()) {
      pattern_ = std::make_unique<RE2>(pattern, RE2::Quiet);
      if (!pattern_->ok()) return cannot_tell("expect_matches: " + pattern_->error());
    }
    const auto target = net::parse_host_port(text_option(options, "target"), 0);
    if (!target) return cannot_tell(target.error().text());
    open(*target, family_option(options));
  }

  void on_open() override {
    if (!to_send_.empty()) {
      note("> " + to_send_);
      send(to_send_);
    }
    if (!expects_something()) pass();
  }

  void on_bytes(std::string_view bytes) override {
    heard_.append(bytes);
    if (!is_satisfied()) return;
    note("< " + heard_);
    pass();
  }

  void on_end() override {
    note("< " + heard_);
    fail(heard_.empty() ? "the peer closed the connection without a word"
                        : "the peer closed the connection; what it said is not what was expected");
  }

  void on_trouble(net::Fault fault) override {
    if (!heard_.empty()) note("< " + heard_);
    Dialogue::on_trouble(std::move(fault));
  }

  bool expects_something() const { return !expected_.empty() || pattern_ != nullptr; }
  bool is_satisfied() const {
    if (!expected_.empty() && heard_.find(expected_) == heard_.npos) return false;
    return pattern_ == nullptr || RE2::PartialMatch(heard_, *pattern_);
  }

  std::string to_send_, expected_, heard_;
  std::unique_ptr<RE2> pattern_;
};

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  judge_target(text_option(options, "target"), 0, objections);
  return objections;
}

}  // namespace

ProbeKind tcp_kind() {
  return {
      .spec = {.name = "tcp",
               .sentence = "A TCP connection is accepted and, where asked, the answer is right.",
               .example =
                   R"({tcp: {target: "127.0.0.1:6001", send: "9900302.00\r", expect: "98Y"}})",
               .options = kOptions,
               .default_layer = "service",
               .judge = &judge},
      .start = &Dialogue::start<TcpProbe>};
}

}  // namespace nocturn::monitoring
