#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "support/temporary_folder.h"

// Sizes: what must be quick, and what must be refused without harm.
namespace nocturn::inventory {
namespace {

std::string large_cloud(int instances, int checks_each) {
  std::string text =
      "territories: {t: {name: T, time_zone: UTC}}\n"
      "data_centers: {d: {name: D, territory: t}}\nproducts: {p: {name: P}}\ninstances:\n";
  for (int i = 0; i < instances; ++i) {
    text += fmt::format(
        "  i{0}:\n    name: Instance {0}\n    aliases: [A{0}]\n    hosts: [h{0}.example.org]\n"
        "    product: p\n    data_center: d\n    sla: 99.9\n    checks:\n",
        i);
    for (int c = 0; c < checks_each; ++c)
      text += fmt::format(
          "      c{}: {{sample: {{target: \"h{}:80\", expect: {{status: 200}}}}, every: 30s}}\n", c,
          i);
  }
  return text;
}

TEST(Load, takes_less_than_a_second_of_processor_for_5000_checks) {
  const Source sources[] = {{"cloud.yaml", large_cloud(1'000, 5)}};
  const std::clock_t start = std::clock();
  const Loaded loaded = load_texts(sources, kSampleKinds);
  const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  ASSERT_NE(loaded.cloud, nullptr) << loaded.faults[0].text();
  EXPECT_EQ(loaded.cloud->instances.size(), 1'000u);
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(seconds, 1.0);
#endif
  RecordProperty("milliseconds", static_cast<int>(seconds * 1'000));
}

TEST(Load, refuses_more_than_a_million_values) {
  std::string text = "products: {a: [";
  for (int i = 0; i < 1'000'100; ++i) text += "x,";
  const Source sources[] = {{"a.yaml", text + "]}\n"}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  ASSERT_EQ(loaded.faults.size(), 1u) << loaded.faults[1].text();
  EXPECT_EQ(loaded.faults[0].what, "too many values");
}

TEST(Load, survives_a_hundred_thousand_open_brackets) {
  for (const char* open : {"[", "{a: ", "- ", "? ", "[[a], "}) {
    std::string text = "products: ";
    for (int i = 0; i < 100'000; ++i) text += open;
    const Source sources[] = {{"a.yaml", text}};
    EXPECT_FALSE(load_texts(sources, kSampleKinds).faults.empty());
  }
}

TEST(Load, accepts_files_without_content_and_sections_without_entries) {
  const Source sources[] = {{"b.yaml", "# later\n"}, {"c.yaml", "instances:\n"}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  ASSERT_NE(loaded.cloud, nullptr) << loaded.faults[0].text();
  EXPECT_EQ(loaded.cloud->name, "Library Cloud");
}

TEST(Load, takes_an_empty_file_for_an_accident_and_not_for_the_wish_to_remove_all_in_it) {
  for (const char* text : {"", "\n \n"}) {
    const Source sources[] = {{"a.yaml", text}, {"b.yaml", "# later\n"}};
    const Loaded loaded = load_texts(sources, kSampleKinds);
    ASSERT_EQ(loaded.faults.size(), 1u);
    EXPECT_EQ(loaded.faults[0].text(),
              "a.yaml:1:1: the file is empty; write what belongs there, or remove the file");
  }
}

TEST(Load, takes_a_link_to_nothing_for_an_accident_too) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder / "a.yaml") << "products: {catalog: {name: Catalog}}\n";
  std::filesystem::create_symlink("gone.yaml", folder / "b.yaml");
  std::filesystem::create_directory(folder / "c.yaml");
  const Loaded loaded = load(folder.path(), kSampleKinds);
  ASSERT_EQ(loaded.faults.size(), 1u);
  EXPECT_EQ(loaded.faults[0].text(),
            "b.yaml: cannot be read: No such file or directory; mend the link, or remove it");
}

TEST(Load, fills_in_the_defaults) {
  const Source sources[] = {
      {"a.yaml",
       "territories: {t: {name: T, time_zone: UTC}}\ndata_centers: {d: {name: D, territory: t}}\n"
       "products: {p: {name: P}}\ncloud: {url: \"https://status.example.org/\"}\n"
       "instances: {i: {name: I, product: p, data_center: d, checks: {\n"
       "  c: {other: , every: 4s, confirm: {slow_above: 1s}}, e: {sample: {target: x}}}}}\n"}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  ASSERT_NE(loaded.cloud, nullptr) << loaded.faults[0].text();
  EXPECT_EQ(loaded.cloud->url, "https://status.example.org");
  const Instance& instance = loaded.cloud->instances.begin()->second;
  EXPECT_EQ(instance.sla, 99.5);
  EXPECT_EQ(instance.place.line, 5);
  EXPECT_EQ(instance.checks[0].timeout, std::chrono::seconds(2));  // half of every
  EXPECT_EQ(instance.checks[0].layer, Layer::host);                // as its kind says
  EXPECT_EQ(instance.checks[0].confirm.slow_clear, std::chrono::milliseconds(800));
  EXPECT_EQ(instance.checks[1].timeout, std::chrono::seconds(10));
  EXPECT_EQ(instance.checks[1].options.count("expect"), 1u);
  EXPECT_EQ(loaded.cloud->territory_of(instance).name, "T");
}

}  // namespace
}  // namespace nocturn::inventory
