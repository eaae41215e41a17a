#include "web/console.h"

#include <gtest/gtest.h>

#include "web/response_test.h"
#include "web/web.h"

namespace nocturn::web {
namespace {

net::Request get(std::string path) {
  net::Request request;
  request.method = "GET";
  request.path = request.target = std::move(path);
  return request;
}

TEST(Console, is_one_page_for_every_path_below_it) {
  const auto page = console(get("/console"));
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(header(*page, "Cache-Control"), "no-cache");
  for (const char* path : {"/console/instances", "/console/instances/catalog-eu01/http"})
    EXPECT_EQ(console(get(path))->body, page->body) << path;
  for (const char* path : {"/", "/consoles", "/instances/console"})
    EXPECT_FALSE(console(get(path)).has_value()) << path;
}

TEST(Console, runs_only_scripts_and_sheets_of_its_own_files) {
  const auto page = console(get("/console"));
  const std::string policy = header(*page, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(header(*page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page->body.find("<style"), std::string::npos);
  EXPECT_EQ(page->body.find(" style="), std::string::npos);
  EXPECT_EQ(page->body.find("<script>"), std::string::npos);
}

TEST(Console, shows_a_letter_in_an_empty_page_that_runs_nothing_and_asks_nothing) {
  const auto page = console(get("/console/letter"));
  const std::string policy = header(*page, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; "));
  EXPECT_NE(policy.find("frame-ancestors 'self'"), std::string::npos);
  EXPECT_TRUE(policy.ends_with("sandbox allow-same-origin"));
  EXPECT_NE(page->body.find("<body></body>"), std::string::npos);
}

TEST(Console, has_files_whose_names_change_with_their_content) {
  const auto page = console(get("/console"));
  net::PageSet set;
  add_console_assets(set);
  std::size_t named = 0;
  for (const auto& [target, asset] : set.pages) {
    EXPECT_TRUE(asset->identity.bytes.find("immutable") != std::string::npos) << target;
    EXPECT_FALSE(asset->gzip.bytes.empty()) << target;
    named += page->body.contains(target) ? 1U : 0U;
  }
  // Its script, its sheet, and what the script needs at once; rooms come when they are gone to.
  EXPECT_GE(named, 2U);
  EXPECT_LT(named, set.pages.size());
}

TEST(Console, does_not_answer_with_the_page_for_a_file_of_another_release) {
  EXPECT_EQ(console(get("/console/assets/console.OLD.js"))->status, 404);
}

}  // namespace
}  // namespace nocturn::web
