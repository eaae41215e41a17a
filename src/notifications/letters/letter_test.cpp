#include "notifications/letters/letter.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nocturn_notifications_test_embedded.h"
#include "support/sample_facts.h"
#include "support/sample_letters.h"

// How letters read.
namespace nocturn::notifications {
namespace {

using namespace std::chrono_literals;
using status_page::Indicator;
using ::testing::HasSubstr;
using ::testing::Not;

int count(std::string_view text, std::string_view what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

Letter sample(std::string_view name) {
  for (auto& [candidate, letter] : testing::sample_letters())
    if (candidate == name) return letter;
  ADD_FAILURE() << "no sample letter " << name;
  return {};
}

// Made anew with  build/dev/bin/nocturn_letter_sample DIR;  to be read before they are kept.
TEST(Letter, reads_as_the_golden_files_say) {
  int compared = 0;
  for (const auto& [name, letter] : testing::sample_letters()) {
    if (const auto text = fixtures::embedded(fmt::format("letters/testdata/{}.txt", name))) {
      EXPECT_EQ(*text, fmt::format("Subject: {}\n\n{}", letter.subject, letter.text)) << name;
      ++compared;
    }
    if (const auto html = fixtures::embedded(fmt::format("letters/testdata/{}.html", name))) {
      EXPECT_EQ(*html, letter.html) << name;
      ++compared;
    }
  }
  const auto paths = fixtures::embedded_paths();
  EXPECT_EQ(compared, std::count_if(paths.begin(), paths.end(), [](std::string_view path) {
              return path.starts_with("letters/testdata/");
            }));
}

TEST(Letter, names_the_worst_row_first_and_counts_the_others) {
  EXPECT_EQ(sample("interruption.en").subject,
            "[Example Library Cloud] Service interruption: Discovery EU01 and one more");
}

TEST(Letter, of_recovery_says_so_in_its_subject_and_how_long_it_lasted) {
  EXPECT_EQ(sample("recovery.en").subject,
            "[Example Library Cloud] Operating normally again after 43 min: Catalog EU01 and 3 "
            "more");
}

TEST(Letter, in_hebrew_isolates_what_is_not_hebrew) {
  EXPECT_THAT(sample("recovery.he").subject,
              HasSubstr("\u2068[Example Library Cloud]\u2069 פועל שוב כסדרו"));
  EXPECT_THAT(sample("recovery.he").html, HasSubstr("<html lang=\"he\" dir=\"rtl\">"));
}

TEST(Letter, of_a_thousand_rows_tells_fifty_and_counts_the_others) {
  const Letter letter = sample("large.en");
  EXPECT_EQ(count(letter.text, "\n* "), 51);
  EXPECT_THAT(letter.text, HasSubstr("* and 950 more; the status page shows them all.\n"));
  EXPECT_LT(letter.text.size() + letter.html.size(), 30'000u);
}

TEST(Letter, never_calls_a_row_normal_that_is_no_longer_watched) {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  const Recipient recipient;
  const Occasion occasion{cloud, recipient, {}};
  Telling telling;
  telling.step = Step::over;
  telling.at = testing::sample_now();
  telling.rows = {{.instance = "catalog-gone",
                   .name = "Catalog Gone",
                   .watched = false,
                   .since = testing::sample_now(),
                   .trouble_since = testing::sample_now() - 5min}};
  const Letter alone = letter(occasion, telling, telling.rows);
  EXPECT_THAT(alone.subject, HasSubstr("No longer watched: Catalog Gone"));
  EXPECT_THAT(alone.text, Not(HasSubstr("normal")));
  EXPECT_THAT(alone.text, Not(HasSubstr("lasted")));
  EXPECT_THAT(alone.text, HasSubstr("we cannot say how this ended"));

  telling.rows.push_back({.instance = "discovery-eu01", .since = testing::sample_now()});
  const Letter mixed = letter(occasion, telling, telling.rows);
  EXPECT_THAT(mixed.subject, HasSubstr("No more to report: Catalog Gone and one more"));
  EXPECT_THAT(mixed.text, HasSubstr("Discovery EU01: Operating normally"));
  EXPECT_THAT(mixed.text, HasSubstr("Catalog Gone: No longer watched"));
}

TEST(Letter, of_a_shared_address_has_no_way_out_without_the_code) {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  Recipient recipient;
  recipient.shared = true;
  Telling telling;
  telling.rows = {{.instance = "catalog-eu01", .indicator = Indicator::interruption}};
  const Letter told =
      letter({cloud, recipient, {.manage = "https://s.example/m"}}, telling, telling.rows);
  EXPECT_THAT(told.text, HasSubstr("unsubscribing it takes a code"));
  EXPECT_THAT(told.text, Not(HasSubstr("Unsubscribe:")));
}

TEST(Letter, tells_utc_once_where_the_local_time_is_utc) {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  Recipient recipient;
  recipient.time_zone = "UTC";
  Telling telling;
  telling.rows = {{.instance = "catalog-eu01",
                   .indicator = Indicator::interruption,
                   .since = testing::sample_now()}};
  const Letter told = letter({cloud, recipient, {}}, telling, telling.rows);
  EXPECT_THAT(told.text, HasSubstr("since 22 Nov 2026, 06:45 UTC\n"));
}

TEST(Letter, links_web_addresses_of_an_operator_and_no_others) {
  const inventory::Cloud cloud = *testing::sample_facts().cloud;
  const Recipient recipient;
  Telling telling;
  telling.step = Step::note;
  telling.words = "See https://example.org/a?b=1&c=2, javascript:alert(1) or <http://x.example>.";
  telling.rows = {{.instance = "catalog-eu01", .indicator = Indicator::interruption}};
  const Letter told = letter({cloud, recipient, {}}, telling, telling.rows);
  EXPECT_THAT(told.html, HasSubstr("See <a href=\"https://example.org/a?b=1&amp;c=2\" dir=\"ltr\">"
                                   "https://example.org/a?b=1&amp;c=2</a>, javascript:alert(1) or "
                                   "&lt;<a href=\"http://x.example\" dir=\"ltr\">http://x.example"
                                   "</a>&gt;."));
  EXPECT_EQ(count(told.html, "href="), 3);  // and the operating center's mail address
}

TEST(Letter, of_a_moved_maintenance_tells_both_times) {
  const std::string text = sample("moved.en").text;
  EXPECT_THAT(text, HasSubstr("New time: Sun 29 Nov, 07:00–09:00 CET (06:00–08:00 UTC)\n"));
  EXPECT_THAT(text,
              HasSubstr("Old time, no longer planned: Sat 28 Nov, 07:00–09:00 CET (06:00–08:00 "
                        "UTC)\n"));
}

}  // namespace
}  // namespace nocturn::notifications
