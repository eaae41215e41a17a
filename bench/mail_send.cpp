// Sends COUNT mails of BYTES (about) to a relay on 127.0.0.1 without TLS, and says as JSON how many
// a second that were and what CPU time one took to send and to compose. bench/mail.sh compares it
// with Postfix's smtp-source.
//
// usage: bench_mail_send PORT COUNT CONNECTIONS BYTES

#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include "cpu_time.h"
#include "net/mail_message.h"
#include "net/smtp_client.h"

using namespace nocturn;
using namespace nocturn::net;

namespace {

double seconds_since(const Clock& clock, SteadyTime begin) {
  return static_cast<double>((clock.steady() - begin).count()) / 1e6;
}

SmtpMail make_mail(std::uint64_t id, std::size_t bytes) {
  const std::string recipient = fmt::format("reader{}@library.example", id);
  const std::string line = "Catalog EU01 does not answer since 14:02 UTC; we look into it.\n";
  MailMessage message{.from = {"Example Library Cloud", "status@cloud.example.org"},
                      .to = {{"", recipient}},
                      .subject = "Catalog EU01: service interruption",
                      .message_id = fmt::format("event-1.{}@cloud.example.org", id)};
  while (message.text.size() + message.html.size() + 700 < bytes) {
    message.text += line;
    message.html += "<p>" + line;
  }
  const auto composed = compose(message);
  CHECK(composed.has_value());
  return {.id = id,
          .sender = "status@cloud.example.org",
          .recipient = recipient,
          .bytes = composed->bytes};
}

class Mails final : public SmtpClient::Source {
 public:
  Mails(Loop& loop, std::vector<SmtpMail> mails) : loop_(loop), mails_(std::move(mails)) {}
  std::optional<SmtpMail> next() override {
    if (given_ == mails_.size()) return std::nullopt;
    return std::move(mails_[given_++]);
  }
  void done(std::uint64_t, const SmtpOutcome& outcome) override {
    if (outcome.kind != SmtpOutcome::Kind::accepted) {
      fmt::print(stderr, "{} {}\n", outcome.code, outcome.text);
      std::exit(1);
    }
    if (++told_ == mails_.size()) loop_.stop();
  }

 private:
  Loop& loop_;
  std::vector<SmtpMail> mails_;
  std::size_t given_ = 0, told_ = 0;
};

}  // namespace

int main(int count_of_arguments, char** arguments) {
  if (count_of_arguments != 5) {
    fmt::print(stderr, "usage: bench_mail_send PORT COUNT CONNECTIONS BYTES\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  SmtpRelay relay;
  relay.host = "127.0.0.1";
  relay.port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  relay.security = SmtpSecurity::never;
  relay.connections = std::atoi(arguments[3]);
  const auto count = static_cast<std::uint64_t>(std::atoi(arguments[2]));
  const auto bytes = static_cast<std::size_t>(std::atoi(arguments[4]));

  const SystemClock clock;
  Loop loop(clock);
  Resolver resolver(loop);
  TlsClient tls;
  const double cpu_at_first = cpu_seconds();
  std::vector<SmtpMail> mails;
  mails.reserve(count);
  for (std::uint64_t id = 0; id < count; ++id) mails.push_back(make_mail(id, bytes));
  const double composing = cpu_seconds() - cpu_at_first;
  const std::size_t size = mails.front().bytes->size();

  Mails source(loop, std::move(mails));
  auto client = SmtpClient::make(loop, resolver, tls, relay, source);
  CHECK(client.has_value());
  const double cpu_before = cpu_seconds();
  const auto sending = clock.steady();
  (*client)->wake();
  loop.run();
  const double seconds = seconds_since(clock, sending);
  const auto per_mail = 1e6 / static_cast<double>(count);
  fmt::print(
      "{{\"mails_per_second\":{:.0f},\"cpu_us\":{:.2f},\"compose_us\":{:.2f},\"bytes\":{},"
      "\"sessions\":{}}}\n",
      static_cast<double>(count) / seconds, (cpu_seconds() - cpu_before) * per_mail,
      composing * per_mail, size, (*client)->facts().sessions);
}
