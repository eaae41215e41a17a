#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace nocturn::publishing {

// Does work(line, item) for each item below `items`, on at most `lines` threads, each with a number
// of its own; they take the items in order. After a failure nothing more is begun. Blocks until all
// have ended; the answer is the failure of the first item that failed.
Status side_by_side(std::size_t items, std::size_t lines,
                    const std::function<Status(std::size_t line, std::size_t item)>& work);

}  // namespace nocturn::publishing
