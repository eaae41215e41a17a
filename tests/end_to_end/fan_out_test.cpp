#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <ranges>
#include <thread>

#include <fmt/format.h>

#include "end_to_end/notice_site.h"

// A fan-out to many readers while hub and mail server are killed at random: what is lost, what
// comes twice and why, and in which order. The environment says how many (NOCTURN_FAN_OUT readers,
// NOCTURN_FAN_OUT_KILLS) and repeats a run's choices (NOCTURN_FAN_OUT_SEED).
namespace nocturn::testing {
namespace {

using Micros = std::chrono::microseconds;

// What a kill may repeat, as notifications/README.md has it: of the hub, two batches of ends that
// were not recorded, and what was under way in each connection; of the server, the latter alone.
constexpr std::size_t kUnrecorded = 64, kConnections = 4;
constexpr int kEach = 500;  // contacts of an institution
// From so many on a change of the state is told, too: that takes a minute.
constexpr int kMany = 2'000;

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

WallTime now() { return std::chrono::time_point_cast<Micros>(std::chrono::system_clock::now()); }

struct Kill {
  bool of_hub;
  WallTime until;  // when it was started again: nothing was sent since the kill
  std::size_t repeated = 0;
};

// How many of an institution's readers use the instance that fails, or do not.
std::vector<Readers> told_ones(int count) {
  std::vector<Readers> all;
  for (int i = 0; count > 0; ++i, count -= kEach) {
    all.push_back({.institution = fmt::format("here-{}", i),
                   .count = std::min(count, kEach),
                   .assets = {"catalog,catalog-0,2026-01-01,"},
                   .language = i % 3 == 1 ? "he" : "en"});
    if (i % 4 == 3)  // moved there
      all.back().assets = {"catalog,catalog-1,2026-01-01,2026-03-01",
                           "catalog,catalog-0,2026-03-01,"};
  }
  return all;
}

std::vector<Readers> others(int each) {
  return {{.institution = "elsewhere", .count = each, .assets = {"catalog,catalog-1,2026-01-01,"}},
          {.institution = "moved-away",
           .count = each,
           .assets = {"catalog,catalog-0,2026-01-01,2026-03-01", "catalog,catalog-1,2026-03-01,"}},
          {.institution = "not-yet", .count = each, .assets = {"catalog,catalog-0,2099-01-01,"}},
          {.institution = "not-interested",
           .count = each,
           .assets = {"catalog,catalog-0,2026-01-01,"},
           .products = ""}};
}

class FanOut : public NoticeSite {
 protected:
  void SetUp() override {
    NoticeSite::SetUp();
    if (IsSkipped()) return;
    std::vector<Readers> all = told_ones(readers_);
    for (const Readers& some : all) wanted_.merge(some.addresses());
    std::ranges::move(others(std::max(1, readers_ / 20)), std::back_inserter(all));
    import_customers(all);
    std::cout << readers_ << " readers, NOCTURN_FAN_OUT_SEED=" << seed_ << std::endl;
  }

