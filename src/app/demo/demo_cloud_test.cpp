#include "app/demo/demo_cloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>

#include "app/demo/port_probe.h"
#include "app/demo/sample_cloud_test.h"
#include "support/child_process.h"

namespace nocturn::app::demo {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class SampleCloud : public SampleCloudTest {
 protected:
  static std::string fetch(const std::string& url) {
    auto run = testing::run_to_end({.arguments = {"curl", "-s", "-m", "3", "-w", " %{http_code}",
                                                  "--cacert", cloud_->data() / "ca.pem", url}});
    return run ? run->output : run.error().text();
  }
  static std::string web(std::string_view instance, const std::string& target) {
    return fetch(fmt::format("http://127.0.0.1:{}{}", cloud_->port(instance, "http"), target));
  }
  static std::string sru(std::string_view instance) {
    return fetch(
        fmt::format("http://127.0.0.1:{}/library?version=1.1&operation=searchRetrieve"
                    "&query=dc.title=computer&maximumRecords=0",
                    cloud_->port(instance, "z3950")));
  }
};

TEST_F(SampleCloud, answers_searches_for_the_canary) {
  EXPECT_THAT(web("catalog-eu01", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_THAT(web("catalog-eu01", "/search?q=workshop&format=json"),
              ::testing::HasSubstr("Computer science"));
  EXPECT_THAT(web("resolver-us01", "/openurl?rft.isbn=1562827545"),
              ::testing::HasSubstr("1 targets"));
  EXPECT_THAT(web("repository-eu01", "/oai?verb=Identify"),
              ::testing::HasSubstr("<repositoryName>"));
  EXPECT_THAT(sru("catalog-us01"), ::testing::HasSubstr("<zs:numberOfRecords>9<"));
  EXPECT_THAT(fetch(fmt::format("https://localhost:{}/search?q=computer",
                                cloud_->port("discovery-eu01", "https"))),
              ::testing::HasSubstr("10 hits"));
}

TEST_F(SampleCloud, is_run_by_one_at_a_time) {
  auto first = cloud_->claim();
  ASSERT_TRUE(first);
  const auto second = cloud_->claim();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().text(), ::testing::HasSubstr("is running already"));
  {
    const FolderLock ended = *std::move(first);
  }
  EXPECT_TRUE(cloud_->claim());
}

TEST_F(SampleCloud, holds_the_records_in_its_databases) {
  const std::string password = *read_text(cloud_->data() / "watch_password");
  auto run = testing::run_to_end(
      {.arguments = {"psql", "-h", "127.0.0.1", "-p",
                     std::to_string(cloud_->port("repository-us01", "postgresql")), "-U", "watch",
                     "-Atc", "select count(*) from record", "postgres"},
       .environment = {{"PGPASSWORD", password.substr(0, password.find('\n'))},
                       {"PGSSLMODE", "verify-full"},
                       {"PGSSLROOTCERT", cloud_->data() / "ca.pem"}}});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->output, "24\n") << run->errors;
}

TEST_F(SampleCloud, delivers_the_hubs_mail_into_a_maildir) {
  const fs::path mail = folder_->path() / "letter.txt";
  ASSERT_TRUE(write_text(mail, "Subject: canary\r\n\r\nThe night watch begins.\r\n"));
  auto run = testing::run_to_end(
      {.arguments = {"curl", "-s",
                     fmt::format("smtp://127.0.0.1:{}", cloud_->port(kMailbox, "smtp")),
                     "--mail-from", "hub@example.org", "--mail-rcpt", "reader@example.org",
                     "--upload-file", mail}});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->ending.exit_code, 0) << run->errors;
  int letters = 0;
  for ([[maybe_unused]] const auto& file : fs::directory_iterator(cloud_->mailbox() / "new")) {
    ++letters;
  }
  EXPECT_EQ(letters, 1);
}

