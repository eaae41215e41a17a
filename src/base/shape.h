#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

// What a JSON value may look like, said once: from it come the check of what outsiders send (every
// fault at once, each with its path) and the JSON Schema of the API's description. A value: cheap
// to copy, immutable, thread-safe. Names and sentences are literals of the program.
namespace nocturn {

class Shape {
 public:
  enum class Kind {
    nothing,  // no body at all
    any,
    text,
    integer,
    number,
    boolean,
    choice,  // one of some words
    time,    // RFC 3339
    list,
    object,
    map,  // an object whose keys are free
  };
  struct Field;

  Shape() = default;  // nothing
  Kind kind() const { return kind_; }
  bool empty() const { return kind_ == Kind::nothing; }
  std::string_view name() const { return name_; }
  std::string_view about() const { return about_; }
  const std::vector<Field>& fields() const;  // of an object
  const Shape& item() const;                 // of a list or map

  // The same shape where null may stand, too.
  Shape or_null() const;

 private:
  friend struct ShapeMaker;
  friend struct ShapeWalk;
  struct Parts;
  Kind kind_ = Kind::nothing;
  bool nullable_ = false;
  std::string_view name_, about_;
  std::int64_t least_ = 0;
  std::int64_t most_ = std::numeric_limits<std::int64_t>::max();
  std::shared_ptr<const Parts> parts_;
};

struct Shape::Field {
  enum class Presence { required, optional };
  std::string_view name;
  Shape shape;
  Presence presence = Presence::required;
};

// Each `about` is one sentence for the reader of the API's description.
namespace shape {

inline constexpr auto optional = Shape::Field::Presence::optional;
inline constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

Shape any(std::string_view about);
// `least` and `most` count characters (code points).
Shape text(std::string_view about, std::int64_t least = 0, std::int64_t most = kNoLimit);
Shape integer(std::string_view about, std::int64_t least = -kNoLimit, std::int64_t most = kNoLimit);
Shape number(std::string_view about);
Shape boolean(std::string_view about);
Shape choice(std::string_view about, std::vector<std::string_view> words);
Shape time(std::string_view about);
Shape list(std::string_view about, Shape item, std::int64_t most = kNoLimit);
Shape map(std::string_view about, Shape item);
// `name` ("Person") is unique among all shapes of the program; the description tells it once.
Shape object(std::string_view name, std::string_view about, std::vector<Shape::Field> fields);

}  // namespace shape

// One thing that is wrong with a value. `path` is a dotted place ("roles[2].scope"), empty for the
// value itself; `what` says what is wrong and what would be right.
struct ShapeFault {
  std::string path;
  std::string what;
  bool operator==(const ShapeFault&) const = default;
};

// Everything that is wrong with `value`, in its order, at most 100 faults; empty when it fits.
// An object's unknown names are faults, with the nearest known one.
std::vector<ShapeFault> faults_of(const Json& value, const Shape& shape);

// One `invalid` Error that tells them all; the list must not be empty.
Error to_error(const std::vector<ShapeFault>& faults);

// JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it). A named object becomes a "$ref" below
// `#/components/schemas/`, and its schema is put into `named` once.
Json to_json_schema(const Shape& shape, JsonObject& named);

}  // namespace nocturn
