// The power of a whole hub fails while it records verdicts, declarations, accounts, subscriptions
// and an operator's notes. When it comes back, everything that was acknowledged is there, the log
// extends what was seen of it, tables equal a replay, and every letter arrives that had not.
//
// NOCTURN_POWER_CUTS sets how many (3).

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "end_to_end/notice_site.h"
#include "end_to_end/power_cut/powered_disk.h"

namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSize = std::uint64_t{3} << 30;
constexpr int kReaders = 5;

int wanted_cuts() {
  const char* wanted = std::getenv("NOCTURN_POWER_CUTS");
  return wanted != nullptr ? std::atoi(wanted) : 3;
}

// Turns every other second: a stream of verdicts.
constexpr const char* kRestless =
    "  restless: {name: Restless, product: catalog, data_center: ams1, tenancy: multi,"
    " environment: production, checks: {turns: {command: {command: [/bin/sh, \"-c\","
    " \"test $(($(date +%s) / 2 % 2)) = 0\"]}, every: 1s}}}\n";

// What somebody was told is done.
struct Acknowledged {
  std::set<std::int64_t> declarations;  // entries
  std::set<std::string> accounts, subscribers, notes;

  std::size_t size() const {
    return declarations.size() + accounts.size() + subscribers.size() + notes.size();
  }
};

class PowerCutOfHub : public NoticeSite {
 protected:
  void SetUp() override {
    if (const std::string missing = why_no_powered_disk(); !missing.empty())
      GTEST_SKIP() << missing;
    NoticeSite::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    hub_.reset();
    auto disk = PoweredDisk::plug_in(DiskImage(kSize), folder_ / "new");
    ASSERT_TRUE(disk) << disk.error().text();
    ASSERT_TRUE((*disk)->format());
    ASSERT_NO_FATAL_FAILURE(power_on((*disk)->cut(Unflushed::kept, chance_).image));
    import_customers({{.institution = "northgate",
                       .count = kReaders,
                       .assets = {"catalog,catalog-0,2026-01-01,"}}});
  }
  void TearDown() override {
    hub_.reset();
    disk_.reset();
  }

  void power_on(DiskImage image) {
    auto disk = PoweredDisk::plug_in(std::move(image), folder_ / fmt::format("disk{}", ++disks_));
    ASSERT_TRUE(disk) << disk.error().text();
    disk_ = std::move(*disk);
    const Status mounted = disk_->mount();
    ASSERT_TRUE(mounted) << mounted.error().text();
    hub_ = std::make_unique<HubAlone>(HubAlone::Options{
        .configuration =
            kRestless + fmt::format("notifications:\n  from: status@example.org\n"
                                    "  smtp: {{host: 127.0.0.1, port: {}, security: none}}\n",
                                    server_->port()),
        .on = disk_->files()});
    ASSERT_TRUE(hub_->start()) << hub_->log();
  }

  // Works the hub from several sides for a while, then fails its power.
  void cut_power();
  void check();

  std::uint32_t seed_ = std::random_device()();
  std::mt19937 chance_{seed_};
  TemporaryFolder folder_;
  std::unique_ptr<PoweredDisk> disk_;
  int disks_ = 0;
  Acknowledged told_;
  std::string kept_;  // the last checkpoint that was seen

 private:
  std::string post(const std::string& path, const std::string& body);
  void work(int worker, const std::atomic<bool>& stop);

  std::mutex mutex_;
  int count_ = 0;
};

// Over the Unix socket; the body of an answer that says that it is done, else nothing.
std::string PowerCutOfHub::post(const std::string& path, const std::string& body) {
  const auto outcome = run_to_end(
      {{"curl", "-sf", "-m", "5", "--unix-socket", (hub_->data() / "hub.sock").string(), "-H",
        path.starts_with("/api/") ? "content-type: application/json"
                                  : "content-type: application/x-www-form-urlencoded",
        "-d", body, "http://hub" + path}});
  return outcome && outcome->ending.exit_code == 0 ? outcome->output : "";
}

void PowerCutOfHub::work(int worker, const std::atomic<bool>& stop) {
  while (!stop) {
    std::unique_lock lock(mutex_);
    const int number = ++count_;
    lock.unlock();
    std::optional<std::int64_t> entry;
    std::set<std::string>* names = nullptr;
    std::string name;
    if (worker == 0) {
      name = fmt::format("Note {} of the night", number);
      if (!post("/api/v1/notifications/notes",
                fmt::format(R"({{"topic":"information","instances":["catalog-0"],)"
                            R"("title":"{}","words":"It goes on."}})",
                            name))
               .empty())
        names = &told_.notes;
    } else if (worker == 1) {
      name = fmt::format("program-{}", number);
      if (!post("/api/v1/accounts",
                fmt::format(R"({{"login":"{}","roles":[{{"role":"viewer"}}]}})", name))
               .empty())
        names = &told_.accounts;
    } else {
      entry = hub_->declare(fmt::format("catalog-{}", worker), fmt::format("number {}", number));
    }
    lock.lock();
    if (names != nullptr) names->insert(name);
    if (entry) told_.declarations.insert(*entry);
  }
}

