// Bounds of what one client may hold open: connections and event streams.
#include "net/http_server_seats.h"

#include <ifaddrs.h>

#include <thread>

#include <gtest/gtest.h>

#include "net/http_server_test_client.h"

namespace nocturn::net {
namespace {

using testing::Answer;
using testing::get;
using testing::RawClient;
using testing::TestServer;

TEST(Seats, are_each_guests_own_and_given_back) {
  Seats seats;
  Seats::Seat first = seats.take("ann", 2), second = seats.take("ann", 2);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(seats.take("ann", 2));
  EXPECT_TRUE(seats.take("bob", 2));
  EXPECT_EQ(seats.guests(), 1u);  // Bob's was given back at once
  second.reset();
  EXPECT_TRUE(seats.take("ann", 2));
  first.reset();
  EXPECT_EQ(seats.guests(), 0u);
  EXPECT_FALSE(seats.take("cleo", 0));
  EXPECT_EQ(seats.guests(), 0u);
}

TEST(Seats, may_be_held_longer_than_they_are_counted) {
  auto seats = std::make_unique<Seats>();
  const Seats::Seat seat = seats->take("ann", 1);
  seats.reset();
}

ServerOptions few() {
  ServerOptions options;
  options.limits.streams_per_address = 2;
  options.limits.streams_per_account = 2;
  options.limits.connections_per_address = 3;
  return options;
}

// As a proxy on this machine passes a client's request on.
std::string from(std::string_view address, std::string_view target = "/events") {
  return get(target, fmt::format("X-Forwarded-For: {}\r\n", address));
}

bool begins(RawClient& client) {
  return client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n");
}

// A seat is given back when the server sees the end of its connection, which takes a moment.
bool begins_soon(const TestServer& test, std::string_view request) {
  for (int i = 0; i < 500; ++i) {
    RawClient client = test.connect();
    client.send(request);
    if (begins(client)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(PublicStreams, are_so_many_from_an_address_and_no_more) {
  TestServer test(few());
  auto first = std::make_unique<RawClient>(test.server->address());
  RawClient second = test.connect(), neighbour = test.connect(), third = test.connect();
  for (RawClient* client : {first.get(), &second}) {
    client->send(from("2001:db8::1"));
    EXPECT_TRUE(begins(*client));
  }
  const Answer refused = third.ask(from("2001:db8::2"));  // of the same network
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("content-type"), "application/problem+json");
  EXPECT_EQ(refused.header("retry-after"), "30");
  EXPECT_TRUE(refused.body.contains("\"title\":\"limited\"")) << refused.body;
  EXPECT_TRUE(refused.body.contains("\"retry\":true")) << refused.body;
  EXPECT_EQ(third.ask(from("2001:db8::2", "/")).status, 200);  // pages are for everybody
  neighbour.send(from("2001:db8:0:1::1"));
  EXPECT_TRUE(begins(neighbour));
  first.reset();
  EXPECT_TRUE(begins_soon(test, from("2001:db8::1")));
}

TEST(PublicStreams, of_this_machine_are_not_counted) {
  TestServer test(few());
  std::vector<RawClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(test.connect());
    clients.back().send(get("/events"));
    EXPECT_TRUE(begins(clients.back()));
  }
}

TEST(OperatorStreams, are_so_many_for_an_account_over_all_its_sessions) {
  TestServer test(few(), [](const Request& request) {
    Response response;
    response.stream = "operators";
    response.stream_owner = request.parameter("session");
    response.stream_account = request.parameter("account");
    return response;
  });
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(test.connect());
    clients.back().send(get(fmt::format("/own?account=ann&session={}", i)));
    EXPECT_TRUE(begins(clients.back()));
  }
  RawClient third = test.connect();
  EXPECT_EQ(third.ask(get("/own?account=ann&session=2")).status, 429);
  third.send(get("/own?account=ben&session=3"));
  EXPECT_TRUE(begins(third));
  for (int i = 0; i < 5; ++i) {  // who has no account: the data folder's owner
    clients.push_back(test.connect());
    clients.back().send(get("/own"));
    EXPECT_TRUE(begins(clients.back()));
  }
  test.server->end_streams("0");
  EXPECT_TRUE(begins_soon(test, get("/own?account=ann&session=4")));
}

// An IPv4 address of this machine that is not loopback; empty where it has none.
std::string own_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    char text[INET_ADDRSTRLEN];
    const auto& address = reinterpret_cast<const sockaddr_in&>(*each->ifa_addr);
    ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    if (!std::string_view(text).starts_with("127.")) return text;
  }
  return {};
}

TEST(Connections, are_so_many_from_an_address_and_as_many_as_it_likes_from_this_machine) {
  const std::string here = own_address();
  if (here.empty()) GTEST_SKIP() << "this machine has no address but loopback";
  ServerOptions options = few();
  options.listen = "0.0.0.0:0";
  TestServer test(options);
  const std::string port = test.server->address().substr(test.server->address().rfind(':'));
  std::vector<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(here + port);
    EXPECT_EQ(clients.back().ask(get("/tiny")).status, 200);
  }
  RawClient fourth(here + port);
  const Answer refused = fourth.read_answer();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_TRUE(fourth.at_end());
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back("127.0.0.1" + port);
    EXPECT_EQ(clients.back().ask(get("/tiny")).status, 200);
  }
  clients.clear();
  for (int i = 0; i < 500; ++i) {
    RawClient again(here + port);
    if (again.ask(get("/tiny")).status == 200) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "no place was given back";
}

}  // namespace
}  // namespace nocturn::net
