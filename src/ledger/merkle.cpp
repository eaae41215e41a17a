#include "ledger/merkle.h"

#include <bit>

namespace nocturn::ledger {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kNodePrefix = 0x01;

// The largest power of two below `count` (k of RFC 6962 section 2.1); count > 1.
std::uint64_t split_of(std::uint64_t count) { return std::bit_floor(count - 1); }

// The hash over the leaves [from, to), which must be a subtree of some RFC 6962 tree: then each
// power of two that it is split into is aligned.
Result<Hash> range_hash(std::uint64_t from, std::uint64_t to, const Nodes& nodes) {
  const std::uint64_t count = to - from;
  if (std::has_single_bit(count)) {
    const int level = std::countr_zero(count);
    return nodes(level, from >> level);
  }
  const std::uint64_t middle = from + split_of(count);
  const Hash left = TRY(range_hash(from, middle, nodes));
  const Hash right = TRY(range_hash(middle, to, nodes));
  return node_hash(left, right);
}

std::unexpected<Error> not_proven(std::string_view what) {
  return fail(ErrorCode::corrupt, "the proof does not show {}", what);
}

}  // namespace

Hash leaf_hash(std::string_view leaf) {
  thread_local crypto::Sha256 hasher;
  return hasher.add({&kLeafPrefix, 1}).add(leaf).finish();
}

Hash node_hash(const Hash& left, const Hash& right) {
  thread_local crypto::Sha256 hasher;
  return hasher.add({&kNodePrefix, 1}).add(left).add(right).finish();
}

Hash empty_root() { return crypto::sha256(std::string_view()); }

Hash root_of(std::span<const Hash> subtrees) {
  if (subtrees.empty()) return empty_root();
  if (subtrees.size() == 1) return subtrees.front();
  const std::size_t middle = split_of(subtrees.size());
  return node_hash(root_of(subtrees.first(middle)), root_of(subtrees.subspan(middle)));
}

Result<Hash> root_at(std::uint64_t size, const Nodes& nodes) {
  if (size == 0) return empty_root();
  return range_hash(0, size, nodes);
}

Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t size,
                                         const Nodes& nodes) {
  if (index >= size)
    return fail(ErrorCode::not_found, "entry {} is not in a tree of {}", index, size);
  std::vector<Hash> path;
  std::uint64_t from = 0, to = size;
  while (to - from > 1) {  // from the root down; the proof is written from the leaf up
    const std::uint64_t middle = from + split_of(to - from);
    const bool goes_left = index < middle;
    path.push_back(
        TRY(goes_left ? range_hash(middle, to, nodes) : range_hash(from, middle, nodes)));
    (goes_left ? to : from) = middle;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

Result<std::vector<Hash>> consistency_path(std::uint64_t old_size, std::uint64_t size,
                                           const Nodes& nodes) {
  if (old_size > size)
    return fail(ErrorCode::invalid, "a tree of {} cannot come before one of {}", old_size, size);
  std::vector<Hash> path;
  if (old_size == 0 || old_size == size) return path;
  std::uint64_t from = 0, to = size;
  bool whole = true;  // the old tree is the subtree [0, old_size): its root is known to the reader
  while (to != old_size) {
    const std::uint64_t middle = from + split_of(to - from);
    if (old_size <= middle) {
      path.push_back(TRY(range_hash(middle, to, nodes)));
      to = middle;
    } else {
      path.push_back(TRY(range_hash(from, middle, nodes)));
      from = middle;
      whole = false;
    }
  }
  if (!whole) path.push_back(TRY(range_hash(from, to, nodes)));
  std::reverse(path.begin(), path.end());
  return path;
}

Status verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                        std::span<const Hash> path, const Hash& root) {
  if (index >= size) return not_proven("an entry beyond the tree");
  std::uint64_t place = index, last = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : path) {
    if (last == 0) return not_proven("the entry: it is too long");
    if ((place & 1) != 0 || place == last) {
      hash = node_hash(sibling, hash);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0 || hash != root) return not_proven("the entry");
  return {};
}

Status verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                          const Hash& root, std::span<const Hash> path) {
  constexpr std::string_view what = "that the older tree is part of the newer one";
  if (old_size > size) return not_proven(what);
  if (old_size == size || old_size == 0) {
    const bool holds = path.empty() && (old_size == 0 ? old_root == empty_root() : true) &&
                       (old_size == size ? old_root == root : true);
    if (!holds) return not_proven(what);
    return {};
  }
  std::vector<Hash> steps(path.begin(), path.end());
  if (std::has_single_bit(old_size)) steps.insert(steps.begin(), old_root);
  if (steps.empty()) return not_proven(what);
  std::uint64_t place = old_size - 1, last = size - 1;
  while ((place & 1) != 0) {
    place >>= 1;
    last >>= 1;
  }
  Hash older = steps.front(), newer = steps.front();
  for (const Hash& step : std::span(steps).subspan(1)) {
    if (last == 0) return not_proven(what);
    if ((place & 1) != 0 || place == last) {
      older = node_hash(step, older);
      newer = node_hash(step, newer);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      newer = node_hash(newer, step);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0 || older != old_root || newer != root) return not_proven(what);
  return {};
}

}  // namespace nocturn::ledger
