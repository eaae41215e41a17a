#include <gtest/gtest.h>

#include <map>
#include <thread>

#include <fmt/format.h>

#include "end_to_end/notice_site.h"

// The hub's disk fills while mail goes out to hundreds. What was sent and cannot be noted stays in
// hand: nobody is left out, nobody gets a mail twice unless the hub is killed in that state, and it
// goes on by itself once there is room.
namespace nocturn::testing {
namespace {

using namespace std::chrono_literals;

constexpr int kReaders = 400;
// Two batches of ends that are not recorded, and on each of four connections what was under way.
constexpr std::size_t kRepeatedAtMost = 2 * 32 + 4 * 2;

class FullDisk : public NoticeSite {
 protected:
  void SetUp() override {
    NoticeSite::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    hub_ = std::make_unique<HubAlone>(HubAlone::Options{
        .disk = "48m",
        .configuration = fmt::format("notifications:\n  from: status@example.org\n"
                                     "  smtp: {{host: 127.0.0.1, port: {}, security: none}}\n",
                                     server_->port())});
    if (!hub_->has_disk()) GTEST_SKIP() << "no small disk can be mounted here";
    ASSERT_TRUE(hub_->start()) << hub_->log();
    import_customers({{.institution = "northgate",
                       .count = kReaders,
                       .assets = {"catalog,catalog-0,2026-01-01,"}}});
  }

  // Until `count` mails came, fills the disk, and waits until no more come.
  void fill_disk_after(std::size_t count) {
    wait_for_mails(count);
    hub_->fill_disk();
    std::size_t before = 0;
    for (int quiet = 0; quiet < 20; std::this_thread::sleep_for(100ms)) {
      hub_->fill_disk();  // what a checkpoint gave back, too
      quiet = std::exchange(before, mail_count()) == mail_count() ? quiet + 1 : 0;
    }
    std::cout << before - count << " more mails went out on the full disk\n";
  }
  // Mails by reader, each with how often it came.
  std::map<std::string, std::map<std::string, int>> received() {
    std::map<std::string, std::map<std::string, int>> all;
    for (const Mail& mail : mailbox_->read()) ++all[mail.to][mail.message_id];
    return all;
  }
  std::size_t repeated() {
    std::size_t more = 0;
    for (const auto& [reader, mails] : received())
      for (const auto& [id, times] : mails) more += static_cast<std::size_t>(times - 1);
    return more;
  }
  void expect_each_has(std::size_t mails) {
    const auto all = received();
    EXPECT_EQ(all.size(), static_cast<std::size_t>(kReaders));
    for (const auto& [reader, ids] : all) EXPECT_EQ(ids.size(), mails) << reader;
  }
};

TEST_F(FullDisk, in_the_middle_of_a_fan_out_loses_nobody_and_goes_on_by_itself) {
  declare("catalog-0", "interruption");
  fill_disk_after(10);
  EXPECT_TRUE(hub_->get("/").contains("Catalog 0"));
  EXPECT_LT(mail_count(), static_cast<std::size_t>(kReaders)) << "the disk was full in time";
  hub_->free_disk();
  wait_for_mails(kReaders);
  wait_until_all_is_told();
  expect_each_has(1);
  EXPECT_EQ(repeated(), 0U);
}

TEST_F(FullDisk, and_a_kill_in_the_middle_of_a_fan_out_repeat_no_more_than_is_promised) {
  declare("catalog-0", "interruption");
  fill_disk_after(10);
  hub_->kill();
  ASSERT_TRUE(hub_->start()) << hub_->log();
  std::this_thread::sleep_for(1s);
  hub_->free_disk();
  wait_for_mails(kReaders);
  wait_until_all_is_told();
  expect_each_has(1);
  EXPECT_LE(repeated(), kRepeatedAtMost);
  std::cout << repeated() << " mails came twice after a kill on the full disk\n";
}

}  // namespace
}  // namespace nocturn::testing
