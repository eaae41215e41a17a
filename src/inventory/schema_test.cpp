#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::inventory {
namespace {

// A judge that is not ours: reads the schema, then configurations; says of each "fits" or why not.
constexpr std::string_view kJudge = R"(
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    document = yaml.load(open(name), Loader=yaml.SafeLoader)
    faults = [f.message for f in jsonschema.Draft202012Validator(schema).iter_errors(document)]
    print("; ".join(["faults:", *faults]) if faults else "fits")
)";

// One line a configuration. Python is started once: it takes its time on a busy machine.
std::vector<std::string> judged(const std::vector<std::string>& configurations) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder / "judge.py") << kJudge;
  std::ofstream(folder / "schema.json") << schema(kSampleKinds);
  std::vector<std::string> arguments = {"python3", folder / "judge.py", folder / "schema.json"};
  for (const std::string& configuration : configurations) {
    arguments.push_back(folder / fmt::format("{}.yaml", arguments.size()));
    std::ofstream(arguments.back()) << configuration;
  }
  const auto outcome = testing::run_to_end({.arguments = arguments}, std::chrono::minutes(3));
  std::string said = outcome ? outcome->output + outcome->errors : outcome.error().text();
  std::vector<std::string> lines;
  for (const std::string_view line : split(trim(said), '\n')) lines.emplace_back(line);
  lines.resize(configurations.size(), said);
  return lines;
}

TEST(Schema, is_a_schema_and_fits_what_loads) {
  const std::string configuration = R"(
cloud: {name: 5, url: "https://status.example.org", contact: {name: Hub, email: hub@example.org}}
territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}
data_centers: {ams1: {name: Amsterdam, territory: emea, role: primary, location: [52.37, 4.90]}}
products: {catalog: {name: Catalog}}
instances:
  catalog-eu01:
    name: Catalog EU01
    aliases: [EU01, 17]
    product: catalog
    data_center: ams1
    sla: 99.9
    checks:
      a: {sample: {target: "h:1", count: 2, words: one, limit: 10MiB, wait: 1m30s,
                   password: {env: SECRET}, headers: {Accept: text/html}, expect: {status: 204}}}
      b: {other: , every: 10s, confirm: {failures: 2, slow_above: 800ms}, vantages: inside}
maintenance:
  - {name: Move, from: "2027-01-17T01:00:00Z", until: "2027-01-17T04:00:00Z",
     instances: [catalog-eu01]}
)";
  const Source sources[] = {{"cloud.yaml", configuration}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  ASSERT_NE(loaded.cloud, nullptr) << loaded.faults[0].text();
  EXPECT_EQ(judged({configuration})[0], "fits");
}

TEST(Schema, finds_what_an_editor_should_underline) {
  const auto lines =
      judged({"clowd: {}", "instances: {A: {}}", "instances: {a: {name: A, product: p}}",
              "instances: {a: {name: A, product: p, data_center: d, checks: {c: {every: 1s}}}}",
              "products: {a: {name: [x]}}"});
  for (const std::string& line : lines) EXPECT_TRUE(line.starts_with("faults:")) << line;
  EXPECT_TRUE(lines[0].contains("clowd"));
  EXPECT_TRUE(lines[2].contains("data_center"));
}

}  // namespace
}  // namespace nocturn::inventory
