#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/openapi.h"
#include "app/api_tables.h"

// The tables of all folders together: what no folder can see about itself.
namespace nocturn {
namespace {

TEST(Description, tells_each_name_of_a_shape_once_and_means_one_thing_by_it) {
  std::map<std::string, Json> known;
  for (const auto& [spec, handle] : app::api_tables({})) {
    for (const Shape& shape : {spec.response, spec.request}) {
      JsonObject named;
      to_json_schema(shape, named);
      for (const auto& [name, schema] : named) {
        const auto [at, first] = known.emplace(name, schema);
        EXPECT_EQ(at->second, schema) << spec.method << " " << spec.path
                                      << " means something else by " << std::string_view(name);
      }
    }
  }
}

TEST(Description, has_a_sentence_for_every_endpoint_and_every_field) {
  const Json description = api::describe(app::api_tables({}));
  for (const auto& [path, methods] : description.at("paths").as_object())
    for (const auto& [method, operation] : methods.as_object())
      EXPECT_TRUE(operation.at("summary").as_string().ends_with(".")) << path << " " << method;
  for (const auto& [name, schema] : description.at("components").at("schemas").as_object()) {
    EXPECT_FALSE(schema.at("description").as_string().empty()) << name;
    for (const auto& [field, value] : schema.at("properties").as_object()) {
      const JsonObject& said = value.as_object();
      const bool refers = said.contains("$ref") || said.contains("oneOf");
      EXPECT_TRUE(refers ||
                  (said.contains("description") && !said.at("description").as_string().empty()))
          << name << "." << field;
    }
  }
}

// An answer with such a field shows something that nobody may look up again, so it must not be kept
// for repeated calls either.
TEST(Description, marks_every_answer_that_shows_a_secret) {
  const std::set<std::string_view> kSecrets = {"token",          "secret",         "uri",
                                               "recovery_codes", "invitation_url", "device_code"};
  int marked = 0;
  for (const auto& [spec, handle] : app::api_tables({})) {
    if (spec.method == "GET" || spec.response.kind() != Shape::Kind::object) continue;
    if (spec.permission == net::Permission::anyone) continue;  // keys of strangers are not taken
    const bool shows = std::ranges::any_of(
        spec.response.fields(), [&](const auto& field) { return kSecrets.contains(field.name); });
    EXPECT_EQ(spec.secret_answer, shows) << spec.method << " " << spec.path;
    marked += shows ? 1 : 0;
  }
  EXPECT_GE(marked, 6);
}

TEST(Description, names_each_operation_once) {
  std::map<std::string, std::string> known;
  const Json description = api::describe(app::api_tables({}));
  for (const auto& [path, methods] : description.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      const std::string name(operation.at("operationId").as_string());
      const auto [at, first] = known.emplace(name, path);
      EXPECT_TRUE(first) << name << " is " << at->second << " and " << path;
    }
  }
}

TEST(Examples, fit_the_shapes_of_their_requests) {
  for (const auto& [spec, handle] : app::api_tables({})) {
    EXPECT_EQ(spec.request.empty(), spec.example.empty()) << spec.method << " " << spec.path;
    if (spec.example.empty()) continue;
    const auto example = parse_json(spec.example);
    ASSERT_TRUE(example) << spec.path;
    for (const ShapeFault& fault : faults_of(*example, spec.request))
      ADD_FAILURE() << spec.path << ": " << fault.path << " " << fault.what;
  }
}

}  // namespace
}  // namespace nocturn
