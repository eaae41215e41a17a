#include <gtest/gtest.h>

#include "net/address.h"
#include "net/http_fetch.h"

namespace nocturn::net {
namespace {

bool is_public_text(std::string_view ip) { return is_public(parse_ip(ip, 443).value()); }

TEST(PublicAddress, is_what_lies_in_the_public_network) {
  for (const char* ip :
       {"8.8.8.8", "193.0.14.129", "172.15.255.255", "172.32.0.1", "100.63.0.1", "223.255.255.255",
        "2a00:1450::1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"})
    EXPECT_TRUE(is_public_text(ip)) << ip;
}

TEST(PublicAddress, is_none_that_leads_into_the_house_in_any_spelling) {
  for (const char* ip : {"127.0.0.1",
                         "127.255.255.254",
                         "0.0.0.0",
                         "10.1.2.3",
                         "172.16.0.1",
                         "172.31.255.255",
                         "192.168.1.1",
                         "169.254.169.254",
                         "100.64.0.1",
                         "100.127.255.255",
                         "192.0.2.1",
                         "198.18.0.1",
                         "224.0.0.1",
                         "255.255.255.255",
                         "::",
                         "::1",
                         "fe80::1",
                         "fc00::1",
                         "fd12:3456::1",
                         "ff02::1",
                         "::ffff:127.0.0.1",
                         "::ffff:10.0.0.1",
                         "64:ff9b::7f00:1",
                         "2002:7f00:1::1",
                         "2002:a00:1::1",
                         "2001:db8::1",
                         "2001::1",
                         "::127.0.0.1"})
    EXPECT_FALSE(is_public_text(ip)) << ip;
}

TEST(PublicFetch, of_public_addresses_alone_does_not_connect_to_this_machine_whatever_its_name) {
  for (const char* url : {"http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/",
                          "http://0x7f000001:9/", "http://2130706433:9/", "http://127.1:9/"}) {
    const auto answer = fetch({.url = url, .public_only = true});
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable) << url;
    EXPECT_FALSE(answer.error().message.contains("refused")) << url << answer.error().message;
  }
}

}  // namespace
}  // namespace nocturn::net
