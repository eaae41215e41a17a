#include "cli/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace nocturn::cli {
namespace {

namespace fs = std::filesystem;

Variable environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Credentials, are_where_the_desktop_says_or_below_home) {
  EXPECT_EQ(*credentials_file(environment({{"HOME", "/home/ada"}})),
            "/home/ada/.config/nocturn/credentials");
  EXPECT_EQ(*credentials_file(environment({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "/x"}})),
            "/x/nocturn/credentials");
  EXPECT_EQ(*credentials_file(environment({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "x"}})),
            "/home/ada/.config/nocturn/credentials");
  EXPECT_FALSE(credentials_file(environment({})));
}

TEST(Credentials, are_read_back_as_they_were_written_and_are_their_owners_alone) {
  const testing::TemporaryFolder folder;
  const fs::path file = folder / "config/nocturn/credentials";
  EXPECT_TRUE(read_credentials(file)->hubs.empty());
  const Credentials written{.hubs = {{"https://a.example", {"nct_a", "ada", "/ca.pem", true}},
                                     {"https://b.example", {"nct_b", "exporter", "", false}}},
                            .last = "https://b.example"};
  ASSERT_TRUE(write_credentials(file, written));
  ASSERT_TRUE(write_credentials(file, written));  // over the old one
  struct stat facts{};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  const auto read = read_credentials(file);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->last, "https://b.example");
  ASSERT_EQ(read->hubs.size(), 2u);
  EXPECT_EQ(read->hubs.at("https://a.example").token, "nct_a");
  EXPECT_EQ(read->hubs.at("https://a.example").ca_file, "/ca.pem");
  EXPECT_FALSE(read->hubs.at("https://b.example").by_login);
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST(Credentials, are_refused_when_others_may_read_them_or_when_they_are_no_such_file) {
  const testing::TemporaryFolder folder;
  const fs::path file = folder / "credentials";
  ASSERT_TRUE(write_credentials(file, {}));
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(read_credentials(file).error().code, ErrorCode::forbidden);
  for (const char* text : {"", "{}", "[]", R"({"hubs":[]})", R"({"hubs":{"a":1}})"}) {
    std::ofstream(file, std::ios::trunc) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(read_credentials(file).error().code, ErrorCode::corrupt) << text;
  }
}

TEST(Hub, is_spelled_one_way_and_never_in_the_clear) {
  EXPECT_EQ(*spell_hub("https://Hub.example.org/"), "https://hub.example.org");
  EXPECT_EQ(*spell_hub("https://hub.example.org:443"), "https://hub.example.org");
  EXPECT_EQ(*spell_hub("http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
  for (const char* url : {"", "hub", "http://hub.example.org", "https://hub.example.org/console",
                          "https://a:b@hub.example.org", "ftp://127.0.0.1"})
    EXPECT_FALSE(spell_hub(url)) << url;
}

}  // namespace
}  // namespace nocturn::cli
