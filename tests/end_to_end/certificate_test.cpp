#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>

#include "end_to_end/hub_alone.h"
#include "support/eventually.h"

// A certificate that is renewed under a running hub, as real clients see it: openssl and curl.
namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

class RenewedCertificate : public ::testing::Test {
 protected:
  void SetUp() override {
    make("first");
    make("second");
    make("third");
    put("first", "chain.pem");
    put("first", "key.pem");
    ASSERT_TRUE(hub_.start()) << hub_.log();
  }

  void make(const std::string& name) {
    const auto made =
        run_to_end({{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=" + name,
                     "-keyout", (folder_ / (name + ".key.pem")).string(), "-out",
                     (folder_ / (name + ".chain.pem")).string()}});
    ASSERT_TRUE(made && made->ending.exit_code == 0) << made->errors;
  }
  // As certbot does: a new file in the old one's place.
  void put(const std::string& name, const std::string& file) {
    fs::copy_file(folder_ / (name + "." + file), folder_ / "new");
    fs::rename(folder_ / "new", folder_ / file);
  }
  // A handshake by openssl: what it printed.
  std::string shake_hands(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"openssl", "s_client", "-ign_eof", "-connect",
                                          hub_.url().substr(8)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome =
        run_to_end({.arguments = std::move(arguments),
                    .input = "GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"});
    return outcome ? outcome->output + outcome->errors : outcome.error().text();
  }
  bool shows(const std::string& name) {
    return shake_hands().contains("subject=CN = " + name + "\n");
  }
  bool metric(const std::string& line) { return hub_.get("/metrics").contains("\n" + line + "\n"); }

  TemporaryFolder folder_;
  HubAlone hub_{{.arguments = {"--tls-certificate", (folder_ / "chain.pem").string(), "--tls-key",
                               (folder_ / "key.pem").string()}}};
};

TEST_F(RenewedCertificate, is_taken_without_a_restart_and_a_wrong_one_is_told_and_not_taken) {
  const std::string session = (folder_ / "session").string();
  EXPECT_TRUE(shake_hands({"-sess_out", session}).contains("subject=CN = first\n"));
  auto reader = ChildProcess::start({{"curl", "-skN", "--noproxy", "*", hub_.url() + "/events"}});
  ASSERT_TRUE(reader && (*reader)->wait_for_text("retry:"));
  EXPECT_TRUE(metric("nocturn_certificate_refused 0"));

  put("second", "chain.pem");  // the key is still the first one's
  EXPECT_TRUE(eventually([&] { return metric("nocturn_certificate_refused 1"); })) << hub_.log();
  EXPECT_TRUE(hub_.log().contains("key.pem: the key does not belong to the certificate"));
  EXPECT_TRUE(hub_.log().contains("put a chain and the key that belongs to it into place"));
  EXPECT_TRUE(shows("first"));

  put("second", "key.pem");
  EXPECT_TRUE(eventually([&] { return shows("second"); })) << hub_.log();
  EXPECT_TRUE(metric("nocturn_certificate_refused 0"));
  EXPECT_TRUE(shake_hands({"-sess_in", session}).contains("Reused, TLSv1.3"));
  ASSERT_TRUE(hub_.declare("catalog-1", "after the renewal"));
  EXPECT_TRUE((*reader)->wait_for_text("event: row")) << "the connection from before was dropped";

  std::ofstream(folder_ / "chain.pem") << "-----BEGIN CERTIFICATE-----\nnot at all\n";
  EXPECT_TRUE(eventually([&] { return metric("nocturn_certificate_refused 1"); }));
  EXPECT_TRUE(hub_.log().contains("chain.pem: the certificate cannot be read"));
  EXPECT_TRUE(shows("second"));
  put("third", "key.pem");
  put("third", "chain.pem");
  hub_.hang_up();
  EXPECT_TRUE(eventually([&] { return shows("third"); })) << hub_.log();
}

}  // namespace
}  // namespace nocturn::testing