void PowerCutOfHub::cut_power() {
  std::atomic<bool> stop = false;
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker)
    workers.emplace_back([this, worker, &stop] { work(worker, stop); });
  const std::string stranger = fmt::format("stranger{}@example.net", disks_);
  if (!post("/subscribe", "email=" + stranger + "&instance=catalog-3&topic=trouble&language=en")
           .empty())
    told_.subscribers.insert(stranger);
  std::this_thread::sleep_for(std::chrono::milliseconds(chance_() % 1500));
  kept_ = hub_->keep_checkpoint();
  // A hub that stands still tells nobody anything and sends nothing: for the world, the power
  // fails here. What the file system does meanwhile is its own affair.
  hub_->freeze();
  std::this_thread::sleep_for(10ms);
  const Unflushed any[] = {Unflushed::lost, Unflushed::kept, Unflushed::torn};
  DiskImage left = disk_->cut(any[chance_() % 3], chance_).image;
  stop = true;
  hub_->kill();
  for (std::thread& worker : workers) worker.join();
  const std::filesystem::path saved = folder_ / "kept.checkpoint";
  std::filesystem::copy_file(kept_, saved, std::filesystem::copy_options::overwrite_existing);
  kept_ = saved.string();
  hub_.reset();
  ASSERT_TRUE(disk_->unmount());
  ASSERT_NO_FATAL_FAILURE(power_on(std::move(left)));
}

void PowerCutOfHub::check() {
  EXPECT_EQ(hub_->missing(told_.declarations), std::set<std::int64_t>{});
  const std::string accounts = nocturn({"user", "list", "--json"}).output;
  for (const std::string& login : told_.accounts)
    EXPECT_TRUE(accounts.contains('"' + login + '"')) << login << " is lost";
  const std::string subscriptions = nocturn({"notification", "subscriptions", "--json"}).output;
  for (const std::string& reader : told_.subscribers)
    EXPECT_TRUE(subscriptions.contains(reader)) << reader << " is lost";
  ASSERT_NO_FATAL_FAILURE(wait_until_all_is_told());
  std::map<std::string, std::set<std::string>> readers;  // by a word of the subject
  for (const Mail& mail : mailbox_->read()) readers[mail.subject].insert(mail.to);
  const auto count_of = [&](const std::string& note) {
    const auto found = std::ranges::find_if(
        readers, [&](const auto& mails) { return mails.first.contains(note); });
    return found == readers.end() ? 0 : static_cast<int>(found->second.size());
  };
  for (const std::string& note : told_.notes)
    EXPECT_EQ(count_of(note), kReaders) << "\"" << note << "\" did not reach everybody";
  for (const std::string& reader : told_.subscribers)
    EXPECT_TRUE(std::ranges::any_of(
        readers, [&](const auto& mails) { return mails.second.contains(reader); }))
        << reader << " was never asked to confirm";
  hub_->stop();
  const auto verified = hub_->nocturn({"ledger", "verify", hub_->ledger(), "--kept", kept_});
  EXPECT_EQ(verified.ending.exit_code, 0) << verified.output << verified.errors;
  const auto replayed = hub_->nocturn({"ledger", "replay", hub_->database()});
  EXPECT_EQ(replayed.ending.exit_code, 0) << replayed.output << replayed.errors;
  ASSERT_TRUE(hub_->start()) << hub_->log();
}

TEST_F(PowerCutOfHub, loses_nothing_acknowledged_and_no_letter) {
  RecordProperty("seed", std::to_string(seed_));
  const int wanted = wanted_cuts();
  for (int done = 0; done < wanted && !HasFailure(); ++done) {
    SCOPED_TRACE(fmt::format("cut {}, seed {}", done, seed_));
    ASSERT_NO_FATAL_FAILURE(cut_power());
    check();
  }
  EXPECT_GT(told_.size(), 0U) << "nothing was acknowledged, so nothing was tested";
  fmt::print(
      "{} power cuts: {} declarations, {} accounts, {} subscriptions, {} notes to {} readers"
      " acknowledged, {} mails\n",
      wanted, told_.declarations.size(), told_.accounts.size(), told_.subscribers.size(),
      told_.notes.size(), kReaders, mail_count());
}

}  // namespace
}  // namespace nocturn::testing
