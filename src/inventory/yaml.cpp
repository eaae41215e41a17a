#include "inventory/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <numeric>
#include <spanstream>

#include "base/text.h"

namespace nocturn::inventory {
namespace {

// What the library does not look at well: bytes that are not UTF-8, and control characters.
bool fit_for_yaml(std::string_view text, std::uint32_t file, Report& report) {
  Mark mark{file, 1, 1};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++mark.line;
      mark.column = 1;
      continue;
    }
    if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7f) {
      report.add(mark, fmt::format("control character 0x{:02x}", byte), "remove it");
      return false;
    }
    if (byte >= 0x80) {
      std::size_t size = 1;
      while (size < 4 && i + size < text.size() && (text[i + size] & 0xc0) == 0x80) ++size;
      if (!is_utf8(text.substr(i, size))) {
        report.add(mark, "not UTF-8", "save the file in UTF-8");
        return false;
      }
      i += size - 1;
      mark.column += static_cast<int>(size) - 1;
    }
    ++mark.column;
  }
  return true;
}

// Builds the tree from the library's events. The library cannot be stopped but by an exception,
// so after a limit it goes on and its events are dropped.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t file, std::size_t& nodes, Report& report)
      : file_(file), nodes_(nodes), report_(report) {}

  Node root;
  int documents = 0;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override;
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    bool wants_value = false;  // of a mapping: the last member has its key only
  };

  Mark at(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  bool dropping() const { return dropped_depth_ > 0 || documents > 1 || out_of_nodes_; }

  void refuse_decoration(const Mark& mark, std::string_view tag, YAML::anchor_t anchor);

  void scalar(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, Node::Kind kind,
              std::string_view value);

  void open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, Node::Kind kind);

  void close();

  // Puts a finished node where it belongs: the key or value of a mapping, or the end of a list.
  void attach(Node node);

  std::uint32_t file_;
  std::size_t& nodes_;
  Report& report_;
  std::vector<Frame> stack_;
  int dropped_depth_ = 0;
  bool out_of_nodes_ = false;
};

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents == 2)
    report_.add(at(mark), "a second document in one file", "put it into a file of its own");
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  scalar(mark, {}, anchor, Node::Kind::empty, {});
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (dropping()) return;
  report_.add(at(mark), "an alias (*)", "write the value out: aliases are not used here");
  attach(Node(Node::Kind::empty, at(mark)));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  // The library says "?" for a plain scalar and "!" for one in quotes.
  const bool plain = tag == "?";
  scalar(mark, plain || tag == "!" ? std::string_view{} : tag, anchor,
         plain ? Node::Kind::plain : Node::Kind::quoted, value);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  open(mark, tag, anchor, Node::Kind::list);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  open(mark, tag, anchor, Node::Kind::mapping);
}

void TreeBuilder::refuse_decoration(const Mark& mark, std::string_view tag, YAML::anchor_t anchor) {
  if (!tag.empty())
    report_.add(mark, fmt::format("a tag ({})", in_quotes(tag)),
                "remove it: tags are not used here");
  if (anchor != 0) report_.add(mark, "an anchor (&)", "remove it: anchors are not used here");
}

void TreeBuilder::scalar(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor,
                         Node::Kind kind, std::string_view value) {
  if (dropping()) return;
  refuse_decoration(at(mark), tag, anchor);
  attach(Node(kind, at(mark), std::string(value)));
}

void TreeBuilder::open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor,
                       Node::Kind kind) {
  if (dropping()) {
    ++dropped_depth_;
    return;
  }
  if (stack_.size() == kMaxNesting) {
    report_.add(at(mark), fmt::format("nested deeper than {} levels", kMaxNesting),
                "nothing in a configuration needs this");
    attach(Node(Node::Kind::empty, at(mark)));
    ++dropped_depth_;
    return;
  }
  refuse_decoration(at(mark), tag == "?" || tag == "!" ? std::string_view{} : tag, anchor);
  stack_.push_back({.node = Node(kind, at(mark))});
}

