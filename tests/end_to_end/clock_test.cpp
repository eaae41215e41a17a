#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <thread>

#include <boost/json.hpp>

#include "end_to_end/hub_alone.h"
#include "support/eventually.h"

// The machine's clock is set while the hub runs: an hour forth, an hour back. libfaketime lies to
// the hub about the wall clock and leaves the steady one alone, as the kernel would.
namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

// Something on loopback that lets the kernel take connections: enough for a tcp check.
class Target {
 public:
  Target() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(descriptor_, generic, size), 0);
    EXPECT_EQ(::listen(descriptor_, 1024), 0);
    EXPECT_EQ(::getsockname(descriptor_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Target() { ::close(descriptor_); }
  std::uint16_t port() const { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

class SteppedHub {
 public:
  SteppedHub() {
    set_clock("+0");
    std::ofstream(hub_.folder() / "config" / "watched.yaml")
        << "instances:\n  watched: {name: Watched, product: catalog, data_center: ams1, tenancy: "
           "multi, environment: production, checks: {port: {tcp: {target: \"127.0.0.1:"
        << target_.port() << "\"}, every: 1s}}}\n";
  }
  HubAlone& hub() { return hub_; }
  void set_clock(const std::string& offset) {
    const auto fresh = folder_ / "offset.new";  // never read half written
    std::ofstream(fresh) << offset << '\n';
    std::filesystem::rename(fresh, folder_ / "offset");
  }
  double metric(const std::string& name) {
    const std::string text = hub_.get("/metrics");
    const auto at = text.find("\n" + name + " ");
    double value = -1;
    if (at == std::string::npos) return value;
    const char* from = text.data() + at + name.size() + 2;
    std::from_chars(from, text.data() + text.size(), value);
    return value;
  }
  double probes() { return metric("nocturn_probes_total{outcome=\"passed\"}"); }
  // Until the page says normal and was made in the last seconds by its own clock.
  bool shows_normal_and_is_fresh() {
    return eventually([this] {
      return metric("nocturn_page_age_seconds") < 5 &&
             hub_.get("/badges/watched.svg").contains("normal");
    });
  }

 private:
  TemporaryFolder folder_;
  Target target_;
  HubAlone hub_{{.environment = {{"LD_PRELOAD", NOCTURN_FAKETIME},
                                 {"FAKETIME_TIMESTAMP_FILE", (folder_ / "offset").string()},
                                 {"FAKETIME_NO_CACHE", "1"},
                                 {"FAKETIME_DONT_FAKE_MONOTONIC", "1"},
                                 {"ASAN_OPTIONS", "verify_asan_link_order=0"}}}};
};

// Every stretch that the public JSON tells begins before it ends.
void expect_no_negative_interval(HubAlone& hub) {
  boost::json::error_code error;
  const auto all = boost::json::parse(hub.get("/api/v2/incidents.json"), error);
  ASSERT_FALSE(error);
  for (const auto& incident : all.at("incidents").as_array()) {
    if (!incident.at("resolved_at").is_string()) continue;
    EXPECT_LE(incident.at("created_at").as_string(), incident.at("resolved_at").as_string());
  }
}

TEST(ClockSteps, of_an_hour_make_no_storm_no_trouble_and_no_negative_interval) {
  SteppedHub stepped;
  HubAlone& hub = stepped.hub();
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(stepped.shows_normal_and_is_fresh()) << hub.log();
  for (const char* offset : {"+3600s", "+0", "-3600s", "+0"}) {
    SCOPED_TRACE(offset);
    const double before = stepped.probes();
    const auto started = std::chrono::steady_clock::now();
    stepped.set_clock(offset);
    std::this_thread::sleep_for(3s);
    const double made = stepped.probes() - before;
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - started;
    EXPECT_GE(made, 1);
    EXPECT_LE(made, waited.count() + 2);  // one a second, and what was on its way
    EXPECT_TRUE(stepped.shows_normal_and_is_fresh()) << hub.get("/api/v2/summary.json");
    EXPECT_GE(stepped.metric("nocturn_page_age_seconds"), 0);
    expect_no_negative_interval(hub);
    EXPECT_TRUE(hub.declare("catalog-0", std::string("the clock was set by ") + offset));
  }
  EXPECT_TRUE(hub.log().contains("the clock was set")) << hub.log();
  hub.stop();
  EXPECT_EQ(hub.nocturn({"ledger", "verify", hub.ledger(), "--kept", ""}).ending.exit_code, 0);
  EXPECT_EQ(hub.nocturn({"ledger", "replay", hub.database()}).ending.exit_code, 0);
}

TEST(ClockSteps, tell_a_hub_that_starts_that_nobody_watched_meanwhile) {
  SteppedHub stepped;
  HubAlone& hub = stepped.hub();
  ASSERT_TRUE(hub.start()) << hub.log();
  ASSERT_TRUE(stepped.shows_normal_and_is_fresh()) << hub.log();
  hub.stop();
  stepped.set_clock("+600s");
  ASSERT_TRUE(hub.start()) << hub.log();
  const auto entries = hub.nocturn({"ledger", "entries", "--data", hub.data().string()});
  EXPECT_TRUE(entries.output.contains("monitoring.watch.resumed")) << entries.errors;
}

}  // namespace
}  // namespace nocturn::testing
