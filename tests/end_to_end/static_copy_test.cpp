#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "end_to_end/bucket_server.h"
#include "end_to_end/copy_servers.h"
#include "end_to_end/hub_alone.h"
#include "support/eventually.h"
#include "support/text_file.h"

// Static copies by real rsync, sftp and nginx: whole at every moment, whatever is killed, and
// served when the hub is gone.
namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// What stands behind the marks, each looked for after the one before, up to one of `ends`.
std::string behind(const std::string& text, std::initializer_list<std::string_view> marks,
                   std::string_view ends = "\".Z") {
  std::size_t at = 0;
  for (const std::string_view mark : marks) {
    at = text.find(mark, at);
    if (at == text.npos) return "";
    at += mark.size();
  }
  return text.substr(at, text.find_first_of(ends, at) - at);
}

// Where the page leads inside its site.
std::vector<std::string> links_in(const std::string& page) {
  std::vector<std::string> links;
  for (const std::string_view mark : {" href=\"", " src=\"", " data-facts=\""})
    for (std::size_t at = page.find(mark); at != page.npos; at = page.find(mark, at + 1)) {
      const std::string link = behind(page.substr(at, 500), {mark}, "\"#");
      if (!link.empty() && !link.contains(':')) links.push_back(link);
    }
  return links;
}

// One copy below `current`, looked at as a whole. The link is followed once, as a reader who
// opened the folder would: what it names is never written again.
struct Seen {
  std::string generated_at;           // "2026-11-22T06:41:05"; empty when there is no copy yet
  std::vector<std::string> faults;    // links to nowhere, cut pages
  std::vector<std::string> at_other;  // pages and documents of another time
  std::size_t pages = 0;
};

Seen look_at_files(const fs::path& copy) {
  Seen seen;
  seen.generated_at = behind(text_of(copy / "status.json"), {"\"generated_at\":\""});
  if (seen.generated_at.empty()) seen.faults.push_back("status.json says no time");
  const auto agree = [&](const fs::path& file, const std::string& time) {
    if (time != seen.generated_at)
      seen.at_other.push_back(file.string() + " is of " + time + ", not of " + seen.generated_at);
  };
  agree("summary.json",
        behind(text_of(copy / "api/v2/summary.json"), {"\"page\":{", "\"updated_at\":\""}));
  std::set<fs::path> open{"index.html"}, done;
  while (!open.empty()) {
    const fs::path page = *open.begin();
    open.erase(open.begin());
    if (!done.insert(page).second) continue;
    if (!fs::is_regular_file(copy / page)) {
      seen.faults.push_back(page.string() + " is not there");
      continue;
    }
    if (page.extension() != ".html") continue;
    ++seen.pages;
    const std::string text = text_of(copy / page);
    if (!text.contains("</html>")) seen.faults.push_back(page.string() + " is cut");
    agree(page, behind(text, {"id=\"copy\"", "<time datetime=\""}));
    for (const std::string& link : links_in(text))
      open.insert((page.parent_path() / link).lexically_normal());
  }
  return seen;
}

Seen look_at(const fs::path& root) {
  std::error_code missing;
  const fs::path copy = fs::canonical(root / "current", missing);
  return missing ? Seen{} : look_at_files(copy);
}

// Instances enough for a copy to take a while.
constexpr int kInstances = 20;
constexpr int kFew = 6;

