#include "net/dns_message.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace nocturn::net {
namespace {

using namespace std::string_literals;

// An answer to "A search.example.org" with these counts and records.
std::string answer(int records, const std::string& data, char flags = '\x80') {
  auto message = *dns_question(7, "search.example.org", DnsType::a);
  message[2] = static_cast<char>(0x81 | (flags & 0x02));
  message[3] = '\x80';
  message[7] = static_cast<char>(records);
  return message + data;
}
std::string record(const std::string& data) {
  return "\xC0\x0C\0\1\0\1\0\0\0\x3C\0"s + static_cast<char>(data.size()) + data;
}
Result<DnsAnswer> parse(const std::string& message) {
  return parse_dns_answer(message, 7, "Search.Example.org.", DnsType::a);
}

TEST(DnsMessage, reads_a_compressed_answer) {
  const auto read = parse(answer(1, record("\x7F\0\0\x05"s)));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->answers.size(), 1u);
  EXPECT_EQ(read->answers[0].name, "search.example.org");
  EXPECT_EQ(read->answers[0].data, "127.0.0.5");
  EXPECT_EQ(read->answers[0].ttl, 60u);
}

TEST(DnsMessage, refuses_what_is_not_an_answer_to_its_question) {
  const auto good = answer(1, record("\x7F\0\0\x05"s));
  EXPECT_FALSE(parse_dns_answer(good, 8, "search.example.org", DnsType::a));
  EXPECT_FALSE(parse_dns_answer(good, 7, "other.example.org", DnsType::a));
  EXPECT_FALSE(parse_dns_answer(good, 7, "search.example.org", DnsType::aaaa));
  EXPECT_FALSE(parse(*dns_question(7, "search.example.org", DnsType::a)));
  EXPECT_FALSE(parse(""));
}

TEST(DnsMessage, refuses_pointers_that_do_not_lead_to_the_front) {
  EXPECT_FALSE(parse(answer(1, "\xC0\x24\0\1\0\1\0\0\0\0\0\0"s)));  // to itself
  EXPECT_FALSE(parse(answer(1, "\xC0\xFF\0\1\0\1\0\0\0\0\0\0"s)));  // past the end
}

TEST(DnsMessage, a_cut_answer_is_one_only_when_it_says_so) {
  const auto cut = record("\x7F\0\0\x05"s) + "\xC0\x0C\0\1"s;
  EXPECT_FALSE(parse(answer(2, cut)));
  const auto said = parse(answer(2, cut, '\x02'));
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->truncated);
  EXPECT_EQ(said->answers.size(), 1u);
}

TEST(DnsMessage, refuses_names_that_cannot_be) {
  EXPECT_FALSE(dns_question(1, "a..b", DnsType::a));
  EXPECT_FALSE(dns_question(1, std::string(64, 'a'), DnsType::a));
  std::string longest;
  for (int i = 0; i < 130; ++i) longest += "a.";
  EXPECT_FALSE(dns_question(1, longest, DnsType::a));
  EXPECT_TRUE(dns_question(1, ".", DnsType::ns));
}

RC_GTEST_PROP(DnsMessageProperty, any_bytes_are_read_or_refused, ()) {
  auto message = answer(3, record("\x7F\0\0\x05"s) + record("abc") + record(""));
  const auto changes = *rc::gen::container<std::vector<std::pair<unsigned, char>>>(rc::gen::pair(
      rc::gen::inRange(12u, static_cast<unsigned>(message.size())), rc::gen::arbitrary<char>()));
  for (const auto& [place, value] : changes) message[place] = value;
  const auto read = parse(message);
  if (read) RC_ASSERT(read->answers.size() <= 3u);
}

}  // namespace
}  // namespace nocturn::net
