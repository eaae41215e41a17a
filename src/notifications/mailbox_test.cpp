#include "notifications/mailbox.h"

#include <gtest/gtest.h>

namespace nocturn::notifications {
namespace {

bool is_taken(std::string_view address) {
  const auto parsed = net::parse_mail_address(address);
  return parsed && is_plain_mailbox(*parsed);
}

TEST(Mailbox, is_taken_as_honest_people_write_it) {
  for (const char* address :
       {"a@example.org", "with+tag@example.org", "o'brien@example.org", "jörg@example.org",
        "δοκιμή@παράδειγμα.δοκιμή", "דוד@example.org", "a_b-c.d@sub-domain.example.org",
        "a@xn--bcher-kva.example", "a@1und1.de"})
    EXPECT_TRUE(is_taken(address)) << address;
}

TEST(Mailbox, is_refused_where_a_mail_would_go_elsewhere) {
  for (const char* address :
       {"victim%example.com@example.org", "example.com!victim@example.org", "\"a b\"@example.org",
        "\"a@b\"@example.org", "a..b@example.org", "a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1",
        "root@localhost", "|program@example.org", "/file@example.org", "-option@example.org",
        "a\u200b@example.org", "a\u00ad@example.org", "a\u3000@example.org"})
    EXPECT_FALSE(is_taken(address)) << address;
}

TEST(Mailbox, is_counted_as_one_in_whatever_spelling) {
  for (const char* spelling :
       {"Jane.Doe@Bücher.example", "janedoe@xn--bcher-kva.example", "JANE.DOE+1@BÜCHER.example",
        "j.a.n.e.d.o.e+a+b@bu\u0308cher.example", "\uff4aanedoe@XN--bcher-KVA.EXAMPLE"})
    EXPECT_EQ(mailbox_key(spelling), "janedoe@xn--bcher-kva.example") << spelling;
  EXPECT_EQ(mailbox_key("J\u00d6RG@example.org"), mailbox_key("jo\u0308rg@example.org"));
  EXPECT_NE(mailbox_key("+a@example.org"), mailbox_key("+b@example.org"));
  EXPECT_NE(mailbox_key("a@example.org"), mailbox_key("a@example.com"));
  EXPECT_EQ(mailbox_key("No Address"), "no address");
}

}  // namespace
}  // namespace nocturn::notifications
