#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/text.h"
#include "net/smtp_outbox_test.h"
#include "support/child_process.h"
#include "support/port_range.h"
#include "support/postfix_server.h"
#include "support/temporary_folder.h"

// The client and the composer against Postfix and aiosmtpd, and what a reader of mail makes of it.
namespace nocturn::net::test {
namespace {

using Kind = SmtpOutcome::Kind;
using testing::PostfixServer;

// A certificate for localhost and 127.0.0.1 that signs itself.
class Certificate {
 public:
  Certificate() {
    const auto made = testing::run_to_end(
        {.arguments = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                       "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                       "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                       "-keyout", key(), "-out", file()}});
    EXPECT_TRUE(made && made->ending.exit_code == 0);
  }
  std::string file() const { return folder_ / "cert.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

 private:
  testing::TemporaryFolder folder_;
};

// A mail as Python's email package reads it.
struct ReadMail {
  std::string envelope_recipient, message_id, queue_id, from, to, subject, text, html, defects;
};

constexpr const char* kReader = R"py(
import email, email.policy, pathlib, re, sys
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    def part(kind):
        found = mail.get_body((kind,))
        return found.get_content().replace('\r\n', '\n') if found else ''
    queue = re.search(r'with \w*SMTP\w* id (\w+)', mail['Received'])
    fields = [mail['X-Original-To'], mail['Message-ID'], queue and queue[1] or '',
              mail['From'], mail['To'], mail['Subject'], part('plain'), part('html'),
              str(mail.defects or '')]
    sys.stdout.buffer.write('\x1f'.join(fields).encode() + b'\x1e')
)py";

std::vector<ReadMail> read_mails(const PostfixServer& postfix) {
  std::vector<ReadMail> mails;
  const auto read = testing::run_to_end(
      {.arguments = {"python3", "-c", kReader, (postfix.maildir() / "new").string()}},
      std::chrono::seconds(60));
  EXPECT_TRUE(read) << read.error().text();
  if (!read) return mails;
  EXPECT_EQ(read->ending.exit_code, 0) << read->errors;
  for (const auto record : split(read->output, '\x1e')) {
    const auto fields = split(record, '\x1f');
    if (fields.size() != 9) continue;
    std::array<std::string, 9> f;
    std::ranges::copy(fields, f.begin());
    mails.push_back({f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]});
  }
  return mails;
}

class RealServers : public ::testing::Test {
 protected:
  std::unique_ptr<PostfixServer> start_postfix(PostfixServer::Options options = {}) {
    auto started = PostfixServer::start(std::move(options));
    EXPECT_TRUE(started) << started.error().text();
    return started ? *std::move(started) : nullptr;
  }
  // Wakes the client and waits until a session fails; nothing is told, and all is forgotten.
  ::testing::AssertionResult fails_with(std::string_view complaint) {
    stand_.client->wake();
    stand_.run_until([&] { return stand_.client->facts().relay_is_down; });
    const std::string seen = stand_.client->facts().complaint;
    const bool told = !outbox_.outcomes.empty();
    stand_.client.reset();
    outbox_ = Outbox();
    if (seen.starts_with(complaint) && !told) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << seen << (told ? ", and told" : "");
  }

  ClientStand stand_;
  Outbox& outbox_ = stand_.outbox;
};

TEST_F(RealServers, postfix_delivers_hebrew_that_a_mail_reader_reads) {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "Postfix is started by root, and installed";
  const auto postfix = start_postfix();
  ASSERT_TRUE(postfix);
  stand_.open(stand_.relay(postfix->port()));
  outbox_.add(40);
  outbox_.queue.push_back(mail_to("רות@ספרייה.example", 40));
  outbox_.queue.push_back(mail_to("ruth@ספרייה.example", 41));
  ASSERT_TRUE(stand_.send_all());
  for (const auto& [id, outcome] : outbox_.outcomes) {
    EXPECT_EQ(outcome.kind, Kind::accepted) << outcome.text;
    EXPECT_EQ(outcome.enhanced, "2.0.0");
    EXPECT_TRUE(outcome.text.starts_with("Ok: queued as ")) << outcome.text;
  }
  const auto delivered = postfix->wait_for_mails(42);
  ASSERT_TRUE(delivered) << delivered.error().text();

  std::map<std::string, ReadMail> by_id;
  for (auto& mail : read_mails(*postfix)) by_id[mail.message_id] = std::move(mail);
  ASSERT_EQ(by_id.size(), 42u);
  for (std::uint64_t id = 0; id < 42; ++id) {
    const ReadMail& mail = by_id["<event-" + std::to_string(id) + "@cloud.example.org>"];
    EXPECT_EQ(mail.subject, "תקלה בקטלוג EU01, הודעה " + std::to_string(id));
    EXPECT_EQ(mail.from, "ענן הספריות <status@cloud.example.org>");
    EXPECT_EQ(mail.text, "הקטלוג אינו עונה.\n.\nFrom here on, dots.\n");
    EXPECT_EQ(mail.html, "<p dir=\"rtl\">הקטלוג אינו עונה.</p>\n");
    EXPECT_EQ(mail.defects, "");
    if (id >= 40) continue;
    const std::string reader = "reader" + std::to_string(id) + "@library.example";
    EXPECT_EQ(mail.to, "רות כהן <" + reader + ">");
    EXPECT_EQ(mail.envelope_recipient, reader);
  }
  EXPECT_EQ(by_id["<event-40@cloud.example.org>"].to, "רות כהן <רות@ספרייה.example>");
  EXPECT_EQ(by_id["<event-41@cloud.example.org>"].to, "רות כהן <ruth@xn--8dbja4apy.example>");
}

