#include "ledger/tiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::ledger {
namespace {

TEST(TilePath, is_that_of_the_specification) {
  EXPECT_EQ(path_of({0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(path_of({0, 273, 112}), "tile/0/273.p/112");
  EXPECT_EQ(path_of({kBundles, 0, 17}), "tile/entries/000.p/17");
}

RC_GTEST_PROP(TilePath, reads_back_what_it_wrote, ()) {
  const TileName name{*rc::gen::inRange(kBundles, kMaxTileLevel + 1),
                      *rc::gen::inRange<std::uint64_t>(0, 1ULL << 56),
                      *rc::gen::inRange<std::uint32_t>(1, kTileWidth + 1)};
  RC_ASSERT(parse_tile_path(path_of(name)).value() == name);
}

TEST(TilePath, refuses_every_other_spelling) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/0000",
                           "tile/8/000",
                           "tile/00/000",
                           "tile/-1/000",
                           "tile/0/x000/001",
                           "tile/0/001/002",
                           "tile/0/x001",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/",
                           "tile/0/000.p",
                           "tile/entries/../000",
                           "tile/0/..",
                           "tile/0/x001/../001",
                           "/tile/0/000",
                           "tile//000",
                           "tile/0/x999/x999/x999/x999/x999/x999/999",
                           "tile/0/+01",
                           "tile/0/ 01"})
    EXPECT_FALSE(parse_tile_path(path)) << path;
}

TEST(PartialTiles, are_those_of_the_specification_for_seventy_thousand) {
  const std::vector<TileName> expected{{kBundles, 273, 112}, {0, 273, 112}, {1, 1, 17}, {2, 0, 1}};
  EXPECT_EQ(partial_tiles(70'000), expected);
  EXPECT_EQ(tiles_in_level(0, 70'000), 274U);
  EXPECT_EQ(tiles_in_level(1, 70'000), 2U);
  EXPECT_EQ(tiles_in_level(2, 70'000), 1U);
  EXPECT_EQ(tiles_in_level(3, 70'000), 0U);
  EXPECT_EQ(partial_tiles(256), (std::vector<TileName>{{1, 0, 1}}));
  EXPECT_TRUE(partial_tiles(0).empty());
}

TEST(Bundle, gives_back_the_entries_it_was_made_of) {
  std::string bundle;
  const std::vector<std::string> leaves{"", "a", std::string(kMaxLeaf, 'x')};
  for (const auto& leaf : leaves) append_to_bundle(bundle, leaf);
  const auto parsed = parse_bundle(bundle, 3).value();
  EXPECT_TRUE(std::equal(parsed.begin(), parsed.end(), leaves.begin(), leaves.end()));
}

TEST(Bundle, is_refused_when_bytes_are_missing_or_left_over) {
  std::string bundle;
  append_to_bundle(bundle, "one");
  append_to_bundle(bundle, "two");
  EXPECT_FALSE(parse_bundle(bundle, 1));
  EXPECT_FALSE(parse_bundle(bundle, 3));
  EXPECT_FALSE(parse_bundle(bundle + "x", 2));
  for (std::size_t length = 0; length < bundle.size(); ++length)
    EXPECT_FALSE(parse_bundle(bundle.substr(0, length), 2)) << length;
}

TEST(Tile, must_be_exactly_as_wide_as_it_says) {
  EXPECT_TRUE(parse_tile(std::string(64, 'x'), 2));
  EXPECT_FALSE(parse_tile(std::string(63, 'x'), 2));
  EXPECT_FALSE(parse_tile(std::string(96, 'x'), 2));
}

}  // namespace
}  // namespace nocturn::ledger
