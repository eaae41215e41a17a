#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "net/mail_message.h"
#include "net/smtp_client.h"

// What tests of the SMTP client share: a queue in memory on a loop of its own.
namespace nocturn::net::test {

using namespace std::chrono_literals;

inline MailMessage message_to(const std::string& recipient, std::uint64_t id) {
  return {.from = {"ענן הספריות", "status@cloud.example.org"},
          .reply_to = {},
          .to = {{"רות כהן", recipient}},
          .subject = "תקלה בקטלוג EU01, הודעה " + std::to_string(id),
          .text = "הקטלוג אינו עונה.\n.\nFrom here on, dots.\n",
          .html = "<p dir=\"rtl\">הקטלוג אינו עונה.</p>\n",
          .date = WallTime{std::chrono::seconds(1795363200)},
          .message_id = "event-" + std::to_string(id) + "@cloud.example.org",
          .in_reply_to = {},
          .references = {},
          .headers = {{"Auto-Submitted", "auto-generated"}}};
}

inline SmtpMail mail_to(const std::string& recipient, std::uint64_t id) {
  const auto composed = compose(message_to(recipient, id));
  EXPECT_TRUE(composed) << composed.error().text();
  return {.id = id,
          .sender = "status@cloud.example.org",
          .recipient = recipient,
          .bytes = composed->bytes,
          .needs_smtputf8 = composed->needs_smtputf8};
}

// An outbox in memory: each mail is given out until it is told.
class Outbox final : public SmtpClient::Source {
 public:
  std::optional<SmtpMail> next() override {
    if (queue.empty()) return std::nullopt;
    auto mail = std::move(queue.front());
    queue.pop_front();
    EXPECT_TRUE(under_way.insert({mail.id, mail}).second) << "given out twice";
    most_under_way = std::max(most_under_way, under_way.size());
    return mail;
  }
  void done(std::uint64_t id, const SmtpOutcome& outcome) override {
    EXPECT_EQ(under_way.count(id), 1u) << "told without having been taken, or twice";
    auto mail = under_way.extract(id);
    outcomes[id] = outcome;
    in_doubt += outcome.in_doubt ? 1 : 0;
    if (on_done) on_done(mail.mapped(), outcome);
  }
  void add(int count, const std::string& domain = "library.example") {
    for (int i = 0; i < count; ++i, ++last_id)
      queue.push_back(mail_to("reader" + std::to_string(last_id) + "@" + domain, last_id));
  }
  std::size_t told(SmtpOutcome::Kind kind) const {
    std::size_t count = 0;
    for (const auto& [id, outcome] : outcomes) count += outcome.kind == kind ? 1 : 0;
    return count;
  }

  std::deque<SmtpMail> queue;
  std::map<std::uint64_t, SmtpMail> under_way;
  std::map<std::uint64_t, SmtpOutcome> outcomes;
  std::function<void(const SmtpMail&, const SmtpOutcome&)> on_done;
  std::uint64_t last_id = 0;
  std::size_t most_under_way = 0;
  int in_doubt = 0;
};

class ClientStand {
 public:
  SmtpRelay relay(std::uint16_t port, SmtpSecurity security = SmtpSecurity::never) const {
    SmtpRelay relay;
    relay.host = "127.0.0.1";
    relay.port = port;
    relay.security = security;
    relay.hello = "cloud.example.org";
    relay.first_pause = 20ms;
    relay.longest_pause = 100ms;
    return relay;
  }
  void open(SmtpRelay relay) {
    auto made = SmtpClient::make(loop, resolver, tls, std::move(relay), outbox);
    ASSERT_TRUE(made) << made.error().text();
    client = *std::move(made);
  }
  // Runs the loop until it is so; false when a minute did not bring it about.
  bool run_until(const std::function<bool()>& is_so) {
    bool seen = false;
    std::function<void()> look = [&] {
      seen = is_so();
      if (seen) return loop.stop();
      timer = loop.after(1ms, [&] { look(); });
    };
    Loop::TimerId timer_of_despair = loop.after(60s, [&] { loop.stop(); });
    look();
    if (!seen) loop.run();
    loop.cancel(timer);
    loop.cancel(timer_of_despair);
    return seen;
  }
  // Sends what is in the outbox; true when each mail was told.
  bool send_all() {
    client->wake();
    return run_until([&] { return outbox.queue.empty() && outbox.under_way.empty(); });
  }

  SystemClock clock;
  Loop loop{clock};
  Resolver resolver{loop};
  TlsClient tls;
  Outbox outbox;
  std::unique_ptr<SmtpClient> client;

 private:
  Loop::TimerId timer = 0;
};

}  // namespace nocturn::net::test
