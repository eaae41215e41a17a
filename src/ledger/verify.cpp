#include "ledger/verify.h"

#include <fstream>
#include <map>
#include <optional>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "ledger/envelope.h"
#include "ledger/files.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/serve.h"
#include "ledger/tiles.h"

namespace nocturn::ledger {
namespace {

constexpr std::size_t kMaxFaults = 100;

// One walk over a ledger, entry by entry.
class Walk {
 public:
  Walk(Report& report, TreeHead head, std::optional<TreeHead> kept)
      : report_(report), head_(std::move(head)), kept_(std::move(kept)) {
    compare_with_kept();
  }

  void fault(std::string where, std::string what) {
    if (report_.faults.size() < kMaxFaults)
      report_.faults.push_back({std::move(where), std::move(what)});
  }

  // Answers the entry's envelope when it is one.
  std::optional<Envelope> take(std::string_view leaf, const Frontier::OnFull& on_full) {
    const std::string where = fmt::format("entry {}", frontier_.size());
    const Status compared = frontier_.append(leaf_hash(leaf), on_full);
    CHECK(compared.has_value());
    report_.entries = frontier_.size();
    compare_with_kept();
    auto envelope = parse_leaf(leaf);
    if (!envelope) {
      fault(where, envelope.error().text());
      return std::nullopt;
    }
    std::uint64_t& sequence = sequences_[envelope->source];
    if (envelope->sequence != sequence + 1)
      fault(where, fmt::format("number {} of {} follows number {}: entries were left out",
                               envelope->sequence, envelope->source, sequence));
    sequence = envelope->sequence;
    if (envelope->time < last_) fault(where, "is older than the entry before it");
    last_ = envelope->time;
    return std::move(*envelope);
  }

  void end() {
    if (frontier_.size() != head_.size)
      return fault("checkpoint", fmt::format("speaks of {} entries, but there are {}", head_.size,
                                             frontier_.size()));
    if (frontier_.root() != head_.root) fault("checkpoint", "its root is not that of the entries");
    if (kept_)
      fault("checkpoint", fmt::format("speaks of {} entries, the one that was kept of {}: the end "
                                      "was cut off",
                                      head_.size, kept_->size));
  }

  const Frontier& frontier() const { return frontier_; }
  const TreeHead& head() const { return head_; }

 private:
  void compare_with_kept() {
    if (!kept_ || kept_->size != frontier_.size()) return;
    if (kept_->root != frontier_.root())
      fault(fmt::format("entries 0 to {}", kept_->size),
            "are not those of the checkpoint that was kept: history was rewritten");
    kept_.reset();
  }