class StaticCopy : public ::testing::Test {
 protected:
  void configure(const std::string& targets, int instances = kInstances) {
    std::ofstream more(hub_.folder() / "config" / "copies.yaml");
    more << "instances:\n";
    for (int i = 0; i < instances; ++i)
      more << fmt::format("  more-{0}: {{name: More {0}, product: catalog, data_center: ams1}}\n",
                          i);
    more << "status_page:\n  publish:\n" << targets;
  }
  std::string ssh_target(const std::string& kind, const std::string& path) const {
    return fmt::format(
        "    {0}: {{{0}: {{to: \"{1}:{2}\", port: {3}, identity: {{file: {4}}}, known_hosts: "
        "{5}}}}}\n",
        kind, ssh_.account(), path, ssh_.port(), ssh_.key(), ssh_.known_hosts());
  }
  fs::path place(const std::string& name) const { return places_ / name; }
  bool arrives(const fs::path& root, const std::string& sentence) {
    return eventually([&] { return text_of(root / "current/index.html").contains(sentence); });
  }
  void expect_whole(const fs::path& root) { expect_whole(root, look_at(root)); }
  void expect_whole(const fs::path& root, const Seen& seen) {
    EXPECT_TRUE(seen.at_other.empty()) << root << ": " << ::testing::PrintToString(seen.at_other);
    EXPECT_TRUE(seen.faults.empty()) << root << ": " << ::testing::PrintToString(seen.faults);
    EXPECT_GE(seen.pages, 2u * (kInstances + 4 + 1)) << root;  // in two languages
  }
  std::string copies() { return hub_.nocturn({"status", "copies", "--data", data()}).output; }
  bool failing(const std::string& target) {
    const auto answer =
        boost::json::parse(hub_.nocturn({"status", "copies", "--json", "--data", data()}).output);
    for (const auto& each : answer.at("targets").as_array())
      if (each.at("id").as_string() == target) return each.at("standing") == "failing";
    return false;
  }
  // Releases that a killed hub left incomplete.
  std::size_t cut_short(const fs::path& root) {
    std::size_t count = 0;
    std::error_code error;
    for (const auto& release : fs::directory_iterator(root / "releases", error))
      if (!fs::exists(release.path() / "status.json") ||
          !fs::exists(release.path() / "api/v2/summary.json") ||
          !fs::exists(release.path() / "index.html"))
        ++count;
    return count;
  }
  std::string data() const { return hub_.data().string(); }
  std::string ledger_entries(const std::string& type) {
    const auto listed = hub_.nocturn({"ledger", "entries", "--json", "--data", data()});
    std::string found;
    const auto answer = boost::json::parse(listed.output);
    for (const auto& entry : answer.at("entries").as_array())
      if (entry.at("type").as_string() == type) found += "x";
    return found;
  }

  HubAlone hub_;
  SshServer ssh_;
  TemporaryFolder places_;
};

TEST_F(StaticCopy, is_whole_at_every_moment_while_the_hub_is_killed_again_and_again) {
  ASSERT_TRUE(ssh_.start());
  configure(fmt::format("    folder: {{folder: {}}}\n", place("folder").string()) +
            ssh_target("rsync", place("rsync").string()) +
            ssh_target("sftp", place("sftp").string()));
  ASSERT_TRUE(hub_.start()) << hub_.log();
  const std::vector<std::string> kinds = {"folder", "rsync", "sftp"};
  for (const std::string& kind : kinds)
    ASSERT_TRUE(eventually([&] { return !look_at(place(kind)).generated_at.empty(); }))
        << kind << copies() << hub_.log();

  std::size_t looks = 0, cut = 0;
  for (int kill = 0; kill < 8; ++kill) {
    const std::string sentence = fmt::format("index number {} is being rebuilt", kill);
    ASSERT_TRUE(hub_.declare("catalog-0", sentence)) << hub_.log();
    // Into the making, the sending, the swap: later at each turn.
    const auto until = std::chrono::steady_clock::now() + kill * 60ms;
    do {
      for (const std::string& kind : kinds) expect_whole(place(kind));
      ++looks;
    } while (std::chrono::steady_clock::now() < until);
    hub_.kill();
    for (const std::string& kind : kinds) {
      expect_whole(place(kind));
      cut += cut_short(place(kind));
    }
    ASSERT_TRUE(hub_.start()) << hub_.log();
  }
  ASSERT_TRUE(hub_.declare("catalog-1", "the last word"));
  for (const std::string& kind : kinds) {
    EXPECT_TRUE(arrives(place(kind), "the last word")) << kind << copies();
    expect_whole(place(kind));
  }
  std::cout << looks << " looks at each place, " << cut << " copies found cut short, none shown\n";
  EXPECT_EQ(hub_.nocturn({"status", "publish", "--data", data()}).ending.exit_code, 0);
  for (const std::string& kind : kinds) {
    EXPECT_FALSE(fs::exists(place(kind) / ".current.new")) << kind;
  }
  EXPECT_LE(std::distance(fs::directory_iterator(place("folder") / "releases"), {}), 3);
}