TEST_F(SampleCloud, stops_and_restores_one_instance_and_no_other) {
  ASSERT_TRUE(cloud_->outage("catalog-eu01"));
  for (const char* name : {"http", "https", "z3950", "ssh"}) {
    EXPECT_FALSE(port_is_open(cloud_->port("catalog-eu01", name))) << name;
  }
  for (const ServerStand& server : cloud_->servers()) {
    EXPECT_EQ(server.running, server.instance != "catalog-eu01") << server.instance;
  }
  ASSERT_TRUE(cloud_->restore("catalog-eu01"));
  EXPECT_THAT(web("catalog-eu01", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_THAT(sru("catalog-eu01"), ::testing::HasSubstr("<zs:numberOfRecords>9<"));
}

TEST_F(SampleCloud, stops_a_database_with_its_backends) {
  ASSERT_TRUE(cloud_->outage("repository-eu01"));
  EXPECT_FALSE(port_is_open(cloud_->port("repository-eu01", "postgresql")));
  ASSERT_TRUE(cloud_->restore("repository-eu01"));
  EXPECT_TRUE(port_is_open(cloud_->port("repository-eu01", "postgresql")));
}

TEST_F(SampleCloud, frozen_servers_accept_and_say_nothing) {
  ASSERT_TRUE(cloud_->freeze("catalog-eu02"));
  EXPECT_TRUE(port_is_open(cloud_->port("catalog-eu02", "http")));
  EXPECT_TRUE(port_is_open(cloud_->port("catalog-eu02", "z3950")));
  EXPECT_EQ(web("catalog-eu02", "/search?q=computer"), " 000");
  EXPECT_EQ(sru("catalog-eu02"), " 000");
  ASSERT_TRUE(cloud_->restore("catalog-eu02"));
  EXPECT_THAT(web("catalog-eu02", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_THAT(sru("catalog-eu02"), ::testing::HasSubstr("<zs:numberOfRecords>9<"));
}

TEST_F(SampleCloud, frozen_servers_can_be_stopped) {
  ASSERT_TRUE(cloud_->freeze("repository-us01"));
  ASSERT_TRUE(cloud_->outage("repository-us01"));
  EXPECT_FALSE(port_is_open(cloud_->port("repository-us01", "postgresql")));
  EXPECT_FALSE(port_is_open(cloud_->port("repository-us01", "http")));
}

TEST_F(SampleCloud, broken_indexes_find_nothing_and_report_nothing) {
  ASSERT_TRUE(cloud_->break_index("catalog-ap01"));
  const std::string page = web("catalog-ap01", "/search?q=computer");
  EXPECT_THAT(page, ::testing::HasSubstr("<p>0 hits"));
  EXPECT_THAT(page, ::testing::EndsWith(" 200"));
  const std::string answer = sru("catalog-ap01");
  EXPECT_THAT(answer, ::testing::HasSubstr("<zs:numberOfRecords>0<"));
  EXPECT_THAT(answer, ::testing::Not(::testing::HasSubstr("diagnostic")));
  ASSERT_TRUE(cloud_->restore("catalog-ap01"));
  EXPECT_THAT(web("catalog-ap01", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_THAT(sru("catalog-ap01"), ::testing::HasSubstr("<zs:numberOfRecords>9<"));
}

TEST_F(SampleCloud, slow_instances_answer_late) {
  ASSERT_TRUE(cloud_->slow("discovery-us01", milliseconds(700)));
  const auto before = std::chrono::steady_clock::now();
  EXPECT_THAT(web("discovery-us01", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(700));
  ASSERT_TRUE(cloud_->restore("discovery-us01"));
  const auto again = std::chrono::steady_clock::now();
  EXPECT_THAT(web("discovery-us01", "/search?q=computer"), ::testing::HasSubstr("10 hits"));
  EXPECT_LT(std::chrono::steady_clock::now() - again, milliseconds(500));
}

TEST_F(SampleCloud, a_second_start_keeps_what_runs_and_takes_no_time) {
  const auto servers = cloud_->servers();
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(cloud_->up());
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(2));
  const auto later = cloud_->servers();
  ASSERT_EQ(servers.size(), later.size());
  for (std::size_t i = 0; i < servers.size(); ++i) EXPECT_EQ(servers[i].pid, later[i].pid);
}

TEST_F(SampleCloud, keeps_a_configuration_that_a_person_edited) {
  const fs::path file = cloud_->configuration() / "catalog.yaml";
  const std::string written = *read_text(file);
  EXPECT_THAT(written, ::testing::Not(::testing::HasSubstr("{{")));
  ASSERT_TRUE(write_text(file, written + "# mine\n"));
  ASSERT_TRUE(cloud_->up());
  EXPECT_EQ(*read_text(file), written + "# mine\n");
  ASSERT_TRUE(write_text(file, written));
}

TEST_F(SampleCloud, names_the_instance_that_was_meant) {
  const Status status = cloud_->outage("catalog-eu1");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::invalid);
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("did you mean \"catalog-eu01\"?"));
  EXPECT_EQ(cloud_->break_index(kMailbox).error().code, ErrorCode::unsupported);
}

TEST(Process, never_signals_a_number_that_was_given_to_somebody_else) {
  auto child = testing::ChildProcess::start({.arguments = {"sh", "-c", "sleep 60 & wait"}});
  ASSERT_TRUE(child);
  const ProcessMark stale{(*child)->pid(), 1};  // as if an earlier process had that number
  EXPECT_FALSE(is_alive(stale));
  signal_group(ProcessMark{(*child)->pid(), ~0ull}, SIGKILL);
  ASSERT_TRUE(stop_process(stale, SIGTERM, milliseconds(50)));
  EXPECT_TRUE((*child)->running());
}

TEST(Process, leaves_no_zombie_when_another_command_ends_it) {
  const testing::TemporaryFolder folder;
  const auto mark = start_detached({.arguments = {"/bin/sleep", "600"},
                                    .folder = folder.path(),
                                    .log = folder / "log",
                                    .account = {}});
  ASSERT_TRUE(mark);
  ASSERT_EQ(::kill(mark->pid, SIGKILL), 0);
  while (::kill(mark->pid, 0) == 0) pause_for(milliseconds(10));
}

TEST(Template, refuses_a_name_without_a_value) {
  EXPECT_EQ(*fill_template("a {{x}} b", {{"x", "1"}}), "a 1 b");
  EXPECT_FALSE(fill_template("{{y}}", {{"x", "1"}}));
  EXPECT_FALSE(fill_template("{{x", {{"x", "1"}}));
}

}  // namespace
}  // namespace nocturn::app::demo