void TreeBuilder::close() {
  if (dropped_depth_ > 0) {
    --dropped_depth_;
    return;
  }
  if (stack_.empty()) return;  // opened before the limit was reached, in a dropped document
  Node node = std::move(stack_.back().node);
  stack_.pop_back();
  if (node.kind == Node::Kind::mapping) refuse_duplicates(node.members, report_);
  attach(std::move(node));
}

void TreeBuilder::attach(Node node) {
  if (nodes_ == 0) {
    if (!out_of_nodes_)
      report_.add(node.mark, "too many values", "a configuration has at most a million");
    out_of_nodes_ = true;
    return;
  }
  --nodes_;
  if (stack_.empty()) {
    root = std::move(node);
    return;
  }
  Frame& frame = stack_.back();
  if (frame.node.kind == Node::Kind::list) {
    frame.node.items.push_back(std::move(node));
  } else if (frame.wants_value) {
    Member& member = frame.node.members.back();
    // The library places nothing at whatever follows; its key is where a person looks.
    if (node.kind == Node::Kind::empty) node.mark = member.mark;
    member.value = std::move(node);
    frame.wants_value = false;
  } else {
    if (!node.scalar()) report_.add(node.mark, "a key that is no word", "write a word as key");
    frame.node.members.push_back({.key = std::move(node.text), .mark = node.mark, .value = Node()});
    frame.wants_value = true;
  }
}

bool indented_by_tab(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(0, first).contains('\t');
}

std::string mend_of(std::string_view message) {
  struct Hint {
    std::string_view part, mend;
  };
  static constexpr Hint kHints[] = {
      {"tab", "indent with spaces"},
      {"end of sequence flow", "close the list with ], and look for a quote without its partner"},
      {"illegal flow end", "close every [ with ] and every { with }"},
      {"end of map flow", "close the mapping with }, and look for a quote without its partner"},
      {"EOF in scalar", "close the quotes"},
      {"end of map not found",
       "indent this line like the lines before it, and look for a quote or "
       "colon too few"},
      {"end of sequence not found", "indent this line like the lines before it"},
      {"illegal map value", "put a text with \": \" into quotes"},
      {"unknown escape", "use single quotes, in which a backslash is a backslash"},
      {"unknown token", "put a text that starts with this character into quotes"},
  };
  for (const Hint& hint : kHints)
    if (message.contains(hint.part)) return std::string(hint.mend);
  return "look at this line and the one before it";
}

}  // namespace

Node::Node(Kind node_kind, Mark node_mark, std::string node_text)
    : kind(node_kind), mark(node_mark), text(std::move(node_text)) {}

const Node* Node::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member.value;
  return nullptr;
}

void refuse_duplicates(std::vector<Member>& members, Report& report) {
  // In the order of keys, equal ones in the order they were written: the first one stays.
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return std::string_view(members[i].key); });
  std::vector<bool> again(members.size());
  bool any = false;
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    const Member &earlier = members[order[first]], &member = members[order[i]];
    if (member.key != earlier.key) {
      first = i;
      continue;
    }
    again[order[i]] = any = true;
    report.add(member.mark, fmt::format("duplicate key {}", in_quotes(member.key)),
               fmt::format("it stands at {} already; keep one", report.where(earlier.mark)));
  }
  if (!any) return;
  std::vector<Member> kept;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (!again[i]) kept.push_back(std::move(members[i]));
  members = std::move(kept);
}

std::optional<Node> read_yaml(std::string_view text, std::uint32_t file, std::size_t& nodes,
                              Report& report) {
  if (!fit_for_yaml(text, file, report)) return std::nullopt;
  TreeBuilder builder(file, nodes, report);
  try {
    std::ispanstream stream(std::span<const char>(text.data(), text.size()));
    YAML::Parser parser(stream);
    // Never more than two: on some input the library finds another empty document for ever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& exception) {
    const Mark mark{file, exception.mark.line + 1, exception.mark.column + 1};
    if (indented_by_tab(text, mark.line)) {
      report.add(mark, "not YAML: a tab in the indentation", "indent with spaces");
    } else {
      report.add(mark, fmt::format("not YAML: {}", exception.msg), mend_of(exception.msg));
    }
    return std::nullopt;
  }
  return std::move(builder.root);
}

}  // namespace nocturn::inventory
