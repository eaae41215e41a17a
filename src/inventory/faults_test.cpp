#include <gtest/gtest.h>

#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "nocturn_inventory_test_embedded.h"

// Every fault a person can meet, as text: a wrong file in, the list of faults out.
namespace nocturn::inventory {
namespace {

std::string fixture(std::string_view name) {
  const auto text = fixtures::embedded("testdata/faults/" + std::string(name));
  return text ? std::string(*text) : "no fixture " + std::string(name);
}

std::string faults_text(const Loaded& loaded) {
  std::string text;
  for (const Fault& fault : loaded.faults) text += fault.text() + "\n";
  return text;
}

class Faults : public ::testing::TestWithParam<std::string> {};

TEST_P(Faults, are_told_all_at_once_as_the_golden_file_says) {
  const Source sources[] = {{"base.yaml", fixture("base.yaml")},
                            {GetParam() + ".yaml", fixture(GetParam() + ".yaml")}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  EXPECT_EQ(loaded.cloud, nullptr);
  EXPECT_EQ(faults_text(loaded), fixture(GetParam() + ".txt"));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Faults,
                         ::testing::Values("keys", "values", "checks", "references", "maintenance",
                                           "sign_in", "status_page", "notifications", "yaml", "tab",
                                           "quote", "bracket", "latin1", "control", "list"),
                         [](const auto& test) { return test.param; });

TEST(Load, names_both_places_of_a_key_in_two_files) {
  const Source sources[] = {{"a.yaml", "products:\n  catalog: {name: Catalog}\n"},
                            {"b.yaml", "products:\n\n  catalog: {name: Catalog}\n"}};
  EXPECT_EQ(faults_text(load_texts(sources, {})),
            "b.yaml:3:3: duplicate key \"catalog\"; it stands at a.yaml:2:3 already; keep one\n");
}

TEST(Load, checks_the_other_files_when_one_is_not_yaml) {
  const Source sources[] = {
      {"a.yaml", "products: {catalog: {name: Catalog}\n"},
      {"b.yaml", "instances:\n  a: {name: A, product: catalog, data_center: x, tenancy: multy}\n"}};
  const Loaded loaded = load_texts(sources, {});
  ASSERT_EQ(loaded.faults.size(), 2u) << faults_text(loaded);
  EXPECT_EQ(loaded.faults[0].place.file, "a.yaml");
  // Nothing is said of the product and the data center: they may stand in the broken file.
  EXPECT_EQ(loaded.faults[1].text(),
            "b.yaml:2:59: tenancy of instance a is \"multy\"; did you mean \"multi\"?");
}

TEST(Load, wants_to_know_where_sign_in_providers_send_people_back_to) {
  const Source sources[] = {{"a.yaml",
                             "cloud: {url: \"http://status.example.org\"}\n"
                             "sign_in:\n  providers:\n    staff: {name: Staff, client_id: nocturn, "
                             "issuer: \"https://id.example.org\"}\n"}};
  EXPECT_EQ(faults_text(load_texts(sources, {})),
            "a.yaml:4:5: sign_in has providers, but they cannot send people back to url of cloud; "
            "add \"hub_url: …\": where people reach the console, with https://\n");
}

TEST(Load, tells_at_most_a_thousand_faults) {
  std::string text = "instances:\n";
  for (int i = 0; i < 5'000; ++i) text += fmt::format("  i{}: {{nme: x}}\n", i);
  const Source sources[] = {{"a.yaml", text}};
  EXPECT_EQ(load_texts(sources, {}).faults.size(), 1'000u);
}

TEST(Load, does_not_repeat_a_secret_that_stands_in_the_configuration) {
  EXPECT_FALSE(fixture("values.txt").contains("hunter2"));
  EXPECT_FALSE(fixture("values.txt").contains("user:secret"));
}

}  // namespace
}  // namespace nocturn::inventory