TEST_F(StaticCopy, is_served_by_nginx_when_the_hub_is_cut_off) {
  configure(fmt::format("    folder: {{folder: {}}}\n", place("folder").string()));
  fs::permissions(places_.path(), fs::perms(0755));
  ASSERT_TRUE(hub_.start()) << hub_.log();
  ASSERT_TRUE(hub_.declare("catalog-0", "seen before the end"));
  ASSERT_TRUE(arrives(place("folder"), "seen before the end")) << copies();
  WebServer web(place("folder") / "current");
  ASSERT_TRUE(web.start());
  hub_.kill();
  for (const auto& [path, type, holds] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"/", "text/html; charset=utf-8", "seen before the end"},
           {"/he/", "text/html; charset=utf-8", "dir=\"rtl\""},
           {"/instances/catalog-0", "text/html; charset=utf-8", "seen before the end"},
           {"/api/v2/summary.json", "application/json", "seen before the end"},
           {"/status.json", "application/json", "generated_at"},
           {"/feeds/all.atom", "application/atom+xml; charset=utf-8", "<feed"},
           {"/feeds/catalog-0.rss", "application/rss+xml; charset=utf-8", "seen before the end"},
           {"/feeds/all.ics", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR"},
           {"/badges/catalog-0.svg", "image/svg+xml", "<svg"}}) {
    const std::string answer = web.get(path);
    EXPECT_TRUE(answer.contains("HTTP/1.1 200")) << path << answer.substr(0, 300);
    EXPECT_TRUE(answer.contains("Content-Type: " + type + "\r\n")) << path << answer.substr(0, 300);
    EXPECT_TRUE(answer.contains(holds)) << path;
  }
  EXPECT_TRUE(web.get("/api/v2/summary.json").contains("Access-Control-Allow-Origin: *"));
  // What a copy cannot do leads to the hub.
  EXPECT_TRUE(web.get("/").contains("action=\"https://status.example.org/\""));
}

TEST_F(StaticCopy, tells_when_a_place_fails_and_when_it_works_again) {
  configure(fmt::format("    folder: {{folder: {}}}\n", place("folder").string()) +
            ssh_target("rsync", place("rsync").string()));
  ASSERT_TRUE(hub_.start()) << hub_.log();  // and no SSH server
  ASSERT_TRUE(eventually([&] { return failing("rsync"); })) << copies();
  EXPECT_TRUE(copies().contains("Connection refused")) << copies();
  EXPECT_TRUE(hub_.get("/metrics").contains("nocturn_copy_failing{target=\"rsync\"} 1"));
  EXPECT_TRUE(hub_.get("/metrics").contains("nocturn_copy_failing{target=\"folder\"} 0"));
  // The other place and the page go on.
  ASSERT_TRUE(hub_.declare("catalog-0", "told meanwhile"));
  EXPECT_TRUE(arrives(place("folder"), "told meanwhile"));
  const auto refused = hub_.nocturn({"status", "publish", "--to", "rsync", "--data", data()});
  EXPECT_EQ(refused.ending.exit_code, 1);
  EXPECT_EQ(
      hub_.nocturn({"status", "publish", "--to", "nobody", "--data", data()}).ending.exit_code, 1);
  EXPECT_EQ(ledger_entries("publishing.target.failed"), "x");

  // What is remembered over a restart is that it fails, and it is not told again.
  hub_.stop();
  ASSERT_TRUE(hub_.start()) << hub_.log();
  ASSERT_TRUE(eventually([&] { return failing("rsync"); }));
  ASSERT_TRUE(ssh_.start());
  EXPECT_TRUE(arrives(place("rsync"), "told meanwhile")) << copies();
  EXPECT_TRUE(eventually([&] { return ledger_entries("publishing.target.recovered") == "x"; }));
  EXPECT_EQ(ledger_entries("publishing.target.failed"), "x");
  expect_whole(place("rsync"));
}

