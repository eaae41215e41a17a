#include "monitoring/probes/certificates_test.h"
#include "support/child_process.h"

namespace nocturn::monitoring::test {
namespace {

TEST(TlsProbe, passes_and_tells_the_certificate) {
  const Certificate certificate(-1, 30);
  Peer peer([&](Wire& wire) { certificate.serve(wire); });
  ProbeStand stand;
  const auto seen = stand.run("tls", {{"target", text(peer.target())},
                                      {"ca_file", text(certificate.certificate_file())},
                                      {"certificate_days", real(14)}});
  EXPECT_EQ(seen.outcome, Outcome::passed) << seen.reason;
  EXPECT_GE(seen.phases.tls, 0us);
  ASSERT_EQ(seen.metrics.size(), 1u);
  EXPECT_NEAR(seen.metrics[0].value, 30, 0.01);
  ASSERT_EQ(seen.transcript.size(), 6u);
  EXPECT_TRUE(seen.transcript[0].starts_with("TLSv1.3, TLS_"));
  EXPECT_EQ(seen.transcript[1], "subject CN=Canary");
  EXPECT_EQ(seen.transcript[3], "names localhost, 127.0.0.1");
}

TEST(TlsProbe, says_what_is_wrong_with_a_certificate_and_still_tells_it) {
  const Certificate good(-1, 5), expired(-10, -3), other(-1, 30, "DNS:other.example.org");
  ProbeStand stand;
  const auto probe = [&](const Certificate& shown, Options more) {
    Peer peer([&](Wire& wire) { shown.serve(wire); });
    more.emplace("target", text(peer.target()));
    return stand.run("tls", more);
  };
  const auto trust = [](const Certificate& certificate) {
    return Options{{"ca_file", text(certificate.certificate_file())}};
  };
  const auto unknown = probe(good, {});
  EXPECT_EQ(unknown.outcome, Outcome::failed);
  EXPECT_NE(unknown.reason.find("self-signed certificate"), std::string::npos) << unknown.reason;
  EXPECT_EQ(unknown.transcript.at(1), "subject CN=Canary");

  const auto late = probe(expired, trust(expired));
  EXPECT_EQ(late.outcome, Outcome::failed);
  EXPECT_NE(late.reason.find("certificate has expired on 20"), std::string::npos) << late.reason;

  const auto stranger = probe(other, trust(other));
  EXPECT_NE(stranger.reason.find("(it is for other.example.org)"), std::string::npos)
      << stranger.reason;
  auto named = trust(other);
  named.emplace("server_name", text("other.example.org"));
  EXPECT_EQ(probe(other, named).outcome, Outcome::passed);

  auto soon = trust(good);
  soon.emplace("certificate_days", real(14));
  const auto ending = probe(good, soon);
  EXPECT_EQ(ending.outcome, Outcome::failed);
  EXPECT_NE(ending.reason.find("ends in 5.0 days"), std::string::npos) << ending.reason;

  EXPECT_EQ(probe(expired, {{"tls_verify", flag(false)}}).outcome, Outcome::passed);
}

TEST(TlsProbe, a_missing_ca_file_is_our_own_fault) {
  Peer peer([](Wire& wire) { wire.hang(); });
  ProbeStand stand;
  const auto seen =
      stand.run("tls", {{"target", text(peer.target())}, {"ca_file", text("/nowhere/ca.pem")}});
  EXPECT_EQ(seen.outcome, Outcome::cannot_tell);
  EXPECT_NE(seen.reason.find("/nowhere/ca.pem"), std::string::npos);
}

TEST(TlsProbe, asks_imap_and_pop3_for_tls_first) {
  const Certificate certificate(-1, 30);
  const auto speak = [&](std::string greeting, std::string asked, std::string agreed) {
    return [&certificate, greeting, asked, agreed](Wire& wire) {
      wire.write(greeting);
      if (wire.read_until("\r\n") == asked) {
        wire.write(agreed);
        certificate.serve(wire);
      }
    };
  };
  Peer imap(speak("* OK hi\r\n", "a1 STARTTLS\r\n", "* CAPABILITY x\r\na1 OK go\r\n"));
  Peer pop3(speak("+OK hi\r\n", "STLS\r\n", "+OK go\r\n"));
  Peer refusing(speak("+OK hi\r\n", "STLS\r\n", "-ERR no\r\n"));
  Peer injecting(speak("+OK hi\r\n", "STLS\r\n", "+OK go\r\n+OK sneaked in\r\n"));
  ProbeStand stand;
  const auto probe = [&](const Peer& peer, const char* protocol) {
    return stand.run("tls", {{"target", text(peer.target())},
                             {"starttls", text(protocol)},
                             {"ca_file", text(certificate.certificate_file())}});
  };
  EXPECT_EQ(probe(imap, "imap").outcome, Outcome::passed);
  EXPECT_EQ(probe(pop3, "pop3").outcome, Outcome::passed);
  EXPECT_EQ(probe(refusing, "pop3").reason, "TLS is refused: -ERR no");
  EXPECT_EQ(probe(injecting, "pop3").reason, "the peer went on in the clear after agreeing to TLS");
}

TEST(TlsProbe, ends_in_time_against_peers_that_mean_harm) {
  Peer silent([](Wire& wire) { wire.hang(); });
  Peer babbling(answers("HTTP/1.1 400 Bad Request\r\n\r\n"));
  Peer cutting([](Wire& wire) { wire.reset(); });
  Peer slow([](Wire& wire) {
    wire.write("\x16\x03\x03\x40\x00");  // a record of 16 KiB is announced
    while (wire.write("x") && wire.pause(100ms)) {
    }
  });
  ProbeStand stand;
  for (const Peer* peer : {&silent, &babbling, &cutting, &slow}) {
    const auto seen = stand.run("tls", {{"target", text(peer->target())}}, 600ms);
    EXPECT_EQ(seen.outcome, Outcome::failed) << seen.reason;
  }
}

// nginx over TLS, with HTTP on top.
TEST(HttpProbe, fetches_from_nginx_in_the_clear_and_over_tls) {
  const Certificate certificate(-1, 30);
  testing::TemporaryFolder folder;
  std::ofstream(folder / "index.html") << "<p>a canary sings</p>" << std::string(70000, '.');
  std::uint16_t secure = 0;
  const auto nginx = testing::start_listener([&](std::uint16_t plain) {
    secure = testing::free_port();
    std::ofstream(folder / "nginx.conf") << fmt::format(
        "daemon off; master_process off; pid {0}/pid; error_log stderr;\n"
        "events {{}}\nhttp {{ access_log off; gzip on; gzip_types text/html; default_type "
        "text/html;\n"
        "client_body_temp_path {0}; proxy_temp_path {0}; fastcgi_temp_path {0};\n"
        "uwsgi_temp_path {0}; scgi_temp_path {0};\n"
        "server {{ listen 127.0.0.1:{1}; listen 127.0.0.1:{2} ssl; root {0};\n"
        "ssl_certificate {3}; ssl_certificate_key {4};\n"
        "location /moved {{ return 302 /; }} }} }}\n",
        folder.path().string(), plain, secure, certificate.certificate_file(),
        certificate.key_file());
    return testing::ChildProcess::Command{
        .arguments = {"nginx", "-c", folder / "nginx.conf", "-e", "stderr"}};
  });
  ASSERT_TRUE(nginx) << nginx.error().text();
  ASSERT_TRUE(nginx->process->wait_for_port(secure));
  const std::uint16_t plain = nginx->port;
  ProbeStand stand;
  const Options expect{{"body_contains", list({"canary"})}, {"size_min", number(70000)}};
  for (const char* path : {"/", "/moved"}) {
    const auto clear =
        stand.run("http", {{"url", text(fmt::format("http://localhost:{}{}", plain, path))},
                           {"ip_family", text("4")},
                           {"headers", section({{"Accept-Encoding", text("gzip")}})},
                           {"expect", section(expect)}});
    EXPECT_EQ(clear.outcome, Outcome::passed) << clear.reason;
    auto with_days = expect;
    with_days.emplace("certificate_days", real(7));
    const auto covered =
        stand.run("http", {{"url", text(fmt::format("https://127.0.0.1:{}{}", secure, path))},
                           {"ca_file", text(certificate.certificate_file())},
                           {"expect", section(with_days)}});
    EXPECT_EQ(covered.outcome, Outcome::passed) << covered.reason;
    EXPECT_GE(covered.phases.tls, 0us);
  }
  nginx->process->freeze();  // the kernel still accepts
  const auto frozen =
      stand.run("http", {{"url", text(fmt::format("http://127.0.0.1:{}/", plain))}}, 500ms);
  EXPECT_EQ(frozen.reason, fmt::format("127.0.0.1:{}: no answer within 500ms: still waiting for "
                                       "the first byte",
                                       plain));
  nginx->process->thaw();
}

}  // namespace
}  // namespace nocturn::monitoring::test
