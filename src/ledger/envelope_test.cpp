#include "ledger/envelope.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace nocturn::ledger {
namespace {

Envelope sample() {
  return {.sensitivity = "internal",
          .commit = to_base64(commitment(Bytes(32, 7), "{}")),
          .id = "019363f8-7c00-7000-8000-000000000001",
          .object_class = "instance",
          .form = 1,
          .sequence = 18446744073709551615ULL,
          .source = source_of("monitoring.verdict.changed"),
          .subject = "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
          .time = from_rfc3339("2026-11-22T06:30:00.000001Z").value(),
          .type = "monitoring.verdict.changed"};
}

TEST(Envelope, written_by_hand_is_its_own_canonical_json) {
  const std::string leaf = to_leaf(sample());
  EXPECT_EQ(canonical_json(parse_json(leaf).value()).value(), leaf);
  EXPECT_EQ(leaf, R"({"class":"internal","commit":"YF3L/Tw4fEW22357H7lhvddddiJgxIebPDtPFe2srUI=",)"
                  R"("id":"019363f8-7c00-7000-8000-000000000001","obj":"instance","objver":"1",)"
                  R"("seq":"18446744073709551615","source":"/monitoring","specversion":"1.0",)"
                  R"("subject":"0f1e2d3c4b5a69788796a5b4c3d2e1f0",)"
                  R"("time":"2026-11-22T06:30:00.000001Z","type":"monitoring.verdict.changed"})");
}

TEST(Envelope, is_read_back_as_it_was) {
  EXPECT_EQ(parse_leaf(to_leaf(sample())).value(), sample());
}

TEST(Envelope, in_any_other_form_is_refused) {
  const std::string leaf = to_leaf(sample());
  EXPECT_FALSE(parse_leaf(leaf + " "));
  EXPECT_FALSE(parse_leaf("{ " + leaf.substr(1)));
  EXPECT_FALSE(parse_leaf("{}"));
  EXPECT_FALSE(parse_leaf("[]"));
  EXPECT_FALSE(parse_leaf(leaf.substr(0, leaf.size() - 1) + R"(,"zz":"1"})"));
  std::string other = leaf;
  other.replace(other.find("1.0"), 3, "0.3");
  EXPECT_FALSE(parse_leaf(other));
}

TEST(Envelope, names_are_words_that_json_need_not_escape) {
  EXPECT_TRUE(check_names("monitoring.verdict.changed", "instance/catalog-eu01"));
  EXPECT_TRUE(check_names("a.b_2", "cloud"));
  for (const char* type : {"", "a", "a.", ".a", "a..b", "A.b", "a.b\"", "a.b c", "a.\xc3\xa9"})
    EXPECT_FALSE(check_names(type, "cloud")) << type;
  for (const char* object : {"", "/x", "In/x", "a\"b", "x/\xff"})
    EXPECT_FALSE(check_names("a.b", object)) << object;
  EXPECT_FALSE(check_names("a." + std::string(600, 'b'), "cloud"));
}

}  // namespace
}  // namespace nocturn::ledger
