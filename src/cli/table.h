#pragma once

#include <string>
#include <vector>

// Plain tables for a terminal: columns as wide as their widest cell, two spaces between, the last
// column unpadded. Control characters in cells are replaced, so that a peer's banner cannot move
// the cursor. Width is counted in code points.
namespace nocturn::cli {

std::string table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows);

}  // namespace nocturn::cli
