#include "web/web.h"

#include <set>

#include <gtest/gtest.h>

#include "support/sample_facts.h"
#include "web/response_test.h"
#include "web/search.h"

namespace nocturn::web {
namespace {

using status_page::View;
using status_page::ViewPtr;

ViewPtr sample() { return View::make(testing::sample_facts()).value(); }

net::Request get(std::string path, std::vector<std::pair<std::string, std::string>> query = {},
                 std::vector<net::Header> headers = {}) {
  net::Request request;
  request.method = "GET";
  request.path = request.target = std::move(path);
  request.query = std::move(query);
  request.headers = std::move(headers);
  return request;
}

TEST(PublicSite, prepares_what_is_asked_most) {
  const ViewPtr view = sample();
  std::string targets;
  const auto prepared = prepare(*view);
  std::map<std::string, std::string> sorted;
  for (const auto& [target, page] : prepared->pages) sorted[target] = page->etag;
  for (const auto& [target, etag] : sorted)
    if (!target.starts_with("/assets/") && !target.starts_with("/console/assets/"))
      targets += target + "\n";
  EXPECT_EQ(targets,
            "/\n/?lang=en\n/?lang=he\n/api/v2/components.json\n/api/v2/incidents.json\n"
            "/api/v2/incidents/unresolved.json\n/api/v2/scheduled-maintenances.json\n"
            "/api/v2/scheduled-maintenances/active.json\n"
            "/api/v2/scheduled-maintenances/upcoming.json\n/api/v2/status.json\n"
            "/api/v2/summary.json\n/feeds/all.atom\n/feeds/all.ics\n/feeds/all.rss\n"
            "/single-tenant\n/single-tenant?lang=en\n/single-tenant?lang=he\n");
}

TEST(PublicSite, answers_on_demand_what_it_prepares) {
  const ViewPtr view = sample();
  const auto prepared = prepare(*view);
  for (const auto& [target, page] : prepared->pages) {
    if (target.find('?') != std::string::npos || target.starts_with("/console/")) continue;
    const auto response = answer(*view, get(target));
    ASSERT_TRUE(response.has_value()) << target;
    EXPECT_EQ(response->body, page->identity.bytes.substr(page->identity.head_size)) << target;
  }
}

TEST(PublicSite, allows_only_its_own_script_and_sheets) {
  const auto response = answer(*sample(), get("/instances/catalog-eu01"));
  const std::string policy = header(*response, "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_FALSE(holds(*response, " style=\""));
  EXPECT_FALSE(holds(*response, "onclick"));
}

TEST(PublicSite, answers_304_to_who_has_the_page) {
  const ViewPtr view = sample();
  const auto first = answer(*view, get("/badges/catalog-eu01.svg"));
  const std::string tag = header(*first, "ETag");
  EXPECT_EQ(first->status, 200);
  const auto again =
      answer(*view, get("/badges/catalog-eu01.svg", {}, {{"if-none-match", "\"x\", " + tag}}));
  EXPECT_EQ(again->status, 304);
  EXPECT_TRUE(again->body.empty());
}

TEST(PublicSite, knows_no_page_of_a_hidden_or_unknown_instance) {
  status_page::Facts facts = testing::sample_facts();
  const ViewPtr open = View::make(facts).value();
  EXPECT_EQ(answer(*open, get("/instances/catalog-st-abbey"))->status, 200);
  facts.single_tenant_public = false;
  const ViewPtr closed = View::make(facts).value();
  for (const char* path :
       {"/single-tenant", "/instances/catalog-st-abbey", "/badges/catalog-st-abbey.svg",
        "/feeds/catalog-st-abbey.atom", "/feeds/catalog-st-abbey.ics", "/instances/nobody"})
    EXPECT_EQ(answer(*closed, get(path))->status, 404) << path;
  EXPECT_FALSE(prepare(*closed)->pages.contains("/single-tenant"));
  EXPECT_FALSE(holds(*answer(*closed, get("/")), "/single-tenant"));
}

TEST(PublicSite, leaves_other_paths_to_others) {
  const ViewPtr view = sample();
  for (const char* path : {"/console", "/instances/", "/instances/a/b", "/feeds/", "/healthz",
                           "/badges/catalog-eu01.png"})
    EXPECT_FALSE(answer(*view, get(path)).has_value()) << path;
}

TEST(PublicSite, escapes_what_people_write) {
  status_page::Facts facts = testing::sample_facts();
  facts.declared.push_back(
      {{inventory::InstanceId("catalog-eu01"), status_page::Indicator::information,
        "<script>alert(1)</script> & \"quotes\"", "Ada Night", facts.now},
       {},
       {}});
  const ViewPtr view = View::make(facts).value();
  for (const char* path :
       {"/", "/instances/catalog-eu01", "/feeds/catalog-eu01.atom", "/feeds/all.rss"}) {
    const auto response = answer(*view, get(path));
    EXPECT_FALSE(holds(*response, "<script>alert")) << path;
  }
  EXPECT_FALSE(
      holds(*answer(*view, get("/", {{"q", "\"><script>alert(1)</script>"}})), "<script>alert"));
}

TEST(PublicSite, tells_no_host_target_prober_or_operator_of_an_instance) {
  const std::string hidden = "for-operators-alone";
  status_page::Facts facts = testing::sample_facts();
  auto cloud = std::make_shared<inventory::Cloud>(*facts.cloud);
  std::set<std::string> paths{"/", "/single-tenant", "/feeds/all.rss", "/api/v2/summary.json"};
  for (auto& [id, instance] : cloud->instances) {
    instance.hosts = {hidden};
    for (inventory::Check& check : instance.checks) {
      check.options["url"].value = hidden;
      check.vantages = {hidden};
    }
    paths.insert({"/instances/" + id.text(), "/feeds/" + id.text() + ".atom"});
  }
  facts.cloud = cloud;
  for (auto& stand : facts.stands) stand.last.reason = hidden;
  for (auto& interval : facts.measured) interval.reason = hidden;
  for (auto& declared : facts.declared) declared.declaration.by = declared.withdrawn_by = hidden;
  const ViewPtr view = View::make(std::move(facts)).value();
  for (const std::string& path : paths) {
    const auto response = answer(*view, get(path));
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 200) << path;
    EXPECT_FALSE(holds(*response, hidden)) << path;
  }
}