  Report& report_;
  const TreeHead head_;
  std::optional<TreeHead> kept_;  // until its size is reached
  Frontier frontier_;
  std::map<std::string, std::uint64_t> sequences_;
  WallTime last_{};
};

struct Expected {
  VerifierKey key;
  std::optional<TreeHead> kept;
};

Result<Expected> understand(const Expectation& expectation) {
  Expected expected{TRY(about("verifier key", parse_verifier_key(expectation.verifier_key))), {}};
  if (!expectation.kept_checkpoint.empty())
    expected.kept =
        TRY(about("kept checkpoint", open_checkpoint(expectation.kept_checkpoint, expected.key)));
  return expected;
}

// The signed tree head, or nothing and a fault.
std::optional<TreeHead> head_of(const Result<std::string>& note, const Expected& expected,
                                Report& report) {
  auto head = note ? open_checkpoint(*note, expected.key) : std::unexpected(note.error());
  if (!head) {
    report.faults.push_back({"checkpoint", head.error().text()});
    return std::nullopt;
  }
  report.origin = head->origin;
  report.size = head->size;
  report.root = to_base64(head->root);
  return std::move(*head);
}

// Compares a tile with what the entries say it must hold.
void compare(const Fetch& fetch, const TileName& name, std::span<const Hash> hashes, Walk& walk,
             Report& report) {
  const std::string path = path_of(name);
  const auto bytes = fetch(path);
  ++report.tiles;
  if (!bytes)
    walk.fault(path, bytes.error().text());
  else if (*bytes != tile_bytes(hashes))
    walk.fault(path, "is not what the entries hash to");
}

}  // namespace

Fetch files_in(std::filesystem::path folder) {
  return [folder = std::move(folder)](std::string_view path) -> Result<std::string> {
    return TRY(serve(folder, path)).body;
  };
}

Result<Report> verify(const Fetch& fetch, const Expectation& expectation,
                      const Progress& progress) {
  const Expected expected = TRY(understand(expectation));
  Report report;
  const auto head = head_of(fetch("checkpoint"), expected, report);
  if (!head) return report;
  Walk walk(report, *head, expected.kept);
  const Frontier::OnFull on_full = [&](const TileName& name, std::span<const Hash> hashes) {
    compare(fetch, name, hashes, walk, report);
    return Status();
  };
  for (std::uint64_t index = 0; index < tiles_in_level(kBundles, head->size); ++index) {
    const std::uint64_t left = head->size - index * kTileWidth;
    const TileName name{kBundles, index,
                        static_cast<std::uint32_t>(std::min<std::uint64_t>(left, kTileWidth))};
    const auto bytes = fetch(path_of(name));
    const auto leaves = bytes ? parse_bundle(*bytes, name.width)
                              : Result<std::vector<std::string_view>>(std::unexpect, bytes.error());
    if (!leaves) {
      // Whatever follows would stand in the wrong place of the tree.
      walk.fault(path_of(name), leaves.error().text());
      return report;
    }
    for (const std::string_view leaf : *leaves) walk.take(leaf, on_full);
    if (progress) progress(walk.frontier().size(), head->size);
  }
  for (const TileName& name : partial_tiles(head->size))
    if (name.level != kBundles)
      compare(fetch, name, walk.frontier().unfinished(name.level), walk, report);
  walk.end();
  return report;
}

Result<Report> verify_lines(const std::filesystem::path& file, const Expectation& expectation,
                            const Progress& progress) {
  const Expected expected = TRY(understand(expectation));
  std::ifstream lines(file);
  std::string line;
  if (!std::getline(lines, line))
    return about(file.string(), Result<Report>(fail(ErrorCode::not_found, "cannot be read")));
  auto text_of = [](const Json& json, std::string_view name) -> Result<std::string> {
    const auto* object = json.if_object();
    const auto* value = object != nullptr ? object->if_contains(name) : nullptr;
    if (value == nullptr || !value->is_string())
      return fail(ErrorCode::corrupt, "no text \"{}\"", name);
    return std::string(value->as_string());
  };
  Report report;
  const auto first = parse_json(line);
  const auto head = head_of(first ? text_of(*first, "checkpoint") : std::unexpected(first.error()),
                            expected, report);
  if (!head) return report;
  Walk walk(report, *head, expected.kept);
  while (std::getline(lines, line)) {
    const std::string where = fmt::format("entry {}", walk.frontier().size());
    const auto json = parse_json(line);
    const auto leaf = json ? text_of(*json, "leaf") : std::unexpected(json.error());
    if (!leaf) {
      walk.fault(where, leaf.error().text());
      return report;
    }
    const auto envelope = walk.take(*leaf, [](const TileName&, auto) { return Status(); });
    const auto payload = text_of(*json, "payload"), salt = text_of(*json, "salt");
    if (envelope && payload && salt) {
      const auto salted = from_base64(*salt);
      if (!salted || to_base64(commitment(*salted, *payload)) != envelope->commit)
        walk.fault(where, "the payload is not the one it committed to");
    }
    if (progress && walk.frontier().size() % kTileWidth == 0)
      progress(walk.frontier().size(), head->size);
  }
  walk.end();
  return report;
}

Result<std::string> prove(const Fetch& fetch, std::string_view verifier_key, std::uint64_t index) {
  const VerifierKey key = TRY(parse_verifier_key(verifier_key));
  Proof proof{index, {}, TRY(fetch("checkpoint"))};
  const TreeHead head = TRY(open_checkpoint(proof.checkpoint, key));
  const Nodes nodes =
      nodes_of([&](const TileName& name) { return fetch(path_of(name)); }, head.size);
  proof.path = TRY(inclusion_path(index, head.size, nodes));
  const Hash leaf = TRY(nodes(0, index));
  TRY_STATUS(verify_inclusion(leaf, index, head.size, proof.path, head.root));
  return to_text(proof);
}

Status verify_proof_text(std::string_view proof, std::string_view leaf,
                         std::string_view verifier_key) {
  const VerifierKey key = TRY(parse_verifier_key(verifier_key));
  const Proof parsed = TRY(parse_proof(proof));
  TRY_STATUS(verify_proof(parsed, leaf, key));
  return {};
}

}  // namespace nocturn::ledger
