#include "base/shape.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/text.h"

namespace nocturn {
namespace {

constexpr std::size_t kMostFaults = 100;

std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string_view word_for(Shape::Kind kind) {
  switch (kind) {
    case Shape::Kind::nothing: return "nothing";
    case Shape::Kind::any: return "a value";
    case Shape::Kind::text: return "a text";
    case Shape::Kind::integer: return "a whole number";
    case Shape::Kind::number: return "a number";
    case Shape::Kind::boolean: return "true or false";
    case Shape::Kind::choice: return "one of its words";
    case Shape::Kind::time: return "a time as 2026-11-22T06:41:00Z";
    case Shape::Kind::list: return "a list";
    case Shape::Kind::object:
    case Shape::Kind::map: return "an object";
  }
  return "a value";
}

bool has_kind(const Json& value, Shape::Kind kind) {
  switch (kind) {
    case Shape::Kind::nothing: return value.is_null();
    case Shape::Kind::any: return true;
    case Shape::Kind::text:
    case Shape::Kind::choice:
    case Shape::Kind::time: return value.is_string();
    case Shape::Kind::integer: return value.is_int64() || value.is_uint64();
    case Shape::Kind::number: return value.is_number();
    case Shape::Kind::boolean: return value.is_bool();
    case Shape::Kind::list: return value.is_array();
    case Shape::Kind::object:
    case Shape::Kind::map: return value.is_object();
  }
  return false;
}

}  // namespace

struct Shape::Parts {
  std::vector<std::string_view> words;
  std::vector<Field> fields;
  Shape item;
};

const std::vector<Shape::Field>& Shape::fields() const {
  CHECK(kind_ == Kind::object);
  return parts_->fields;
}

const Shape& Shape::item() const {
  CHECK(kind_ == Kind::list || kind_ == Kind::map);
  return parts_->item;
}

Shape Shape::or_null() const {
  Shape copy = *this;
  copy.nullable_ = true;
  return copy;
}

struct ShapeMaker {
  static Shape make(Shape::Kind kind, std::string_view about, std::int64_t least = 0,
                    std::int64_t most = shape::kNoLimit, Shape::Parts parts = {},
                    std::string_view name = {}) {
    Shape made;
    made.kind_ = kind;
    made.about_ = about;
    made.name_ = name;
    made.least_ = least;
    made.most_ = most;
    made.parts_ = std::make_shared<const Shape::Parts>(std::move(parts));
    return made;
  }
  static Shape choice(std::string_view about, std::vector<std::string_view> words) {
    return make(Shape::Kind::choice, about, 0, shape::kNoLimit, {std::move(words), {}, {}});
  }
  static Shape of_items(Shape::Kind kind, std::string_view about, Shape item, std::int64_t most) {
    return make(kind, about, 0, most, {{}, {}, std::move(item)});
  }
  static Shape object(std::string_view name, std::string_view about,
                      std::vector<Shape::Field> fields) {
    return make(Shape::Kind::object, about, 0, shape::kNoLimit, {{}, std::move(fields), {}}, name);
  }
};

namespace shape {

Shape any(std::string_view about) { return ShapeMaker::make(Shape::Kind::any, about); }
Shape text(std::string_view about, std::int64_t least, std::int64_t most) {
  return ShapeMaker::make(Shape::Kind::text, about, least, most);
}
Shape integer(std::string_view about, std::int64_t least, std::int64_t most) {
  return ShapeMaker::make(Shape::Kind::integer, about, least, most);
}
Shape number(std::string_view about) { return ShapeMaker::make(Shape::Kind::number, about); }
Shape boolean(std::string_view about) { return ShapeMaker::make(Shape::Kind::boolean, about); }
Shape choice(std::string_view about, std::vector<std::string_view> words) {
  return ShapeMaker::choice(about, std::move(words));
}
Shape time(std::string_view about) { return ShapeMaker::make(Shape::Kind::time, about); }
Shape list(std::string_view about, Shape item, std::int64_t most) {
  return ShapeMaker::of_items(Shape::Kind::list, about, std::move(item), most);
}
Shape map(std::string_view about, Shape item) {
  return ShapeMaker::of_items(Shape::Kind::map, about, std::move(item), kNoLimit);
}
Shape object(std::string_view name, std::string_view about, std::vector<Shape::Field> fields) {
  return ShapeMaker::object(name, about, std::move(fields));
}

}  // namespace shape

// One walk over a value beside its shape.
struct ShapeWalk {
  std::vector<ShapeFault> faults;