TEST(PublicSite, speaks_the_language_that_is_asked_for) {
  const ViewPtr view = sample();
  const auto hebrew = answer(*view, get("/instances/catalog-eu01", {{"lang", "he"}}));
  EXPECT_TRUE(holds(*hebrew, "<html lang=\"he\" dir=\"rtl\">"));
  const auto preferred =
      answer(*view, get("/instances/catalog-eu01", {}, {{"accept-language", "he,en;q=0.5"}}));
  EXPECT_TRUE(holds(*preferred, "<html lang=\"he\" dir=\"rtl\">"));
  const auto english = answer(*view, get("/instances/catalog-eu01"));
  EXPECT_TRUE(holds(*english, "<html lang=\"en\" dir=\"ltr\">"));
}

TEST(PublicSite, refuses_programs_in_their_own_form) {
  const net::Response refusal = missing(*sample(), get("/api/v2/summery.json"));
  EXPECT_EQ(refusal.status, 404);
  EXPECT_TRUE(refusal.body.starts_with("{\"type\":\"about:blank\""));
  EXPECT_TRUE(missing(*sample(), get("/summery")).body.starts_with("<!DOCTYPE html>"));
}

TEST(Search, finds_ones_own_instance_by_any_of_its_names) {
  const ViewPtr view = sample();
  const auto found = [&](std::string_view query) {
    std::string text;
    for (const status_page::Row& row : view->rows())
      if (match(*view, row, query)) text += row.instance->id.text() + " ";
    return text;
  };
  EXPECT_EQ(found("zurich LIBRARY"), "catalog-eu01 ");
  EXPECT_EQ(found("Zürich"), "catalog-eu01 ");
  EXPECT_EQ(found("utrecht"), "catalog-eu01 ");
  EXPECT_EQ(found("repository na"), "repository-na01 ");
  EXPECT_EQ(found("catalog.eu02.example.org"), "catalog-eu02 ");
  EXPECT_EQ(found("https://Catalog.EU02.example.org/search?q=cats"), "catalog-eu02 ");
  EXPECT_EQ(found("catalog.eu02.example.org:8080"), "catalog-eu02 ");
  EXPECT_EQ(found("https://example.org/"), "");
  EXPECT_EQ(found("example.org"), "") << "hosts cannot be fished for";
  EXPECT_EQ(found("zu"), "") << "nor institutions";
  EXPECT_EQ(found("nothing of the kind"), "");
  const auto page = answer(*view, get("/", {{"q", "zurich"}}));
  EXPECT_TRUE(holds(*page, "serves Zürich Central Library"));
  EXPECT_TRUE(holds(*page, "One instance fits"));
}

TEST(Search, finds_an_instance_by_the_institutions_that_use_it_now) {
  status_page::Facts facts = testing::sample_facts();
  auto names = std::make_shared<status_page::TenantNames>();
  for (const char* name : {"Universität Österthal", "UOE"})
    (*names)["catalog-eu02"].push_back({name, status_page::folded(name)});
  (*names)["gone"].push_back({"Nobody", "nobody"});
  facts.tenants = names;
  const auto view = status_page::View::make(std::move(facts)).value();
  const auto page = [&](const char* query) { return *answer(*view, get("/", {{"q", query}})); };
  EXPECT_TRUE(holds(page("osterthal"), "serves Universität Österthal"));
  EXPECT_TRUE(holds(page("uoe"), "serves UOE"));
  EXPECT_FALSE(holds(page("o l"), "Österthal")) << "single letters leaf through nothing";
  EXPECT_FALSE(holds(*answer(*view, get("/")), "Österthal"));
}

TEST(Search, does_not_put_a_directory_of_customers_into_a_page) {
  status_page::Facts facts = testing::large_facts(1000);
  auto names = std::make_shared<status_page::TenantNames>();
  for (const auto& [id, instance] : facts.cloud->instances) {
    const std::string name = fmt::format("University of {}", id.text());
    (*names)[id.text()].push_back({name, status_page::folded(name)});
  }
  facts.tenants = names;
  const auto view = status_page::View::make(std::move(facts)).value();
  const net::Response page = *answer(*view, get("/", {{"q", "university"}}));
  std::size_t told = 0;
  for (std::size_t at = page.body.find("University of"); at != std::string::npos;
       at = page.body.find("University of", at + 1))
    ++told;
  EXPECT_EQ(told, 25U);
  EXPECT_TRUE(holds(page, "instances fit"));
}

}  // namespace
}  // namespace nocturn::web
