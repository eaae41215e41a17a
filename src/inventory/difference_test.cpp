#include "inventory/difference.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inventory/sample_cloud_test.h"
#include "inventory/sample_kinds_test.h"

namespace nocturn::inventory {
namespace {

void bring_forward(Objects& objects, const std::vector<Difference>& differences) {
  for (const Difference& difference : differences) {
    if (difference.kind == Difference::Kind::removed) {
      objects.erase(difference.object);
    } else {
      objects[difference.object] = difference.after;
    }
  }
}

RC_GTEST_PROP(Cloud, written_as_configuration_and_loaded_again_is_the_same, ()) {
  const Cloud cloud = draw_cloud();
  const Source sources[] = {{"cloud.yaml", to_yaml(cloud)}};
  const Loaded loaded = load_texts(sources, kSampleKinds);
  if (loaded.cloud == nullptr) RC_FAIL(loaded.faults[0].text() + "\n" + sources[0].text);
  RC_ASSERT(describe(*loaded.cloud) == describe(cloud));
}

RC_GTEST_PROP(Difference, of_a_cloud_to_itself_is_nothing, ()) {
  const Cloud cloud = draw_cloud();
  RC_ASSERT(difference(cloud, cloud).empty());
}

RC_GTEST_PROP(Difference, applied_to_the_one_cloud_gives_the_other, ()) {
  const Cloud before = draw_cloud(), after = draw_edit(before);
  Objects objects = describe(before);
  bring_forward(objects, difference(before, after));
  RC_ASSERT(objects == describe(after));
}

TEST(Difference, names_the_check_that_changed_and_nothing_else) {
  const auto cloud = [](std::string_view target) {
    const Source sources[] = {
        {"a.yaml", fmt::format("territories: {{t: {{name: T, time_zone: UTC}}}}\n"
                               "data_centers: {{d: {{name: D, territory: t}}}}\n"
                               "products: {{p: {{name: P}}}}\n"
                               "instances: {{i: {{name: I, product: p, data_center: d, "
                               "checks: {{c: {{sample: {{target: {}}}}}}}}}}}\n",
                               target)}};
    return load_texts(sources, kSampleKinds).cloud;
  };
  const auto differences = difference(*cloud("here"), *cloud("there"));
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(name_of(differences[0].kind), "changed");
  EXPECT_EQ(differences[0].object, "check/i/c");
  EXPECT_EQ(differences[0].after,
            R"({"confirm":{"failures":3,"flap_detection":true,"recoveries":2,"retry":"0s",)"
            R"("slow_above":"0s","slow_clear":"0s","slow_of":5},"every":"30s",)"
            R"("kind":"sample","layer":"transaction","options":{"count":1,)"
            R"("expect":{"status":200},"follow":true,"limit":1048576,"target":"there",)"
            R"("words":["a","b"]},"timeout":"10s","vantages":[]})");
}

}  // namespace
}  // namespace nocturn::inventory
