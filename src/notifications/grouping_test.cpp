#include "notifications/grouping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::notifications {
namespace {

using status_page::Indicator;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kStart = from_rfc3339("2026-11-22T06:00:00Z").value();
const Clocks kClocks;

// A cloud of rows "a1", "a2" … in data center "a" and so on; a page whose rows are set by hand.
class Page {
 public:
  void set(const std::string& instance, Indicator indicator, WallTime at) {
    Seen& row = rows_[instance];
    row.instance = instance;
    row.data_center = instance.substr(0, 1);
    if (row.indicator && *row.indicator == indicator) return;
    if (row.indicator) changed_[instance].push_back(at);
    row.indicator = indicator;
    row.since = at;
  }
  void take_away(const std::string& instance) {
    rows_.erase(instance);
    changed_.erase(instance);
  }
  std::vector<Seen> seen(WallTime now) {
    std::vector<Seen> list;
    for (auto& [id, row] : rows_) {
      row.changes = static_cast<int>(std::ranges::count_if(
          changed_[id], [&](WallTime at) { return now - at < std::chrono::hours(1); }));
      list.push_back(row);
    }
    return list;
  }
  std::map<std::string, std::string> data_centers() const {
    std::map<std::string, std::string> all;
    for (const auto& [id, row] : rows_) all[id] = row.data_center;
    return all;
  }

 private:
  std::map<std::string, Seen> rows_;
  std::map<std::string, std::vector<WallTime>> changed_;
};

// What somebody was told, in order: "began notice-1 a1:interruption a2:interruption".
struct Said {
  std::string who;
  Step step;
  NoticeId notice;
  WallTime at;
  std::map<std::string, Indicator> rows;
};

// The shell's part, in memory: applies what the rules say, each time it is called.
class House {
 public:
  void follow(const std::string& who, std::vector<std::string> instances) {
    Recipient recipient{.id = RecipientId(who)};
    followers_[who] = {recipient, std::move(instances)};
  }

  void look(Page& page, WallTime now) {
    const auto seen = page.seen(now);
    const Changes found = changes(Topic::trouble, seen, open_, page.data_centers(), kClocks, now);
    for (const NoticeChange& change : found.notices) {
      if (change.notice.empty())
        open_.push_back({.id = NoticeId(fmt::format("notice-{}", ++made_))});
      const auto notice = change.notice.empty()
                              ? std::prev(open_.end())
                              : std::ranges::find(open_, change.notice, &OpenNotice::id);
      ASSERT_NE(notice, open_.end());
      take(*notice, change, now);
    }
    for (OpenNotice& notice : open_) tell(notice, now);
    std::erase_if(open_, [](const OpenNotice& notice) { return is_over(notice); });
  }

  std::vector<Said> said;
  std::vector<Said> said_to(const std::string& who) const {
    std::vector<Said> mine;
    for (const Said& one : said)
      if (one.who == who) mine.push_back(one);
    return mine;
  }
  const std::vector<OpenNotice>& open() const { return open_; }

 private:
  void tell(const OpenNotice& notice, WallTime now) {
    std::vector<Addressee> list;
    for (const auto& [who, follower] : followers_) {
      Addressee addressee{.recipient = follower.recipient, .instances = {}};
      for (const std::string& instance : follower.instances)
        if (std::ranges::find(notice.rows, instance, &ToldRow::instance) != notice.rows.end())
          addressee.instances.push_back(instance);
      if (!addressee.instances.empty()) list.push_back(std::move(addressee));
    }
    for (const auto& [step, recipients] :
         tellings(notice, list, heard_[notice.id], kClocks, now).now) {
      for (const Recipient& recipient : recipients) {
        Said one{recipient.id.text(), step, notice.id, now, {}};
        const auto& follows = followers_.at(recipient.id.text()).instances;
        for (const ToldRow& row : notice.rows)
          if (std::ranges::find(follows, row.instance) != follows.end())
            one.rows[row.instance] = row.indicator;
        said.push_back(std::move(one));
        heard_[notice.id][recipient.id] = {notice.sequence, now};
      }
    }
  }

