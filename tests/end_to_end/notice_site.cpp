#include "end_to_end/notice_site.h"

#include <fstream>
#include <thread>

#include <fmt/format.h>

namespace nocturn::testing {
namespace {

constexpr std::chrono::milliseconds kStep{50};
constexpr std::chrono::minutes kSilence{2};  // after which nothing comes any more

using Line = std::function<void(std::ofstream&, const Readers&)>;

}  // namespace

std::string Readers::address(int reader) const {
  return fmt::format("reader{}@{}.example", reader, institution);
}

std::set<std::string> Readers::addresses() const {
  std::set<std::string> all;
  for (int i = 0; i < count; ++i) all.insert(address(i));
  return all;
}

void NoticeSite::SetUp() {
  if (!PostfixServer::can_run()) GTEST_SKIP() << "only root can start a Postfix";
  auto server = PostfixServer::start({});
  ASSERT_TRUE(server) << server.error().text();
  server_ = std::move(*server);
  mailbox_ = std::make_unique<Mailbox>(server_->maildir());
  hub_ = std::make_unique<HubAlone>(HubAlone::Options{
      .configuration = fmt::format("notifications:\n  from: status@example.org\n"
                                   "  smtp: {{host: 127.0.0.1, port: {}, security: none}}\n",
                                   server_->port())});
  ASSERT_TRUE(hub_->start()) << hub_->log();
}

void NoticeSite::import_customers(const std::vector<Readers>& all) {
  const auto import = [&](const char* head, const Line& write) {
    std::ofstream table(hub_->folder() / "table.csv");
    table << head << "\n";
    for (const Readers& some : all) write(table, some);
    table.close();
    const Outcome done = nocturn({"customer", "import", (hub_->folder() / "table.csv").string()});
    ASSERT_EQ(done.ending.exit_code, 0) << done.errors;
  };
  import("id,name,territory,time_zone,language,aliases",
         [](std::ofstream& table, const Readers& some) {
           table << fmt::format("{0},Library {0},emea,Europe/Amsterdam,{1},\n", some.institution,
                                some.language);
         });
  import("institution,product,instance,from,until", [](std::ofstream& table, const Readers& some) {
    for (const std::string& asset : some.assets) table << some.institution << "," << asset << "\n";
  });
  import("institution,name,email,language,products", [](std::ofstream& table, const Readers& some) {
    for (int i = 0; i < some.count; ++i)
      table << fmt::format("{},Reader {},{},,{}\n", some.institution, i, some.address(i),
                           some.products);
  });
}

Outcome NoticeSite::nocturn(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", hub_->data().string()});
  return hub_->nocturn(std::move(arguments));
}

void NoticeSite::declare(const std::string& instance, const std::string& indicator) {
  const Outcome done = nocturn(
      {"status", "declare", instance, indicator, "--because", "A switch in the hall failed."});
  ASSERT_EQ(done.ending.exit_code, 0) << done.errors << hub_->log();
}

void NoticeSite::wait_for_mails(std::size_t count) {
  std::size_t before = mail_count();
  for (auto until = std::chrono::steady_clock::now() + kSilence; mail_count() < count;) {
    ASSERT_LT(std::chrono::steady_clock::now(), until)
        << "only " << before << " mails of " << count << " came\n"
        << server_->log() << hub_->log();
    std::this_thread::sleep_for(kStep);
    if (std::exchange(before, mail_count()) != before)
      until = std::chrono::steady_clock::now() + kSilence;
  }
}

void NoticeSite::wait_until_all_is_told() {
  std::size_t before = mail_count();
  for (auto until = std::chrono::steady_clock::now() + kSilence;;) {
    const Outcome list = nocturn({"notification", "list", "--json"});
    if (list.output.contains("\"queued\":0,\"tried\":0") && server_->queued() == 0) return;
    ASSERT_LT(std::chrono::steady_clock::now(), until) << "deliveries still wait\n"
                                                       << list.output << hub_->log();
    std::this_thread::sleep_for(2 * kStep);
    if (std::exchange(before, mail_count()) != before)
      until = std::chrono::steady_clock::now() + kSilence;
  }
}

}  // namespace nocturn::testing
