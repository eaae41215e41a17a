#include <algorithm>

#include <re2/re2.h>

#include "monitoring/probes/dialogue.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/ssh_handshake.h"
#include "monitoring/probes/tls_options.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::string_view kKeyTypes[] = {"any", "ed25519", "ecdsa", "rsa"};

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host and port of the SSH server; port 22 when left out."},
    {.name = "banner",
     .type = OptionType::pattern,
     .sentence = "Pattern (RE2) that the server's identification must match."},
    {.name = "host_key",
     .type = OptionType::text_list,
     .sentence = "Fingerprints (SHA256:…, as ssh-keygen -l prints them) of which the host key "
                 "must have one."},
    {.name = "host_key_type",
     .type = OptionType::text,
     .default_text = "any",
     .sentence = "The type of host key to ask for.",
     .choices = kKeyTypes},
    kFamilyOption,
};

std::vector<std::string> algorithms_for(std::string_view type) {
  if (type == "ed25519") return {"ssh-ed25519"};
  if (type == "ecdsa") return {"ecdsa-sha2-nistp256"};
  if (type == "rsa") return {"rsa-sha2-512", "rsa-sha2-256"};
  return {};
}

// Goes as far as the server's proof of its host key, then leaves; nobody signs in.
class SshProbe final : public Dialogue {
 public:
  using Dialogue::Dialogue;

 private:
  void begin(const inventory::Options& options) override {
    const auto target = net::parse_host_port(text_option(options, "target"), 22);
    if (!target) return cannot_tell(target.error().text());
    if (const auto pattern = text_option(options, "banner"); !pattern.empty()) {
      pattern_ = std::make_unique<RE2>(pattern, RE2::Quiet);
      if (!pattern_->ok()) return cannot_tell("banner: " + pattern_->error());
    }
    fingerprints_ = list_option(options, "host_key");
    SystemRandom random;
    handshake_ = std::make_unique<SshHandshake>(
        random, algorithms_for(text_option(options, "host_key_type", "any")));
    open(*target, family_option(options));
  }

  void on_open() override { send(handshake_->opening()); }

  void on_bytes(std::string_view bytes) override {
    const bool knew_banner = !handshake_->banner().empty();
    std::string to_send;
    const auto proven = handshake_->feed(bytes, to_send);
    const auto& banner = handshake_->banner();
    if (!knew_banner && !banner.empty()) {
      note("< " + banner);
      if (pattern_ && !RE2::PartialMatch(banner, *pattern_)) {
        return fail(fmt::format("the identification \"{}\" does not match {}", banner,
                                pattern_->pattern()));
      }
    }
    if (!proven) return fail(proven.error().message);
    if (!to_send.empty()) send(to_send);
    if (*proven) judge();
  }

  void judge() {
    const auto& fingerprint = handshake_->fingerprint();
    note(fmt::format("< {} {}", handshake_->key_type(), fingerprint));
    if (fingerprints_.empty() ||
        std::ranges::find(fingerprints_, fingerprint) != fingerprints_.end()) {
      return pass();
    }
    fail(fmt::format("the host key is {}, expected {}", fingerprint,
                     fmt::join(fingerprints_, " or ")));
  }

  std::unique_ptr<SshHandshake> handshake_;
  std::unique_ptr<RE2> pattern_;
  std::vector<std::string> fingerprints_;
};

// "SHA256:" and 32 bytes in base64 without its padding.
bool is_fingerprint(std::string_view text) {
  constexpr std::string_view kBefore = "SHA256:";
  if (!text.starts_with(kBefore) || text.size() != kBefore.size() + 43) return false;
  return std::ranges::all_of(text.substr(kBefore.size()), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '/';
  });
}

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  judge_target(text_option(options, "target"), 22, objections);
  for (const std::string& key : list_option(options, "host_key"))
    if (!is_fingerprint(key))
      objections.push_back({"host_key", is_quoted(key),
                            "write SHA256: and 43 characters, as ssh-keygen -l prints them"});
  return objections;
}

}  // namespace

ProbeKind ssh_kind() {
  return {.spec = {.name = "ssh",
                   .sentence = "An SSH server identifies itself and proves that it holds its host "
                               "key; nobody signs in.",
                   .example = R"({ssh: {target: "127.0.0.1:22", banner: "OpenSSH"}})",
                   .options = kOptions,
                   .default_layer = "service",
                   .judge = &judge},
          .start = &Dialogue::start<SshProbe>};
}

}  // namespace nocturn::monitoring
