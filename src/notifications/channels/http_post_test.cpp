#include <atomic>

#include "notifications/events.h"
#include "notifications/fixture_test.h"
#include "support/eventually.h"
#include "support/scripted_peer.h"

// Requests to receivers that answer late.
namespace nocturn::notifications {
namespace {

class HttpPost : public FlowTest {
 protected:
  // As if its owner had confirmed it.
  void subscribe_url(const std::string& url) {
    Subscription wanted;
    wanted.id = SubscriptionId(new_uuid(clock_, random_));
    wanted.channel = kWebhook;
    wanted.address = url;
    wanted.owner = "ann@example.org";
    wanted.choices.instances = {"cat-1"};
    record({events::requested(wanted, clock_.wall()), events::confirmed(wanted.id)});
  }
};

TEST_P(HttpPost, lets_no_receiver_wait_for_another_that_answers_late) {
  constexpr int kEach = 12;
  std::atomic<int> quick_ones = 0, at_slow = 0, most_at_slow = 0;
  const auto answer = [](testing::Wire& wire) {
    wire.write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  };
  testing::Peer slow([&](testing::Wire& wire) {
    most_at_slow = std::max<int>(most_at_slow, ++at_slow);
    wire.read_until("\r\n\r\n");
    while (quick_ones < kEach && wire.pause(std::chrono::milliseconds(20))) {
    }
    --at_slow;
    answer(wire);
  });
  testing::Peer quick([&](testing::Wire& wire) {
    wire.read_until("\r\n\r\n");
    answer(wire);
    ++quick_ones;
  });
  cloud_->notifications.private_webhooks = true;
  for (int i = 0; i < kEach; ++i) subscribe_url(slow.url(fmt::format("/{}", i)));
  for (int i = 0; i < kEach; ++i)
    subscribe_url(fmt::format("http://localhost:{}/{}", quick.port(), i));
  declare("cat-1", status_page::Indicator::interruption);
  look();
  EXPECT_TRUE(testing::eventually([&] { return quick_ones == kEach; }))
      << "while the slow one answers nobody";
  EXPECT_LE(most_at_slow, 2);
  wait_until_quiet();
}

INSTANTIATE_TEST_SUITE_P(Stores, HttpPost,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