  // Kills as often while so many mails come after the first `before`, at random moments.
  void kill_while(std::size_t before, std::size_t mails, int times) {
    std::vector<std::size_t> moments;
    for (int i = 0; i < times; ++i) moments.push_back(before + draw(mails * 9 / 10));
    std::ranges::sort(moments);
    for (const std::size_t moment : moments) {
      ASSERT_NO_FATAL_FAILURE(wait_for_mails(moment));
      std::this_thread::sleep_for(Micros(draw(200'000)));
      ASSERT_NO_FATAL_FAILURE(kill());
    }
    ASSERT_NO_FATAL_FAILURE(wait_for_mails(before + mails * 9 / 10));
  }

  void kill() {
    const bool hub = kills_.empty() ? draw(2) == 0
                     : draw(4) == 0 ? kills_.back().of_hub
                                    : !kills_.back().of_hub;
    if (hub)
      hub_->kill();
    else
      server_->kill();
    // The server may still take what was on its way when the hub died.
    if (hub) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kills_.push_back({hub, now()});
    if (hub)
      ASSERT_TRUE(hub_->start()) << hub_->log();
    else
      ASSERT_TRUE(server_->start_again()) << server_->log();
  }

  std::size_t draw(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  const int readers_ = std::max(1, number_from("NOCTURN_FAN_OUT", 300));
  const int times_ = number_from("NOCTURN_FAN_OUT_KILLS", readers_ >= kMany ? 16 : 6);
  const int seed_ =
      number_from("NOCTURN_FAN_OUT_SEED", static_cast<int>(std::random_device()() & 0xFFFF));
  std::mt19937 random_{static_cast<unsigned>(seed_)};
  std::set<std::string> wanted_;
  std::vector<Kill> kills_;
};

// The copies of one mail, oldest first, each as the server took it once.
using Copies = std::map<std::string, WallTime>;  // by queue id
struct Reader {
  std::map<std::string, Copies> mails;  // by Message-ID
  std::set<std::string> threads;
  std::size_t delivered_twice = 0;  // by the server itself
};

std::map<std::string, Reader> sorted(const std::vector<Mail>& mails) {
  std::map<std::string, Reader> all;
  for (const Mail& mail : mails) {
    Reader& reader = all[mail.to];
    reader.threads.insert(mail.references);
    if (!reader.mails[mail.message_id].emplace(mail.queue_id, taken_at(mail)).second)
      ++reader.delivered_twice;
  }
  return all;
}

// "<notice.12.recipient@domain>": 12.
int place_of(const std::string& message_id) {
  return std::atoi(message_id.substr(message_id.find('.') + 1).c_str());
}

// Puts each repeat down to the first kill after the copy before it; false when there is none.
bool charge(const Copies& copies, std::vector<Kill>& kills) {
  std::vector<WallTime> times;
  for (const auto& [id, time] : copies) times.push_back(time);
  std::ranges::sort(times);
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    const auto because =
        std::ranges::find_if(kills, [&](const Kill& kill) { return kill.until >= times[i]; });
    if (because == kills.end() || because->until > times[i + 1]) return false;
    ++because->repeated;
  }
  return true;
}

TEST_F(FanOut, loses_nobody_and_repeats_little_while_hub_and_mail_server_are_killed) {
  const auto count = static_cast<std::size_t>(readers_);
  const auto began = std::chrono::steady_clock::now();
  declare("catalog-0", "interruption");
  kill_while(0, count, times_ / 2);
  int tellings = 3;
  if (readers_ >= kMany) {
    std::this_thread::sleep_until(began + std::chrono::seconds(65));
    declare("catalog-0", "performance");
    kill_while(count, count, times_ / 4);
    ++tellings;
  }
  const std::string listed = nocturn({"notification", "list", "--json"}).output;
  const std::size_t id = listed.find("\"id\":\"");
  ASSERT_NE(id, listed.npos) << listed;
  const Outcome note = nocturn({"notification", "send", "catalog-0", "--topic", "trouble",
                                "--notice", listed.substr(id + 6, 36), "--title", "An update",
                                "--words", "The switch is being replaced."});
  ASSERT_EQ(note.ending.exit_code, 0) << note.errors;
  declare("catalog-0", "normal");
  kill_while((static_cast<std::size_t>(tellings) - 2) * count, 2 * count,
             times_ - times_ / 2 - (tellings - 3) * (times_ / 4));
  wait_for_mails(static_cast<std::size_t>(tellings) * count);
  wait_until_all_is_told();
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);

  const auto got = sorted(mailbox_->read());
  std::size_t twice = 0;
  for (const auto& [reader, all] : got) {
    EXPECT_TRUE(wanted_.contains(reader)) << reader << " is told of what is not theirs";
    EXPECT_EQ(all.mails.size(), static_cast<std::size_t>(tellings)) << reader;
    EXPECT_EQ(all.threads.size(), 1U) << reader;
    twice += all.delivered_twice;
    std::map<int, WallTime> first, last;  // copies, by place
    for (const auto& [message_id, copies] : all.mails) {
      EXPECT_TRUE(charge(copies, kills_)) << message_id << " came twice, and nothing was killed";
      const auto [one, other] = std::ranges::minmax(copies | std::views::values);
      EXPECT_TRUE(first.emplace(place_of(message_id), one).second) << message_id;
      last.emplace(place_of(message_id), other);
    }
    EXPECT_TRUE(std::ranges::is_sorted(first | std::views::values)) << reader;
    EXPECT_TRUE(std::ranges::is_sorted(last | std::views::values)) << reader;
  }
  EXPECT_EQ(got.size(), wanted_.size()) << "somebody was not told";

  std::string repeats;
  std::size_t all_repeats = 0;
  for (const Kill& kill : kills_) {
    EXPECT_LE(kill.repeated, kConnections + (kill.of_hub ? kUnrecorded : 0));
    repeats += fmt::format(" {}:{}", kill.of_hub ? "hub" : "server", kill.repeated);
    all_repeats += kill.repeated;
  }
  std::cout << fmt::format(
      "{} mails of {} tellings in {} s, {} kills; repeated by us {} ({} ), by "
      "the server itself {}\n",
      mail_count(), tellings, seconds.count(), kills_.size(), all_repeats, repeats, twice);
}

}  // namespace
}  // namespace nocturn::testing