  std::map<std::string, Addressee> followers_;
  std::vector<OpenNotice> open_;
  std::map<NoticeId, std::map<RecipientId, Heard>> heard_;
  int made_ = 0;
};

TEST(Grouping, tells_a_follower_of_five_rows_in_one_go_and_of_their_end_in_one_go) {
  Page page;
  House house;
  house.follow("ann", {"a1", "a2", "a3", "b1", "b2"});
  for (const char* row : {"a1", "a2", "a3", "b1", "b2", "b3"}) {
    page.set(row, Indicator::normal, kStart - minutes(90));
    page.set(row, Indicator::interruption, kStart);
  }
  house.look(page, kStart + seconds(1));
  ASSERT_EQ(house.said.size(), 1U);
  EXPECT_EQ(house.said[0].step, Step::began);
  EXPECT_EQ(house.said[0].rows.size(), 5U);
  for (const char* row : {"a1", "a2", "a3", "b1", "b2"})
    page.set(row, Indicator::normal, kStart + seconds(30));
  house.look(page, kStart + seconds(31));
  ASSERT_EQ(house.said.size(), 2U);
  EXPECT_EQ(house.said[1].step, Step::over);
  EXPECT_EQ(house.open().size(), 1U) << "b3 is still down";
}

TEST(Grouping, lets_later_rows_of_a_data_center_join_and_tells_new_followers_at_once) {
  Page page;
  House house;
  house.follow("ann", {"a1", "a2"});
  house.follow("bob", {"a2"});
  house.follow("eve", {"c1"});
  for (const char* row : {"a1", "a2", "c1"}) page.set(row, Indicator::normal, kStart - minutes(90));
  page.set("a1", Indicator::interruption, kStart);
  house.look(page, kStart + seconds(1));
  page.set("a2", Indicator::interruption, kStart + seconds(20));
  house.look(page, kStart + seconds(21));
  EXPECT_EQ(house.said_to("ann").size(), 1U) << "an update waits for its minute";
  ASSERT_EQ(house.said_to("bob").size(), 1U);
  EXPECT_EQ(house.said_to("bob")[0].step, Step::began);
  EXPECT_EQ(house.said_to("bob")[0].notice, house.said_to("ann")[0].notice);
  house.look(page, kStart + seconds(61));
  ASSERT_EQ(house.said_to("ann").size(), 2U);
  EXPECT_EQ(house.said_to("ann")[1].step, Step::changed);
  page.set("c1", Indicator::performance, kStart + seconds(70));
  house.look(page, kStart + seconds(71));
  ASSERT_EQ(house.said_to("eve").size(), 1U);
  EXPECT_NE(house.said_to("eve")[0].notice, house.said_to("ann")[0].notice)
      << "another data center is another cause";
}

// 400 of 460 instances (2,800 of 3,230 checks) of a data center are found down within half a
// minute, as their checks come round.
TEST(Grouping, tells_nobody_more_than_once_in_the_first_minute_of_a_storm) {
  Page page;
  House house;
  std::vector<std::string> all;
  for (int i = 0; i < 460; ++i) all.push_back(fmt::format("a{:03}", i));
  for (const std::string& row : all) page.set(row, Indicator::normal, kStart - minutes(90));
  house.follow("everything", all);
  for (int i = 0; i < 90; ++i) {
    const auto from = all.begin() + 5 * i;
    house.follow(fmt::format("five-{:02}", i), {from, from + 5});
  }
  WallTime now = kStart;
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 400; ++i)
      if (i * 7 % 30 == second)
        page.set(all[static_cast<std::size_t>(i)], Indicator::interruption, now);
    house.look(page, now += seconds(1));
  }
  EXPECT_EQ(house.open().size(), 1U) << "one cause";
  std::map<std::string, int> told;
  for (const Said& one : house.said) ++told[one.who];
  EXPECT_EQ(told.size(), 81U) << "eighty who follow rows that are down, and who follows all";
  for (const auto& [who, times] : told) EXPECT_EQ(times, 1) << who;
  for (int second = 0; second < 120; ++second) house.look(page, now += seconds(1));
  EXPECT_EQ(house.said_to("everything").size(), 2U) << "one update with the rows that came later";
  EXPECT_EQ(house.said_to("everything")[1].rows.size(), 400U);
}

