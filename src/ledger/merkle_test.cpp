#include "ledger/merkle.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "ledger/proof.h"
#include "ledger/tiles.h"

namespace nocturn::ledger {
namespace {

std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> hashes;
  for (std::size_t i = 0; i < count; ++i) hashes.push_back(leaf_hash(fmt::format("entry {}", i)));
  return hashes;
}

// The definitions of RFC 6962 section 2.1, written down as they stand there: slow and obvious.
std::size_t k_of(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
Hash mth(std::span<const Hash> d) {
  if (d.size() == 1) return d[0];
  const std::size_t k = k_of(d.size());
  return node_hash(mth(d.first(k)), mth(d.subspan(k)));
}
std::vector<Hash> path(std::size_t m, std::span<const Hash> d) {
  if (d.size() == 1) return {};
  const std::size_t k = k_of(d.size());
  auto out = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
  out.push_back(m < k ? mth(d.subspan(k)) : mth(d.first(k)));
  return out;
}
std::vector<Hash> subproof(std::size_t m, std::span<const Hash> d, bool b) {
  if (m == d.size()) return b ? std::vector<Hash>{} : std::vector<Hash>{mth(d)};
  const std::size_t k = k_of(d.size());
  auto out = m <= k ? subproof(m, d.first(k), b) : subproof(m - k, d.subspan(k), false);
  out.push_back(m <= k ? mth(d.subspan(k)) : mth(d.first(k)));
  return out;
}

// A tree kept as tiles in memory, as the publisher keeps it on disk.
struct TiledTree {
  Frontier frontier;
  std::map<TileName, std::vector<Hash>> full;

  explicit TiledTree(std::span<const Hash> hashes) {
    for (const Hash& hash : hashes)
      EXPECT_TRUE(frontier.append(hash, [this](const TileName& name, std::span<const Hash> tile) {
        full[name].assign(tile.begin(), tile.end());
        return Status();
      }));
  }
  Nodes nodes() const {
    return nodes_of(
        [this](const TileName& name) -> Result<std::string> {
          if (name.width == kTileWidth) return std::string(tile_bytes(full.at(name)));
          return std::string(tile_bytes(frontier.unfinished(name.level).first(name.width)));
        },
        frontier.size());
  }
};

TEST(Merkle, hashes_as_rfc_6962_says) {
  EXPECT_EQ(to_hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(leaf_hash("")),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(Merkle, roots_and_proofs_equal_the_definitions_for_every_small_tree) {
  const auto all = leaves(70);
  for (std::size_t n = 1; n <= all.size(); ++n) {
    const std::span d = std::span(all).first(n);
    const TiledTree tree(d);
    ASSERT_EQ(root_of(d), mth(d));
    ASSERT_EQ(tree.frontier.root(), mth(d));
    for (std::size_t m = 0; m < n; ++m) {
      const auto inclusion = inclusion_path(m, n, tree.nodes()).value();
      ASSERT_EQ(inclusion, path(m, d)) << m << " of " << n;
      ASSERT_TRUE(verify_inclusion(d[m], m, n, inclusion, mth(d)));
    }
    for (std::size_t m = 1; m <= n; ++m) {
      const auto consistency = consistency_path(m, n, tree.nodes()).value();
      ASSERT_EQ(consistency, subproof(m, d, true)) << m << " to " << n;
      ASSERT_TRUE(verify_consistency(m, mth(d.first(m)), n, mth(d), consistency));
    }
  }
}

TEST(Merkle, roots_and_proofs_hold_across_tiles_of_every_level) {
  const auto all = leaves(66'000);  // beyond 256², so that there is a tile of level 2
  const TiledTree tree(all);
  const Hash root = mth(all);
  EXPECT_EQ(tree.frontier.root(), root);
  EXPECT_EQ(root_at(all.size(), tree.nodes()).value(), root);
  for (const std::size_t m : {0UL, 1UL, 255UL, 256UL, 65'535UL, 65'536UL, 65'999UL}) {
    const auto inclusion = inclusion_path(m, all.size(), tree.nodes()).value();
    EXPECT_TRUE(verify_inclusion(all[m], m, all.size(), inclusion, root)) << m;
    if (m == 0) continue;
    const Hash old_root = mth(std::span(all).first(m));
    const auto consistency = consistency_path(m, all.size(), tree.nodes()).value();
    EXPECT_TRUE(verify_consistency(m, old_root, all.size(), root, consistency)) << m;
  }
}

RC_GTEST_PROP(Merkle, a_proof_with_anything_changed_is_refused, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(2, 300);
  const auto m = *rc::gen::inRange<std::size_t>(0, n);
  const auto all = leaves(n);
  const TiledTree tree(all);
  const Hash root = tree.frontier.root();
  auto inclusion = inclusion_path(m, n, tree.nodes()).value();
  RC_ASSERT(verify_inclusion(all[m], m, n, inclusion, root).has_value());
  RC_ASSERT(!verify_inclusion(all[m], (m + 1) % n, n, inclusion, root));
  RC_ASSERT(!verify_inclusion(all[(m + 1) % n], m, n, inclusion, root));
  auto broken = inclusion;
  broken[*rc::gen::inRange<std::size_t>(0, broken.size())][7] ^= 1;
  RC_ASSERT(!verify_inclusion(all[m], m, n, broken, root));
  inclusion.pop_back();
  RC_ASSERT(!verify_inclusion(all[m], m, n, inclusion, root));
  if (m > 0) {
    const Hash old_root = mth(std::span(all).first(m));
    auto consistency = consistency_path(m, n, tree.nodes()).value();
    RC_ASSERT(verify_consistency(m, old_root, n, root, consistency).has_value());
    RC_ASSERT(!verify_consistency(m, leaf_hash("other"), n, root, consistency));
    consistency.back()[0] ^= 1;
    RC_ASSERT(!verify_consistency(m, old_root, n, root, consistency));
  }
}

TEST(Merkle, an_empty_tree_comes_before_every_tree) {
  const auto all = leaves(3);
  EXPECT_TRUE(verify_consistency(0, empty_root(), 3, mth(all), {}));
  EXPECT_FALSE(verify_consistency(0, leaf_hash("x"), 3, mth(all), {}));
  EXPECT_FALSE(verify_consistency(3, mth(all), 3, leaf_hash("x"), {}));
  EXPECT_FALSE(verify_consistency(3, mth(all), 2, mth(all), {}));
}

}  // namespace
}  // namespace nocturn::ledger
