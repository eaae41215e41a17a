#include "publishing/release.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "publishing/aws_signature.h"
#include "publishing/pace.h"
#include "publishing/sftp_batch.h"
#include "support/temporary_folder.h"

namespace nocturn::publishing {
namespace {

WallTime at(std::string_view text) { return from_rfc3339(text).value(); }

TEST(Release, is_named_so_that_names_sort_by_time) {
  EXPECT_EQ(release_name(at("2026-11-22T06:41:05.000123Z")), "20261122T064105.000123Z");
  EXPECT_LT(release_name(at("2026-11-22T06:41:05.999999Z")),
            release_name(at("2026-11-22T06:41:06.000001Z")));
}

RC_GTEST_PROP(Release, keeps_the_current_one_and_the_newest, (std::set<std::uint16_t> numbers)) {
  RC_PRE(!numbers.empty());
  std::vector<std::string> names;
  for (const auto number : numbers) names.push_back(fmt::format("{:05}", number));
  const std::string current = *rc::gen::elementOf(names);
  const std::vector<std::string> gone = outdated(names, current);
  RC_ASSERT(names.size() - gone.size() == std::min(names.size(), kKept));
  for (const std::string& name : gone) {
    RC_ASSERT(name != current);
    for (const std::string& kept : names)
      if (kept != current && std::ranges::find(gone, kept) == gone.end()) RC_ASSERT(kept > name);
  }
}

TEST(Release, is_written_for_all_to_read) {
  const testing::TemporaryFolder folder;
  const Copy copy{{}, {{"index.html", "text/html", "front"}, {"he/a/index.html", "", "deep"}}};
  EXPECT_EQ(folders_of(copy), (std::vector<std::string>{"he", "he/a"}));
  const Stop stop;
  ASSERT_TRUE(write_release(copy, folder / "one", stop));
  namespace fs = std::filesystem;
  EXPECT_EQ(fs::file_size(folder / "one/he/a/index.html"), 4u);
  EXPECT_EQ(fs::status(folder / "one/he/a").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::status(folder / "one/index.html").permissions(), fs::perms(0644));
  EXPECT_FALSE(write_release(copy, folder / "one", stop)) << "never over another";
}

TEST(SftpBatch, uploads_shows_and_takes_away) {
  EXPECT_EQ(folder_commands("/srv/copy", "N", {"he"}),
            "-mkdir /srv/copy\n-mkdir /srv/copy/releases\n-mkdir /srv/copy/releases/N\n"
            "-mkdir /srv/copy/releases/N/he\n");
  const std::string files[] = {"index.html", "he/index.html"};
  EXPECT_EQ(upload_commands("/srv/copy", "N", files),
            "put release/index.html /srv/copy/releases/N/index.html\n"
            "put release/he/index.html /srv/copy/releases/N/he/index.html\n");
  EXPECT_EQ(swap_commands("/srv/copy", "N"),
            "-rm /srv/copy/.current.new\nsymlink releases/N /srv/copy/.current.new\n"
            "rename /srv/copy/.current.new /srv/copy/current\n");
  EXPECT_EQ(removal_commands("/s", "N", {"a", "he/x/b"}),
            "-rm /s/releases/N/a\n-rm /s/releases/N/he/x/b\n-rmdir /s/releases/N/he/x\n"
            "-rmdir /s/releases/N/he\n-rmdir /s/releases/N\n");
}

// The example "GET Object" of Amazon's page on the Authorization header.
TEST(AwsSignature, is_that_of_amazons_example) {
  const auto headers = signed_headers(
      {.method = "GET",
       .host = "examplebucket.s3.amazonaws.com",
       .path = "/test.txt",
       .body = "",
       .headers = {{"range", "bytes=0-9"}}},
      {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"},
      at("2013-05-24T00:00:00Z"));
  EXPECT_EQ(headers.back().value,
            "AWS4-HMAC-SHA256 "
            "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Pace, waits_longer_after_each_failure_but_never_so_long_that_a_copy_gets_old) {
  using namespace std::chrono_literals;
  EXPECT_EQ(back_off(1), 5s);
  EXPECT_EQ(back_off(2), 10s);
  EXPECT_EQ(back_off(1000), 60s);
  EXPECT_EQ(rest_after(10ms), 2s);
  EXPECT_EQ(rest_after(10s), 20s);
}

}  // namespace
}  // namespace nocturn::publishing
