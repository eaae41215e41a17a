#include <gtest/gtest.h>

#include "base/text.h"
#include "inventory/inventory.h"
#include "monitoring/probe.h"
#include "nocturn_inventory_test_embedded.h"

// What the documentation and the kinds of checks show must load, with the real kinds.
namespace nocturn::inventory {
namespace {

std::vector<std::string> yaml_blocks(std::string_view page) {
  constexpr std::string_view kOpen = "```yaml\n", kClose = "```\n";
  std::vector<std::string> blocks;
  while (page.contains(kOpen)) {
    page.remove_prefix(page.find(kOpen) + kOpen.size());
    blocks.emplace_back(page.substr(0, page.find(kClose)));
  }
  return blocks;
}

std::string first_faults(const std::string& text) {
  const Source sources[] = {{"example.yaml", text}};
  const Loaded loaded = load_texts(sources, monitoring::probe_specs());
  std::string faults;
  for (const Fault& fault : loaded.faults) faults += fault.text() + "\n";
  return faults;
}

TEST(Documentation, shows_configurations_that_load) {
  const auto page = fixtures::embedded("../../docs/configuration.md");
  ASSERT_TRUE(page);
  const std::vector<std::string> blocks = yaml_blocks(*page);
  EXPECT_GE(blocks.size(), 5u);
  for (const std::string& block : blocks) EXPECT_EQ(first_faults(block), "") << block;
}

TEST(Kinds, have_an_example_that_loads) {
  for (const KindSpec& kind : monitoring::probe_specs()) {
    EXPECT_EQ(first_faults(fmt::format("territories: {{t: {{name: T, time_zone: UTC}}}}\n"
                                       "data_centers: {{d: {{name: D, territory: t}}}}\n"
                                       "products: {{p: {{name: P}}}}\n"
                                       "instances:\n  i:\n    name: I\n    product: p\n"
                                       "    data_center: d\n    checks:\n      c: {}\n",
                                       kind.example)),
              "")
        << kind.name;
  }
}

TEST(Kinds, make_a_schema) {
  const std::string text = schema(monitoring::probe_specs());
  for (const KindSpec& kind : monitoring::probe_specs())
    EXPECT_TRUE(text.contains(fmt::format("\"{}\":", kind.name)));
}

}  // namespace
}  // namespace nocturn::inventory