  void wrong(std::string_view path, std::string what) {
    if (faults.size() < kMostFaults) faults.push_back({std::string(path), std::move(what)});
  }

  void visit(const Json& value, const Shape& shape, const std::string& path) {
    if (value.is_null() && shape.nullable_) return;
    if (!has_kind(value, shape.kind_))
      return wrong(path, fmt::format("must be {}", word_for(shape.kind_)));
    switch (shape.kind_) {
      case Shape::Kind::text:
        return measure(characters(value.get_string()), "characters", shape, path);
      case Shape::Kind::choice: return visit_choice(value.get_string(), shape, path);
      case Shape::Kind::time:
        if (!from_rfc3339(value.get_string()))
          wrong(path, "must be a time as 2026-11-22T06:41:00Z");
        return;
      case Shape::Kind::integer: return visit_integer(value, shape, path);
      case Shape::Kind::list: return visit_list(value.get_array(), shape, path);
      case Shape::Kind::object: return visit_object(value.get_object(), shape, path);
      case Shape::Kind::map:
        for (const auto& [name, item] : value.get_object())
          visit(item, shape.item(), join(path, name));
        return;
      default: return;
    }
  }

  void measure(std::int64_t size, std::string_view unit, const Shape& shape,
               const std::string& path) {
    if (size < shape.least_)
      wrong(path, size == 0 && shape.least_ == 1
                      ? "must not be empty"
                      : fmt::format("must have at least {} {}", shape.least_, unit));
    if (size > shape.most_) wrong(path, fmt::format("must have at most {} {}", shape.most_, unit));
  }

  void visit_integer(const Json& value, const Shape& shape, const std::string& path) {
    const bool huge = value.is_uint64() && value.get_uint64() > std::uint64_t(shape::kNoLimit);
    const std::int64_t given = huge ? shape::kNoLimit : value.to_number<std::int64_t>();
    if (given < shape.least_) wrong(path, fmt::format("must be at least {}", shape.least_));
    if (huge || given > shape.most_) wrong(path, fmt::format("must be at most {}", shape.most_));
  }

  void visit_choice(std::string_view word, const Shape& shape, const std::string& path) {
    const auto& words = shape.parts_->words;
    if (std::ranges::find(words, word) != words.end()) return;
    const std::string_view near = nearest(word, words);
    wrong(path, near.empty() ? fmt::format("must be one of {}", fmt::join(words, ", "))
                             : fmt::format("must be one of {}; did you mean {}?",
                                           fmt::join(words, ", "), near));
  }

  void visit_list(const JsonArray& items, const Shape& shape, const std::string& path) {
    measure(static_cast<std::int64_t>(items.size()), "items", shape, path);
    for (std::size_t i = 0; i < items.size() && faults.size() < kMostFaults; ++i)
      visit(items[i], shape.item(), fmt::format("{}[{}]", path, i));
  }

  void visit_object(const JsonObject& object, const Shape& shape, const std::string& path) {
    std::vector<std::string_view> known;
    for (const Shape::Field& field : shape.fields()) {
      known.push_back(field.name);
      const Json* value = object.if_contains(field.name);
      if (value != nullptr) {
        visit(*value, field.shape, join(path, field.name));
      } else if (field.presence == Shape::Field::Presence::required) {
        wrong(join(path, field.name), "is missing");
      }
    }
    for (const auto& [name, value] : object) {
      if (std::ranges::find(known, std::string_view(name)) != known.end()) continue;
      const std::string_view near = nearest(name, known);
      wrong(join(path, name), near.empty()
                                  ? "is not known here"
                                  : fmt::format("is not known here; did you mean {}?", near));
    }
  }