TEST(Grouping, keeps_nobody_waiting_for_an_hour_that_was_set_back) {
  Page page;
  House house;
  house.follow("ann", {"a1", "a2"});
  for (const char* row : {"a1", "a2"}) page.set(row, Indicator::normal, kStart - minutes(90));
  page.set("a1", Indicator::interruption, kStart);
  house.look(page, kStart + seconds(1));
  const WallTime back = kStart - minutes(59);
  page.set("a2", Indicator::interruption, back);
  house.look(page, back + seconds(1));
  ASSERT_EQ(house.said.size(), 2U);
  page.set("a2", Indicator::performance, back + seconds(5));
  house.look(page, back + seconds(6));
  EXPECT_EQ(house.said.size(), 2U) << "once a minute, as ever";
  house.look(page, back + seconds(61));
  EXPECT_EQ(house.said.size(), 3U);
}

// The end of a storm: 400 rows are found well within 40 s, as their checks come round.
TEST(Grouping, tells_a_recovery_that_comes_row_by_row_once) {
  Page page;
  House house;
  std::vector<std::string> all;
  for (int i = 0; i < 400; ++i) all.push_back(fmt::format("a{:03}", i));
  for (const std::string& row : all) {
    page.set(row, Indicator::normal, kStart - minutes(90));
    page.set(row, Indicator::interruption, kStart);
  }
  house.follow("everything", all);
  for (int i = 0; i < 80; ++i) {
    const auto from = all.begin() + 5 * i;
    house.follow(fmt::format("five-{:02}", i), {from, from + 5});
  }
  house.look(page, kStart + seconds(1));
  ASSERT_EQ(house.said.size(), 81U);
  WallTime now = kStart + minutes(30);
  for (int second = 0; second < 40; ++second) {
    for (int i = 0; i < 400; ++i)
      if (i * 7 % 40 == second) page.set(all[static_cast<std::size_t>(i)], Indicator::normal, now);
    house.look(page, now += seconds(1));
  }
  EXPECT_EQ(house.said.size(), 2 * 81U);
  EXPECT_EQ(std::ranges::count(house.said, Step::over, &Said::step), 81);
}

TEST(Grouping, tells_of_a_row_that_is_well_again_after_a_minute_when_others_are_not) {
  Page page;
  House house;
  house.follow("ann", {"a1", "a2", "a3"});
  for (const char* row : {"a1", "a2", "a3"}) {
    page.set(row, Indicator::normal, kStart - minutes(90));
    page.set(row, Indicator::interruption, kStart);
  }
  house.look(page, kStart + seconds(1));
  const WallTime later = kStart + minutes(30);
  page.set("a1", Indicator::normal, later);
  house.look(page, later + seconds(1));
  page.set("a2", Indicator::normal, later + seconds(50));
  house.look(page, later + seconds(51));
  EXPECT_EQ(house.said.size(), 1U);
  house.look(page, later + seconds(60));
  ASSERT_EQ(house.said.size(), 2U);
  EXPECT_EQ(house.said[1].step, Step::changed);
  EXPECT_EQ(house.said[1].rows["a2"], Indicator::normal);
  page.set("a2", Indicator::interruption, later + minutes(3));
  house.look(page, later + minutes(3));
  EXPECT_EQ(house.said.size(), 3U) << "what grew worse does not wait for more";
}

