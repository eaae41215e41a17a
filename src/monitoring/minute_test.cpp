#include "monitoring/minute.h"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "base/json.h"

namespace nocturn::monitoring {
namespace {

using inventory::CheckId;
using inventory::InstanceId;
using std::chrono::seconds;

Observation seen(Outcome outcome, int second) {
  Observation observation;
  observation.outcome = outcome;
  observation.at = WallTime(seconds(second));
  observation.took = Micros(1234);
  return observation;
}

std::string hash_of(const ledger::Event& event) {
  return std::string(parse_json(event.payload)->at("sha256").as_string());
}

TEST(MinuteBook, says_nothing_when_nothing_was_observed) {
  MinuteBook book;
  EXPECT_FALSE(book.take(WallTime(seconds(60))));
}

TEST(MinuteBook, counts_outcomes_and_names_only_instances_in_trouble) {
  MinuteBook book;
  book.take(WallTime(seconds(0)));
  book.add(InstanceId("b"), CheckId("b/http"), seen(Outcome::failed, 1));
  book.add(InstanceId("b"), CheckId("b/sru"), seen(Outcome::passed, 2));
  book.add(InstanceId("a"), CheckId("a/http"), seen(Outcome::cannot_tell, 3));
  book.add(InstanceId("well"), CheckId("well/http"), seen(Outcome::passed, 4));
  const auto event = book.take(WallTime(seconds(60)));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, "monitoring.minute");
  const auto payload = parse_json(event->payload).value();
  EXPECT_EQ(canonical_json(payload.at("troubled")), R"({"a":[0,0,1],"b":[1,1,0]})");
  EXPECT_EQ(payload.at("passed"), 2);
  EXPECT_EQ(payload.at("failed"), 1);
  EXPECT_EQ(payload.at("cannot_tell"), 1);
  EXPECT_EQ(payload.at("from").as_string(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(payload.at("until").as_string(), "1970-01-01T00:01:00Z");
  EXPECT_FALSE(book.take(WallTime(seconds(120))));
}

TEST(MinuteBook, is_as_short_for_a_thousand_quiet_instances_as_for_one) {
  const auto length = [](int instances) {
    MinuteBook book;
    book.take(WallTime(seconds(0)));
    for (int i = 1000; i < 1000 + instances; ++i)
      book.add(InstanceId(fmt::format("i{}", i)), CheckId(fmt::format("i{}/http", i)),
               seen(Outcome::passed, 1));
    return book.take(WallTime(seconds(60)))->payload.size();
  };
  EXPECT_EQ(length(1000), length(1) + 2 * 3) << "two numbers of three more digits";
}

TEST(MinuteBook, hashes_every_sample_whatever_the_order_of_the_checks) {
  const auto hash = [](std::vector<std::pair<std::string, Observation>> samples) {
    MinuteBook book;
    for (const auto& [check, observation] : samples)
      book.add(InstanceId("i"), CheckId(check), observation);
    return hash_of(*book.take(WallTime{}));
  };
  const auto one = seen(Outcome::passed, 1), two = seen(Outcome::passed, 2);
  const std::string expected = hash({{"i/a", one}, {"i/b", one}, {"i/a", two}});
  EXPECT_EQ(hash({{"i/b", one}, {"i/a", one}, {"i/a", two}}), expected);
  EXPECT_NE(hash({{"i/a", two}, {"i/b", one}, {"i/a", one}}), expected);
  EXPECT_NE(hash({{"i/a", one}, {"i/b", one}}), expected);
  auto changed = two;
  changed.phases.connect = Micros(1);
  EXPECT_NE(hash({{"i/a", one}, {"i/b", one}, {"i/a", changed}}), expected);
}

TEST(MinuteBook, can_be_computed_again_from_the_samples) {
  MinuteBook book;
  book.add(InstanceId("i"), CheckId("i/a"), seen(Outcome::failed, 1));
  std::string sample(32, '\0');
  const auto put = [&](std::int64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) sample += static_cast<char>(value >> shift);
  };
  put(1'000'000);
  put(1234);
  for (int phase = 0; phase < 5; ++phase) put(-1);
  sample += '\1';
  sample += '\0';
  const crypto::Hash link = crypto::sha256(sample);
  std::string all = "i/a\n" + std::string(7, '\0') + '\1' + std::string(as_text(link));
  EXPECT_EQ(hash_of(*book.take(WallTime{})), to_hex(crypto::sha256(all)));
}

}  // namespace
}  // namespace nocturn::monitoring
