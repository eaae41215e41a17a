#include "base/shape.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace nocturn {
namespace {

Shape person() {
  return shape::object(
      "Person", "Somebody.",
      {{"name", shape::text("How they are called.", 1, 5)},
       {"age", shape::integer("In years.", 0, 150), shape::optional},
       {"roles", shape::list("What they do.", shape::choice("", {"viewer", "operator"}), 2)},
       {"left", shape::time("When they left.").or_null(), shape::optional}});
}

std::vector<ShapeFault> check(std::string_view json) {
  return faults_of(*parse_json(json), person());
}

TEST(Shape, lets_pass_what_fits) {
  EXPECT_TRUE(check(R"({"name": "Anna", "roles": ["viewer"], "left": null, "age": 0})").empty());
  EXPECT_TRUE(check(R"({"name": "נעמי", "roles": [], "left": "2026-11-22T06:41:00Z"})").empty());
}

TEST(Shape, tells_everything_that_is_wrong_with_its_place) {
  EXPECT_EQ(
      check(R"({"nane": "x", "age": 151, "roles": ["viewr", 7, "operator"], "left": "soon"})"),
      (std::vector<ShapeFault>{
          {"name", "is missing"},
          {"age", "must be at most 150"},
          {"roles", "must have at most 2 items"},
          {"roles[0]", "must be one of viewer, operator; did you mean viewer?"},
          {"roles[1]", "must be one of its words"},
          {"left", "must be a time as 2026-11-22T06:41:00Z"},
          {"nane", "is not known here; did you mean name?"}}));
  EXPECT_EQ(check("[]"), (std::vector<ShapeFault>{{"", "must be an object"}}));
}

TEST(Shape, counts_characters_not_bytes) {
  EXPECT_TRUE(check(R"({"name": "אבגדה", "roles": []})").empty());
  EXPECT_EQ(check(R"({"name": "Annabel", "roles": []})")[0].what, "must have at most 5 characters");
  EXPECT_EQ(check(R"({"name": "", "roles": []})")[0].what, "must not be empty");
}

TEST(Shape, refuses_numbers_beyond_64_bits_and_fractions) {
  EXPECT_EQ(check(R"({"name": "A", "roles": [], "age": 18446744073709551615})").size(), 1u);
  EXPECT_EQ(check(R"({"name": "A", "roles": [], "age": 1.5})")[0].what, "must be a whole number");
}

TEST(Shape, becomes_a_json_schema_that_names_objects_once) {
  JsonObject named;
  const Json schema = to_json_schema(shape::list("All.", person()), named);
  EXPECT_EQ(schema.at("items").at("$ref"), "#/components/schemas/Person");
  const Json& told = named.at("Person");
  EXPECT_EQ(told.at("required"), Json({"name", "roles"}));
  EXPECT_EQ(told.at("properties").at("left").at("type"), Json({"string", "null"}));
  EXPECT_EQ(told.at("properties").at("name").at("maxLength"), 5);
}

}  // namespace
}  // namespace nocturn