TEST_F(StaticCopy, goes_to_an_account_that_may_rsync_into_one_folder_and_nothing_else) {
  ssh_.restrict_key(
      fmt::format("command=\"/usr/bin/rrsync {}\",restrict", places_.path().string()));
  ASSERT_TRUE(ssh_.start());
  configure(ssh_target("rsync", "/copy"));
  ASSERT_TRUE(hub_.start()) << hub_.log();
  for (int number = 0; number < 4; ++number) {
    const std::string sentence = fmt::format("word {}", number);
    ASSERT_TRUE(hub_.declare("catalog-0", sentence));
    ASSERT_TRUE(arrives(place("copy"), sentence)) << copies();
  }
  expect_whole(place("copy"));
  EXPECT_TRUE(eventually([&] {
    return std::distance(fs::directory_iterator(place("copy") / "releases"), {}) == 3;
  })) << copies();
}

// Objects of a bucket change one by one: while a copy is on its way, pages may be of two times, but
// every link leads somewhere; when it has arrived, all agree.
TEST_F(StaticCopy, lies_in_a_bucket_with_front_pages_last_and_nothing_that_is_gone) {
  BucketServer store;
  ASSERT_TRUE(store.start("status-copy"));
  const std::string bucket = fmt::format(
      "    s3: {{s3: {{endpoint: \"{}\", bucket: status-copy, prefix: pages, access_key: \"{}\", "
      "secret_key: {{file: {}}}}}}}\n",
      store.endpoint(), BucketServer::kAccessKey, (places_ / "secret").string());
  std::ofstream(places_ / "secret") << BucketServer::kSecretKey << "\n";
  configure(bucket, kFew);
  ASSERT_TRUE(hub_.start()) << hub_.log();
  const auto publish = [&] {
    return hub_.nocturn({"status", "publish", "--data", data()}).ending.exit_code == 0;
  };
  ASSERT_TRUE(eventually(publish)) << copies() << hub_.log();
  ASSERT_TRUE(store.download("pages/", place("s3")));
  const Seen seen = look_at_files(place("s3"));
  EXPECT_TRUE(seen.faults.empty()) << ::testing::PrintToString(seen.faults);
  EXPECT_FALSE(seen.generated_at.empty());

  for (int kill = 0; kill < 2; ++kill) {
    ASSERT_TRUE(hub_.declare("catalog-0", fmt::format("word {}", kill)));
    std::this_thread::sleep_for(kill * 400ms);
    hub_.kill();
    ASSERT_TRUE(store.download("pages/", place("s3")));
    const Seen after = look_at_files(place("s3"));
    EXPECT_TRUE(after.faults.empty()) << ::testing::PrintToString(after.faults);
    ASSERT_TRUE(hub_.start()) << hub_.log();
  }
  ASSERT_TRUE(hub_.declare("catalog-0", "the last word"));
  ASSERT_TRUE(eventually([&] {
    return publish() && store.download("pages/", place("s3")) &&
           text_of(place("s3") / "index.html").contains("the last word");
  })) << copies();

  // An instance leaves the cloud: its page, feeds and badge leave the bucket.
  ASSERT_TRUE(fs::exists(place("s3") / "instances/more-5/index.html"));
  configure(bucket, kFew - 1);
  ASSERT_TRUE(eventually([&] {
    return !store.s3cmd({"ls", "--recursive", "s3://status-copy/pages/"}).contains("more-5");
  })) << copies();
  hub_.stop();
  ASSERT_TRUE(store.download("pages/", place("s3")));
  EXPECT_TRUE(look_at_files(place("s3")).faults.empty());
  EXPECT_TRUE(store.s3cmd({"info", "s3://status-copy/pages/feeds/all.atom"})
                  .contains("application/atom+xml; charset=utf-8"));
}

TEST_F(StaticCopy, keeps_three_releases_over_sftp) {
  ASSERT_TRUE(ssh_.start());
  configure(ssh_target("sftp", place("copy").string()));
  ASSERT_TRUE(hub_.start()) << hub_.log();
  for (int number = 0; number < 4; ++number) {
    const std::string sentence = fmt::format("word {}", number);
    ASSERT_TRUE(hub_.declare("catalog-0", sentence));
    ASSERT_TRUE(arrives(place("copy"), sentence)) << copies();
  }
  EXPECT_TRUE(eventually([&] {
    return std::distance(fs::directory_iterator(place("copy") / "releases"), {}) == 3;
  })) << copies();
}

}  // namespace
}  // namespace nocturn::testing