// Whatever was heard and happened when, and wherever the clock was set: whoever has something to
// hear gets it within the interval.
RC_GTEST_PROP(Grouping, never_waits_longer_than_the_interval, ()) {
  const auto some_time = [] { return kStart + seconds(*rc::gen::inRange(-7200, 7200)); };
  OpenNotice notice{.id = NoticeId("n"), .sequence = 7};
  notice.rows = {{.instance = "a1",
                  .indicator = *rc::gen::element(Indicator::normal, Indicator::interruption),
                  .since = some_time(),
                  .sequence = 7},
                 {.instance = "a2", .indicator = Indicator::interruption, .sequence = 2}};
  const Addressee ann{.recipient = {.id = RecipientId("ann")}, .instances = {"a1", "a2"}};
  const std::map<RecipientId, Heard> heard{{ann.recipient.id, {.sequence = 3, .at = some_time()}}};
  for (WallTime now = kStart; now < kStart + kClocks.interval; now += seconds(7)) {
    const Tellings found = tellings(notice, std::span(&ann, 1), heard, kClocks, now);
    RC_ASSERT(found.now.size() == 1 || found.again_at.has_value());
    if (!found.now.empty()) return;
    RC_ASSERT(*found.again_at > now);
    RC_ASSERT(*found.again_at <= now + kClocks.interval);
  }
  RC_ASSERT(
      tellings(notice, std::span(&ann, 1), heard, kClocks, kStart + kClocks.interval).now.size() ==
      1);
}

TEST(Grouping, changes_nothing_while_nobody_can_tell) {
  Page page;
  House house;
  house.follow("ann", {"a1"});
  page.set("a1", Indicator::normal, kStart - minutes(90));
  page.set("a1", Indicator::interruption, kStart);
  house.look(page, kStart + seconds(1));
  std::vector<Seen> blind = page.seen(kStart + minutes(5));
  blind[0].indicator = std::nullopt;
  const Changes found = changes(Topic::trouble, blind, house.open(), page.data_centers(), kClocks,
                                kStart + minutes(5));
  EXPECT_TRUE(found.notices.empty());
}

TEST(Grouping, ends_a_notice_of_a_row_that_left_as_one_that_is_no_longer_watched) {
  Page page;
  House house;
  house.follow("ann", {"a1", "a2"});
  house.follow("bob", {"a2"});
  for (const char* row : {"a1", "a2"}) {
    page.set(row, Indicator::normal, kStart - minutes(90));
    page.set(row, Indicator::interruption, kStart);
  }
  house.look(page, kStart + seconds(1));
  page.take_away("a2");
  house.look(page, kStart + minutes(2));
  ASSERT_EQ(house.said_to("bob").size(), 2U);
  EXPECT_EQ(house.said_to("bob")[1].step, Step::over);
  house.look(page, kStart + minutes(3));
  ASSERT_EQ(house.said_to("ann").size(), 2U);
  EXPECT_EQ(house.said_to("ann")[1].step, Step::changed) << "a1 is still down";
  ASSERT_EQ(house.open().size(), 1U);
  EXPECT_FALSE(house.open()[0].rows[1].watched);
  house.look(page, kStart + minutes(4));
  EXPECT_EQ(house.said.size(), 4U) << "once";

  page.set("a2", Indicator::normal, kStart + minutes(5));
  page.set("a2", Indicator::performance, kStart + minutes(5));
  house.look(page, kStart + minutes(6));
  ASSERT_EQ(house.said_to("bob").size(), 3U) << "it came back";
  page.take_away("a1");
  page.take_away("a2");
  house.look(page, kStart + minutes(7));
  EXPECT_EQ(house.said_to("ann").back().step, Step::over);
  EXPECT_EQ(house.said_to("bob").back().step, Step::over);
  EXPECT_TRUE(house.open().empty());
}

TEST(Grouping, ends_a_notice_of_an_unstable_row_that_left_without_waiting_for_calm) {
  Page page;
  House house;
  house.follow("ann", {"a1"});
  page.set("a1", Indicator::normal, kStart - minutes(90));
  WallTime now = kStart;
  for (int i = 0; i < 9; ++i, now += minutes(2)) {
    page.set("a1", i % 2 == 0 ? Indicator::interruption : Indicator::normal, now);
    house.look(page, now + seconds(1));
  }
  ASSERT_EQ(house.said.back().step, Step::unstable);
  page.take_away("a1");
  house.look(page, now);
  EXPECT_EQ(house.said.back().step, Step::over);
  EXPECT_TRUE(house.open().empty());
}

