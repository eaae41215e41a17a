#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/report.h"

// YAML as Nocturn reads it: a strict subset in which nothing surprises. No anchors, aliases, tags
// or second documents; no duplicate keys; no type is guessed: a plain scalar is the text that
// stands there, and what it means is decided by whoever wants a value of some type.
namespace nocturn::inventory {

struct Member;

struct Node {
  enum class Kind {
    empty,   // nothing, "~" or "null"
    plain,   // a scalar without quotes
    quoted,  // in quotes, or a block of text
    list,
    mapping,  // no key stands twice
  };
  Kind kind = Kind::empty;
  Mark mark;
  std::string text;             // plain and quoted
  std::vector<Node> items;      // list
  std::vector<Member> members;  // mapping, in the order of the file

  // Defined where Member is complete.
  explicit Node(Kind node_kind = Kind::empty, Mark node_mark = {}, std::string node_text = {});

  bool scalar() const { return kind == Kind::plain || kind == Kind::quoted; }
  // The value of a key of a mapping; null when it is absent or this is no mapping.
  const Node* find(std::string_view key) const;
};

struct Member {
  std::string key;
  Mark mark;  // of the key
  Node value;
};

inline constexpr int kMaxNesting = 32;

// Reads one file's text, of which `file` is the index. Everything wrong goes to the report; what
// could be read is returned, nothing when a syntax error ended the reading. At most `nodes` values,
// which are counted down.
std::optional<Node> read_yaml(std::string_view text, std::uint32_t file, std::size_t& nodes,
                              Report& report);

// Removes from the members those whose key stood before, with a fault that names both places.
void refuse_duplicates(std::vector<Member>& members, Report& report);

}  // namespace nocturn::inventory
