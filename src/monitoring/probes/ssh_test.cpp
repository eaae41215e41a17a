#include <fstream>

#include "monitoring/probes/probe_stand_test.h"
#include "monitoring/probes/ssh_wire.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::monitoring::test {
namespace {

using testing::run_to_end;

// OpenSSH's server with a host key of each type.
class Sshd {
 public:
  Sshd() {
    std::filesystem::create_directories("/run/sshd");  // sshd insists
    for (const char* type : {"ed25519", "ecdsa", "rsa"}) {
      const std::string file = folder_ / type;
      EXPECT_TRUE(
          run_to_end({.arguments = {"ssh-keygen", "-q", "-t", type, "-N", "", "-f", file}}));
      const auto printed = run_to_end({.arguments = {"ssh-keygen", "-l", "-f", file + ".pub"}});
      const auto words = printed->output.substr(printed->output.find(' ') + 1);
      fingerprints_[type] = words.substr(0, words.find(' '));
    }
    auto started = testing::start_listener([this](std::uint16_t port) {
      std::ofstream config(folder_ / "config");
      config << fmt::format("Port {}\nListenAddress 127.0.0.1\nPidFile none\nUsePAM no\n", port);
      for (const auto& [type, print] : fingerprints_)
        config << "HostKey " << (folder_ / type).string() << "\n";
      return testing::ChildProcess::Command{
          .arguments = {"/usr/sbin/sshd", "-D", "-e", "-f", folder_ / "config"}};
    });
    EXPECT_TRUE(started) << started.error().text();
    if (started) server_ = *std::move(started);
  }
  bool runs() const { return server_.process != nullptr; }
  OptionValue target() const { return text(fmt::format("127.0.0.1:{}", server_.port)); }
  const std::string& fingerprint(const std::string& type) { return fingerprints_[type]; }

 private:
  testing::TemporaryFolder folder_;
  std::map<std::string, std::string> fingerprints_;
  testing::Listener server_;
};

TEST(SshProbe, proves_each_type_of_host_key_of_openssh) {
  Sshd sshd;
  ASSERT_TRUE(sshd.runs());
  ProbeStand stand;
  for (const char* type : {"ed25519", "ecdsa", "rsa"}) {
    const auto seen = stand.run("ssh", {{"target", sshd.target()},
                                        {"banner", text("^SSH-2.0-OpenSSH_")},
                                        {"host_key_type", text(type)},
                                        {"host_key", list({"SHA256:x", sshd.fingerprint(type)})}});
    EXPECT_EQ(seen.outcome, Outcome::passed) << type << ": " << seen.reason;
  }
  const auto changed =
      stand.run("ssh", {{"target", sshd.target()}, {"host_key", list({"SHA256:old"})}});
  EXPECT_EQ(changed.outcome, Outcome::failed);
  EXPECT_EQ(changed.reason,
            fmt::format("the host key is {}, expected SHA256:old", sshd.fingerprint("ed25519")));
  EXPECT_EQ(stand.run("ssh", {{"target", sshd.target()}, {"banner", text("dropbear")}}).outcome,
            Outcome::failed);
}

TEST(SshProbe, is_not_fooled_by_a_server_that_shows_a_key_it_does_not_hold) {
  Sshd sshd;
  ASSERT_TRUE(sshd.runs());
  ProbeStand stand;
  // A man in the middle who answers the exchange himself cannot sign; here he breaks one bit.
  const auto port = std::get<std::string>(sshd.target().value).substr(10);
  Peer middle([&](Wire& wire) {
    const int up = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    ASSERT_EQ(::connect(up, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    for (std::size_t passed = 0; !wire.over();) {
      pollfd ends[2] = {{wire.descriptor(), POLLIN, 0}, {up, POLLIN, 0}};
      if (::poll(ends, 2, 20) <= 0) continue;
      char buffer[4096];
      if (ends[0].revents != 0) {
        const auto got = ::recv(wire.descriptor(), buffer, sizeof buffer, 0);
        if (got <= 0 || ::send(up, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL) < 0) break;
      }
      if (ends[1].revents != 0) {
        const auto got = ::recv(up, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        passed += static_cast<std::size_t>(got);
        const bool reply = passed > 1000 && static_cast<unsigned char>(buffer[5]) == 31;
        if (reply) buffer[got / 3] ^= 1;
        wire.write({buffer, static_cast<std::size_t>(got)});
      }
    }
    ::close(up);
  });
  const auto seen = stand.run("ssh", {{"target", text(middle.target())}});
  EXPECT_EQ(seen.outcome, Outcome::failed) << "a changed reply must not pass";
}

TEST(SshProbe, ends_in_time_against_peers_that_mean_harm) {
  ProbeStand stand;
  const auto reason = [&](Peer::Script script) {
    Peer peer(std::move(script));
    const auto seen = stand.run("ssh", {{"target", text(peer.target())}}, 600ms);
    EXPECT_EQ(seen.outcome, Outcome::failed);
    return seen.reason;
  };
  EXPECT_NE(reason([](Wire& wire) { wire.hang(); }).find("waiting for the first byte"),
            std::string::npos);
  EXPECT_EQ(
      reason([](Wire& wire) { wire.write("SSH-2.0-" + std::string(2000, 'x')), wire.hang(); }),
      "a line of more than 1024 bytes without an end");
  EXPECT_EQ(reason([](Wire& wire) { wire.write("SSH-1.5-old\r\n"), wire.hang(); }),
            "the server speaks SSH-1.5-old, not SSH 2");
  EXPECT_EQ(reason([](Wire& wire) { wire.write("SSH-2.0-x\r\nHTTP/1.1 400\r\n"), wire.hang(); }),
            "not a packet of SSH");
  EXPECT_EQ(reason([](Wire& wire) {
              wire.write("SSH-2.0-x\r\n");
              std::string bye("\1\0\0\0\2", 5);
              put_string(bye, "too many connections");
              wire.write(ssh_packet(bye));
              wire.hang();
            }),
            "the server disconnects: too many connections");
  EXPECT_EQ(reason([](Wire& wire) {
              while (!wire.over() && wire.write("no banner yet\r\n")) {
              }
            }),
            "more than 64 KiB before any key");
  EXPECT_NE(reason([](Wire& wire) {
              wire.write("SSH-2.0-x\r\n"), wire.hang();
            }).find("in the middle of the answer"),
            std::string::npos);
}

}  // namespace
}  // namespace nocturn::monitoring::test
