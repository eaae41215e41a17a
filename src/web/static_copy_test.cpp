#include <gtest/gtest.h>

#include <map>

#include "support/sample_facts.h"
#include "web/copy_links.h"
#include "web/web.h"

namespace nocturn::web {
namespace {

using status_page::View;

std::map<std::string, std::string> files_of(status_page::Facts facts) {
  std::map<std::string, std::string> files;
  for (auto& file : static_copy(*View::make(std::move(facts)).value()).files)
    EXPECT_TRUE(files.emplace(file.path, file.body).second) << file.path << " stands twice";
  return files;
}

TEST(CopyLinks, name_a_file_for_every_page) {
  EXPECT_EQ(file_of("/"), "index.html");
  EXPECT_EQ(file_of("/?lang=he"), "he/index.html");
  EXPECT_EQ(file_of("/instances/x"), "instances/x/index.html");
  EXPECT_EQ(file_of("/instances/x?lang=he"), "he/instances/x/index.html");
  EXPECT_EQ(file_of("/api/v2/incidents/unresolved.json"), "api/v2/incidents/unresolved.json");
}

TEST(CopyLinks, stay_inside_the_copy_or_lead_to_the_hub) {
  const auto copied = [](std::string_view target) { return target == "/" || target == "/a"; };
  const std::string page =
      "<a href=\"/a#b\">x</a><form action=\"/\"><a href=\"/subscribe?x=1\"><a href=\"/\">"
      "<a href=\"https://e.org/\"><a href=\"#top\"> href=&quot;/&quot;";
  EXPECT_EQ(relinked(page, "he/i/index.html", "https://h.org", copied),
            "<a href=\"../../a/index.html#b\">x</a><form action=\"https://h.org/\">"
            "<a href=\"https://h.org/subscribe?x=1\"><a href=\"../../index.html\">"
            "<a href=\"https://e.org/\"><a href=\"#top\"> href=&quot;/&quot;");
}

TEST(StaticCopy, leads_nowhere_that_is_not_there) {
  const auto files = files_of(testing::sample_facts());
  std::size_t links = 0;
  for (const auto& [path, body] : files) {
    if (!path.ends_with(".html")) continue;
    const std::filesystem::path here = std::filesystem::path(path).parent_path();
    for (const std::string_view attribute : {" href=\"", " src=\"", " data-facts=\""}) {
      for (std::size_t at = body.find(attribute); at != body.npos;
           at = body.find(attribute, at + 1)) {
        const std::size_t from = at + attribute.size();
        std::string link = body.substr(from, body.find('"', from) - from);
        link = link.substr(0, link.find('#'));
        if (link.empty() || link.find(':') != link.npos) continue;
        ++links;
        EXPECT_TRUE(files.contains((here / link).lexically_normal().string()))
            << path << " leads to " << link;
      }
    }
  }
  EXPECT_GT(links, 200u);
}

TEST(StaticCopy, says_in_every_page_when_it_was_made) {
  const auto facts = testing::sample_facts();
  const std::string made = to_rfc3339(std::chrono::floor<std::chrono::seconds>(facts.now));
  std::size_t pages = 0;
  for (const auto& [path, body] : files_of(facts)) {
    if (!path.ends_with(".html") && path != "status.json") continue;
    ++pages;
    EXPECT_TRUE(body.contains(made)) << path;
    if (path == "status.json") continue;
    EXPECT_TRUE(body.contains("id=\"copy\"")) << path;
    EXPECT_TRUE(body.contains("http-equiv=\"Content-Security-Policy\"")) << path;
    EXPECT_FALSE(body.contains("/assets/live.")) << path;
  }
  EXPECT_GT(pages, facts.cloud->instances.size());
}

TEST(StaticCopy, holds_nothing_that_the_access_rule_hides) {
  status_page::Facts facts = testing::sample_facts();
  EXPECT_TRUE(files_of(facts).contains("instances/catalog-st-abbey/index.html"));
  EXPECT_TRUE(files_of(facts).contains("he/single-tenant/index.html"));
  facts.single_tenant_public = false;
  for (const auto& [path, body] : files_of(facts)) {
    EXPECT_FALSE(path.contains("single-tenant")) << path;
    EXPECT_FALSE(path.contains("abbey")) << path;
    EXPECT_FALSE(body.contains("abbey")) << path;
  }
}

TEST(StaticCopy, serves_documents_as_the_hub_does) {
  const auto view = View::make(testing::sample_facts()).value();
  const auto prepared = prepare(*view);
  int compared = 0;
  for (const auto& file : static_copy(*view).files) {
    const auto page = prepared->pages.find("/" + file.path);
    if (page == prepared->pages.end()) continue;
    ++compared;
    const std::string& bytes = page->second->identity.bytes;
    EXPECT_EQ(bytes.substr(page->second->identity.head_size), file.body) << file.path;
    EXPECT_TRUE(bytes.contains("Content-Type: " + file.content_type)) << file.path;
  }
  EXPECT_GE(compared, 10) << "the feeds and what api/v2 has";
}

}  // namespace
}  // namespace nocturn::web
