#include <gtest/gtest.h>

#include <fstream>

#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

namespace nocturn::inventory {
namespace {

// A judge that is not ours: reads the schema, then a configuration; says "fits" or why not.
constexpr std::string_view kJudge = R"(
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
document = yaml.load(open(sys.argv[2]), Loader=yaml.SafeLoader)
faults = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
print("fits" if not faults else "faults: " + "; ".join(f.message for f in faults))
)";

std::string judged(const std::string& configuration) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder / "judge.py") << kJudge;
  std::ofstream(folder / "schema.json") << schema(kSampleKinds);
  std::ofstream(folder / "cloud.yaml") << configuration;
  const auto outcome =
      testing::run_to_end({.arguments = {"python3", folder / "judge.py", folder / "schema.json",
                                         folder / "cloud.yaml"}});
  if (!outcome) return outcome.error().text();
  return outcome->output + outcome->errors;
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
  EXPECT_EQ(judged(configuration), "fits\n");
}

TEST(Schema, finds_what_an_editor_should_underline) {
  EXPECT_TRUE(judged("clowd: {}").contains("clowd"));
  EXPECT_TRUE(judged("instances: {A: {}}").starts_with("faults"));
  EXPECT_TRUE(judged("instances: {a: {name: A, product: p}}").contains("data_center"));
  EXPECT_TRUE(
      judged("instances: {a: {name: A, product: p, data_center: d, checks: {c: {every: 1s}}}}")
          .starts_with("faults"));
  EXPECT_TRUE(judged("products: {a: {name: [x]}}").starts_with("faults"));
}

}  // namespace
}  // namespace nocturn::inventory