  static Json schema(const Shape& shape, JsonObject& named) {
    if (shape.kind_ == Shape::Kind::object && !shape.name_.empty()) {
      if (named.if_contains(shape.name_) == nullptr) {
        named[shape.name_] = nullptr;  // a shape that holds itself ends here
        named[shape.name_] = object_schema(shape, named);
      }
      JsonObject reference{{"$ref", fmt::format("#/components/schemas/{}", shape.name_)}};
      if (!shape.nullable_) return reference;
      return {{"oneOf", JsonArray{reference, {{"type", "null"}}}}};
    }
    return shape.kind_ == Shape::Kind::object ? object_schema(shape, named)
                                              : plain_schema(shape, named);
  }

  static Json object_schema(const Shape& shape, JsonObject& named) {
    JsonObject properties;
    JsonArray required;
    for (const Shape::Field& field : shape.fields()) {
      properties[field.name] = schema(field.shape, named);
      if (field.presence == Shape::Field::Presence::required) required.emplace_back(field.name);
    }
    JsonObject made{{"type", "object"},
                    {"description", shape.about_},
                    {"properties", std::move(properties)},
                    {"additionalProperties", false}};
    if (!required.empty()) made["required"] = std::move(required);
    return made;
  }

  static Json plain_schema(const Shape& shape, JsonObject& named) {
    JsonObject made;
    const auto type = [&](std::string_view name) {
      if (shape.nullable_) {
        made["type"] = JsonArray{name, "null"};
      } else {
        made["type"] = name;
      }
    };
    const auto limits = [&](const char* least, const char* most) {
      if (shape.least_ > 0) made[least] = shape.least_;
      if (shape.most_ < shape::kNoLimit) made[most] = shape.most_;
    };
    switch (shape.kind_) {
      case Shape::Kind::text: type("string"), limits("minLength", "maxLength"); break;
      case Shape::Kind::choice: {
        type("string");
        JsonArray words;
        for (const std::string_view word : shape.parts_->words) words.emplace_back(word);
        if (shape.nullable_) words.emplace_back(nullptr);
        made["enum"] = std::move(words);
        break;
      }
      case Shape::Kind::time: type("string"), made["format"] = "date-time"; break;
      case Shape::Kind::integer:
        type("integer");
        if (shape.least_ > -shape::kNoLimit) made["minimum"] = shape.least_;
        if (shape.most_ < shape::kNoLimit) made["maximum"] = shape.most_;
        break;
      case Shape::Kind::number: type("number"); break;
      case Shape::Kind::boolean: type("boolean"); break;
      case Shape::Kind::list:
        type("array"), limits("minItems", "maxItems");
        made["items"] = schema(shape.item(), named);
        break;
      case Shape::Kind::map:
        type("object");
        made["additionalProperties"] = schema(shape.item(), named);
        break;
      default: break;
    }
    if (!shape.about_.empty()) made["description"] = shape.about_;
    return made;
  }
};

std::vector<ShapeFault> faults_of(const Json& value, const Shape& shape) {
  ShapeWalk walk;
  walk.visit(value, shape, "");
  return std::move(walk.faults);
}

Error to_error(const std::vector<ShapeFault>& faults) {
  CHECK(!faults.empty());
  std::string text;
  for (const ShapeFault& fault : faults) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} {}", fault.path.empty() ? "the value" : fault.path, fault.what);
  }
  return {ErrorCode::invalid, std::move(text), {}};
}

Json to_json_schema(const Shape& shape, JsonObject& named) {
  return ShapeWalk::schema(shape, named);
}

}  // namespace nocturn