TEST_F(RealServers, postfix_is_spoken_to_under_tls_only_when_it_is_who_it_should_be) {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "Postfix is started by root, and installed";
  const Certificate certificate;
  const auto postfix =
      start_postfix({.certificate_file = certificate.file(), .key_file = certificate.key()});
  ASSERT_TRUE(postfix);
  auto relay = stand_.relay(postfix->port(), SmtpSecurity::required);
  stand_.open(relay);
  outbox_.add(20);
  EXPECT_TRUE(fails_with("certificate: self-signed"));

  relay.ca_file = certificate.file();
  stand_.open(relay);
  outbox_.add(20);
  ASSERT_TRUE(stand_.send_all());
  EXPECT_EQ(outbox_.told(Kind::accepted), 20u);
  relay.security = SmtpSecurity::implicit;
  relay.port = postfix->tls_port();
  stand_.open(relay);
  outbox_.add(20);
  ASSERT_TRUE(stand_.send_all());
  EXPECT_EQ(outbox_.told(Kind::accepted), 40u);
  ASSERT_TRUE(postfix->wait_for_mails(40));
  for (const auto& mail : postfix->mails()) EXPECT_TRUE(mail.contains("using TLSv1.3"));
}

// Mails that were told deferred are sent again, as an outbox does; each keeps its Message-ID.
TEST_F(RealServers, nothing_is_lost_when_postfix_is_killed_in_the_middle) {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "Postfix is started by root, and installed";
  constexpr int kMails = 300;
  const auto postfix = start_postfix();
  ASSERT_TRUE(postfix);
  stand_.open(stand_.relay(postfix->port()));
  int accepted = 0, kills = 0;
  outbox_.on_done = [&](const SmtpMail& mail, const SmtpOutcome& outcome) {
    if (outcome.kind != Kind::accepted) {
      outbox_.outcomes.erase(mail.id);
      outbox_.queue.push_back(mail);
      stand_.client->wake();
      return;
    }
    if (++accepted % 70 != 0 || kills == 3) return;
    ++kills;
    postfix->kill();
    stand_.loop.after(50ms, [&] {
      const auto again = postfix->start_again();
      EXPECT_TRUE(again) << again.error().text();
    });
  };
  outbox_.add(kMails);
  ASSERT_TRUE(stand_.send_all());
  EXPECT_EQ(kills, 3);
  EXPECT_EQ(outbox_.told(Kind::accepted), std::size_t{kMails});
  ASSERT_TRUE(stand_.run_until([&] { return postfix->queued() == 0; })) << postfix->log();

  std::set<std::string> ids, copies;
  for (const auto& mail : read_mails(*postfix)) {
    ids.insert(mail.message_id);
    // What Postfix itself delivered twice, because it was killed, has one queue id.
    copies.insert(mail.message_id + mail.queue_id);
  }
  EXPECT_EQ(ids.size(), std::size_t{kMails});
  EXPECT_LE(copies.size() - ids.size(), static_cast<std::size_t>(outbox_.in_doubt));
}

// Wants STARTTLS and then a sign-in; prints what came.
constexpr const char* kStrictServer = R"py(
import ssl, sys, threading
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
port, certificate, key, mechanism = int(sys.argv[1]), *sys.argv[2:5]
class Handler:
    async def handle_DATA(self, server, session, envelope):
        way = 'under TLS' if session.ssl else 'in the clear'
        print('mail for', envelope.rcpt_tos[0], way, flush=True)
        return '250 2.0.0 taken'
def sign_in(server, session, envelope, name, secret):
    fine = (secret.login, secret.password) == (b'status', 'סוד p'.encode())
    message = None if fine else '535 5.7.8 who are you'
    return AuthResult(success=fine, handled=False, message=message)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
refused = {'PLAIN': ['LOGIN'], 'LOGIN': ['PLAIN']}[mechanism]
controller = Controller(Handler(), hostname='127.0.0.1', port=port, tls_context=context,
                        require_starttls=True, authenticator=sign_in, auth_required=True,
                        auth_exclude_mechanism=refused)
controller.start()
print('ready', flush=True)
threading.Event().wait()
)py";

TEST_F(RealServers, aiosmtpd_lets_in_who_knows_the_password) {
  const Certificate certificate;
  const testing::PortRange ports;
  int offset = 0;
  for (const std::string mechanism : {"PLAIN", "LOGIN"}) {
    const auto port = static_cast<std::uint16_t>(ports.first() + offset++);
    auto server = testing::ChildProcess::start(
        {.arguments = {"/usr/bin/python3", "-c", kStrictServer, std::to_string(port),
                       certificate.file(), certificate.key(), mechanism}});
    ASSERT_TRUE(server) << server.error().text();
    const auto ready = (*server)->wait_for_text("ready", std::chrono::seconds(60));
    ASSERT_TRUE(ready) << ready.error().text();

    auto relay = stand_.relay(port, SmtpSecurity::required);
    relay.ca_file = certificate.file();
    relay.user = "status";
    relay.password = "סוד p";
    stand_.open(relay);
    outbox_.add(9);
    ASSERT_TRUE(stand_.send_all());
    EXPECT_EQ(outbox_.told(Kind::accepted), 9u) << stand_.client->facts().complaint;
    EXPECT_TRUE((*server)->wait_for_text("mail for reader8@library.example under TLS"));

    outbox_ = Outbox();
    relay.password = "wrong";
    stand_.open(relay);
    outbox_.add(1);
    EXPECT_TRUE(fails_with("the sign-in is answered with 535 who are you"));
  }
}

}  // namespace
}  // namespace nocturn::net::test
