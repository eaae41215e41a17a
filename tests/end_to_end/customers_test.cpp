#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/hub_alone.h"

// An operator keeps one customer on the command line, without a table.
namespace nocturn::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kInvalid = 2;

class CustomerCommands : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(hub_.start()) << hub_.log(); }
  Outcome customer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "customer");
    arguments.insert(arguments.end(), {"--data", hub_.data().string()});
    return hub_.nocturn(std::move(arguments));
  }

  HubAlone hub_;
};

TEST_F(CustomerCommands, keep_what_an_institution_uses_and_who_is_told) {
  const Outcome empty = customer({"list"});
  EXPECT_THAT(empty.output, HasSubstr("no customers yet"));
  ASSERT_EQ(customer({"add", "northgate", "--territory", "emea", "--zone", "Europe/Amsterdam"})
                .ending.exit_code,
            0);
  const Outcome used =
      customer({"add-asset", "northgate", "catalog", "catalog-1", "--from", "2026-01-01T00:00:00Z",
                "--until", "2030-01-01T00:00:00Z", "--utc"});
  EXPECT_EQ(used.output,
            "northgate uses catalog at catalog-1 from 2026-01-01 00:00:00 UTC until 2030-01-01 "
            "00:00:00 UTC\n")
      << used.errors;
  const Outcome told = customer({"add-contact", "northgate", "mary@northgate.example", "--name",
                                 "Mary Reed", "--product", "catalog"});
  EXPECT_EQ(told.output, "Mary Reed is a contact of northgate for catalog\n") << told.errors;
  const Outcome shown = customer({"show", "northgate"});
  EXPECT_THAT(shown.output, HasSubstr("catalog-1"));
  EXPECT_THAT(shown.output, HasSubstr("mary@northgate.example"));
  const Outcome kept = customer({"export", "northgate", "mary@northgate.example"});
  EXPECT_THAT(kept.output, HasSubstr("Mary Reed"));
}

TEST_F(CustomerCommands, say_in_one_line_what_is_wrong) {
  ASSERT_EQ(customer({"add", "northgate", "--territory", "emea", "--zone", "Europe/Amsterdam"})
                .ending.exit_code,
            0);
  const auto refused = [&](std::vector<std::string> arguments) {
    const Outcome outcome = customer(std::move(arguments));
    EXPECT_EQ(outcome.ending.exit_code, kInvalid) << outcome.output << outcome.errors;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
    return outcome.errors;
  };
  EXPECT_THAT(refused({"add", "import", "--territory", "emea", "--zone", "Europe/Amsterdam"}),
              HasSubstr("no institution can be called import"));
  EXPECT_THAT(refused({"add-contact", "northgate", "mary"}), HasSubstr("is no e-mail address"));
  EXPECT_THAT(refused({"add-asset", "northgate", "catalog", "catalog-9"}),
              HasSubstr("did you mean \"catalog-0\"?"));
  EXPECT_THAT(refused({"add-asset", "northgate", "catalog", "catalog-1", "--from", "today"}),
              HasSubstr("from must be a time"));
}

}  // namespace
}  // namespace nocturn::testing
