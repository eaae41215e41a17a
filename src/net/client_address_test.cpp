#include "net/client_address.h"

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

Request from(std::string peer, std::vector<std::string> forwarded = {}) {
  Request request;
  request.peer = std::move(peer);
  for (std::string& each : forwarded)
    request.headers.push_back({"x-forwarded-for", std::move(each)});
  return request;
}

TEST(ClientAddress, is_what_a_proxy_on_this_machine_said_last) {
  EXPECT_EQ(client_address(from("127.0.0.1")), "127.0.0.1");
  EXPECT_EQ(client_address(from("127.0.0.1", {"198.51.100.1, 192.0.2.7"})), "192.0.2.7");
  EXPECT_EQ(client_address(from("::1", {"198.51.100.1", "192.0.2.7"})), "192.0.2.7");
  EXPECT_EQ(client_address(from("127.0.0.1", {"nonsense"})), "unknown");
}

TEST(ClientAddress, of_another_machine_is_its_own_whatever_it_says) {
  EXPECT_EQ(client_address(from("192.0.2.7", {"127.0.0.1"})), "192.0.2.7");
}

TEST(AddressBlock, is_the_address_of_ipv4_and_the_network_of_ipv6) {
  EXPECT_EQ(address_block("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address_block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
}

TEST(AddressBlock, keeps_ipv4_clients_of_a_socket_for_both_apart) {
  EXPECT_EQ(address_block("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_NE(address_block("::ffff:192.0.2.7"), address_block("::ffff:192.0.2.8"));
  EXPECT_TRUE(is_loopback("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_loopback("::ffff:192.0.2.7"));
}

}  // namespace
}  // namespace nocturn::net