TEST(Grouping, does_not_tell_what_came_and_went_before_it_could_be_told) {
  Page page;
  House house;
  house.follow("ann", {"a1"});
  page.set("a1", Indicator::normal, kStart - minutes(90));
  page.set("a1", Indicator::interruption, kStart);
  page.set("a1", Indicator::normal, kStart + seconds(1));
  house.look(page, kStart + seconds(2));
  EXPECT_TRUE(house.said.empty());
  EXPECT_TRUE(house.open().empty());
}

TEST(Grouping, tells_of_a_row_that_goes_up_and_down_once_with_its_rate_and_then_how_it_ended) {
  Page page;
  House house;
  house.follow("ann", {"a1"});
  page.set("a1", Indicator::normal, kStart - minutes(90));
  WallTime now = kStart;
  for (int i = 0; i < 30; ++i) {  // three minutes down, three up, for three hours
    page.set("a1", i % 2 == 0 ? Indicator::interruption : Indicator::normal, now);
    house.look(page, now + seconds(1));
    now += minutes(3);
  }
  const auto unstable = std::ranges::count(house.said, Step::unstable, &Said::step);
  EXPECT_EQ(unstable, 1);
  EXPECT_LE(house.said.size(), 5U);
  page.set("a1", Indicator::interruption, now);
  page.set("a1", Indicator::normal, now + minutes(3));
  house.look(page, now + minutes(4));
  house.look(page, now + minutes(14));
  ASSERT_FALSE(house.said.empty());
  EXPECT_EQ(house.said.back().step, Step::over);
  EXPECT_TRUE(house.open().empty());
}

// Whatever the rows do: who follows a row ends up having heard how it is, nobody hears of rows they
// do not follow, and nobody hears twice within a minute of one notice but its begin and its end.
RC_GTEST_PROP(Grouping, never_leaves_a_follower_with_something_that_is_not_so, ()) {
  Page page;
  House house;
  const std::vector<std::string> rows{"a1", "a2", "a3", "b1", "b2"};
  for (const std::string& row : rows) page.set(row, Indicator::normal, kStart - minutes(90));
  std::map<std::string, std::vector<std::string>> follows;
  for (int i = 0; i < 4; ++i) {
    std::vector<std::string> mine;
    for (const std::string& row : rows)
      if (*rc::gen::arbitrary<bool>()) mine.push_back(row);
    follows[fmt::format("f{}", i)] = mine;
    house.follow(fmt::format("f{}", i), mine);
  }
  WallTime now = kStart;
  const int steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const auto& row = rows[*rc::gen::inRange<std::size_t>(0, rows.size())];
    if (*rc::gen::inRange(0, 6) == 0)
      page.take_away(row);
    else
      page.set(
          row,
          *rc::gen::element(Indicator::normal, Indicator::performance, Indicator::interruption),
          now);
    now += seconds(*rc::gen::inRange(1, 300));
    house.look(page, now);
  }
  for (int i = 0; i < 15; ++i) house.look(page, now += minutes(1));  // until all is calm

  std::map<std::string, std::map<std::string, Indicator>> believed;  // who → row → state
  std::map<std::pair<std::string, NoticeId>, WallTime> last;
  for (const Said& one : house.said) {
    for (const auto& [row, indicator] : one.rows) believed[one.who][row] = indicator;
    const auto key = std::pair(one.who, one.notice);
    if (last.contains(key) && one.step != Step::over) RC_ASSERT(one.at - last[key] >= minutes(1));
    last[key] = one.at;
  }
  std::map<std::string, Indicator> real;  // of a row that left nobody is told trouble any more
  for (const std::string& row : rows) real[row] = Indicator::normal;
  for (const Seen& row : page.seen(now)) real[row.instance] = *row.indicator;
  for (const auto& [who, mine] : follows) {
    for (const std::string& row : mine) {
      const auto heard = believed[who].find(row);
      RC_ASSERT((heard == believed[who].end() ? Indicator::normal : heard->second) == real[row]);
    }
  }
  for (const OpenNotice& notice : house.open()) RC_ASSERT(!is_over(notice));
}

}  // namespace
}  // namespace nocturn::notifications
