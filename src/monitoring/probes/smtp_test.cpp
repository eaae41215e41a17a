#include "monitoring/probes/certificates_test.h"
#include "support/postfix_server.h"

namespace nocturn::monitoring::test {
namespace {

Peer::Script mail_server(std::string features, std::string goodbye = "221 bye\r\n") {
  return [features, goodbye](Wire& wire) {
    wire.write("220-mx.example.org ESMTP\r\n220 welcome\r\n");
    wire.read_until("\r\n");
    wire.write("250-mx.example.org\r\n" + features + "250 HELP\r\n");
    wire.read_until("QUIT\r\n");
    wire.write(goodbye);
  };
}

TEST(SmtpProbe, greets_and_takes_leave) {
  ProbeStand stand;
  Peer polite(mail_server("")), curt(mail_server("", ""));
  for (const Peer* peer : {&polite, &curt}) {
    const auto seen =
        stand.run("smtp", {{"target", text(peer->target())}, {"banner", text("^mx\\.")}});
    EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  }
  EXPECT_EQ(stand.run("smtp", {{"target", text(polite.target())}, {"banner", text("Exim")}}).reason,
            "the greeting \"mx.example.org ESMTP\" does not match Exim");
  EXPECT_EQ(
      stand.run("smtp", {{"target", text(polite.target())}, {"tls", text("starttls")}}).reason,
      "STARTTLS is not offered");
}

TEST(SmtpProbe, ends_in_time_against_peers_that_mean_harm) {
  ProbeStand stand;
  const auto reason = [&](Peer::Script script) {
    Peer peer(std::move(script));
    const auto seen = stand.run("smtp", {{"target", text(peer.target())}}, 600ms);
    EXPECT_EQ(seen.outcome, Outcome::failed);
    return seen.reason;
  };
  EXPECT_NE(reason([](Wire& wire) { wire.hang(); }).find("waiting for the first byte"),
            std::string::npos);
  EXPECT_EQ(reason([](Wire& wire) { wire.write("220 " + std::string(5000, 'x')), wire.hang(); }),
            "a line of more than 2048 bytes without an end");
  EXPECT_EQ(reason([](Wire& wire) {
              while (!wire.over() && wire.write("220-again\r\n")) {
              }
            }),
            "a reply of more than 100 lines: 220-again");
  EXPECT_EQ(reason([](Wire& wire) { wire.write("554 go away\r\n"), wire.hang(); }),
            "the connection is answered with 554 go away");
  EXPECT_EQ(reason([](Wire& wire) { wire.write("SSH-2.0-x\r\n"), wire.hang(); }),
            "not a reply of SMTP: SSH-2.0-x");
  EXPECT_NE(reason([](Wire& wire) {
              wire.write("220 ");
              while (wire.write("x") && wire.pause(100ms)) {
              }
            }).find("in the middle of the answer"),
            std::string::npos);
}

TEST(SmtpProbe, talks_to_postfix_in_the_clear_and_after_starttls) {
  if (!testing::PostfixServer::can_run()) {
    GTEST_SKIP() << "Postfix is started by root, and installed";
  }
  const Certificate certificate(-1, 30);
  const auto postfix = testing::PostfixServer::start(
      {.certificate_file = certificate.certificate_file(), .key_file = certificate.key_file()});
  ASSERT_TRUE(postfix) << postfix.error().text();
  ProbeStand stand;
  const auto target = text(fmt::format("127.0.0.1:{}", (*postfix)->port()));
  const auto clear =
      stand.run("smtp", {{"target", target}, {"banner", text("^mx.example.org ESMTP")}});
  EXPECT_EQ(clear.outcome, Outcome::passed) << clear.reason;
  const auto covered = stand.run("smtp", {{"target", target},
                                          {"tls", text("starttls")},
                                          {"certificate_days", real(14)},
                                          {"ca_file", text(certificate.certificate_file())}});
  EXPECT_EQ(covered.outcome, Outcome::passed) << covered.reason;
  EXPECT_GE(covered.phases.tls, 0us);
  const auto untrusted = stand.run("smtp", {{"target", target}, {"tls", text("starttls")}});
  EXPECT_EQ(untrusted.outcome, Outcome::failed);
  const auto bare = stand.run("tls", {{"target", target},
                                      {"starttls", text("smtp")},
                                      {"ca_file", text(certificate.certificate_file())}});
  EXPECT_EQ(bare.outcome, Outcome::passed) << bare.reason;
}

}  // namespace
}  // namespace nocturn::monitoring::test
