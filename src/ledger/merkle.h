#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/sha256.h"

// The Merkle tree of RFC 6962 section 2.1: hashes of leaves and nodes, roots, and the two proofs.
// Everything here is a plain function of its arguments. A node is named by its level (0: leaves)
// and its index in that level, and exists only where its subtree is perfect.
namespace nocturn::ledger {

using crypto::Hash;

Hash leaf_hash(std::string_view leaf);
Hash node_hash(const Hash& left, const Hash& right);
// The root of the tree that has no leaves.
Hash empty_root();

// The root over perfect subtrees of one and the same size, of which the last alone may be
// smaller and need not be perfect.
Hash root_of(std::span<const Hash> subtrees);

// Looks up the hash of a perfect subtree.
using Nodes = std::function<Result<Hash>(int level, std::uint64_t index)>;

// The root of the first `size` leaves.
Result<Hash> root_at(std::uint64_t size, const Nodes& nodes);
// RFC 6962 section 2.1.1, from the leaf's sibling to the root's child. index < size.
Result<std::vector<Hash>> inclusion_path(std::uint64_t index, std::uint64_t size,
                                         const Nodes& nodes);
// RFC 6962 section 2.1.2. old_size <= size; empty when they are equal or old_size is 0.
Result<std::vector<Hash>> consistency_path(std::uint64_t old_size, std::uint64_t size,
                                           const Nodes& nodes);

// RFC 9162 section 2.1.3.2: `leaf` (a leaf hash) is entry `index` of the tree. Answers `corrupt`
// when the path does not prove it.
Status verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                        std::span<const Hash> path, const Hash& root);
// RFC 9162 section 2.1.4.2: the newer tree is the older one with more leaves behind it.
Status verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size,
                          const Hash& root, std::span<const Hash> path);

}  // namespace nocturn::ledger
