#pragma once

#include <string>
#include <vector>

#include "net/endpoint.h"

// The page of a listing whose rows were read with one more than its limit, which tells whether
// there is another page.
namespace nocturn::net {

// Takes the row beyond the limit away, and answers what stands under "next" (next_field): the
// cursor behind the last row, or null on the last page. `key_of`: the row's key, as a text.
template <class Row, class Key>
Json next_of(std::vector<Row>& rows, std::size_t limit, Key key_of) {
  if (rows.size() <= limit) return nullptr;
  rows.resize(limit);
  return Json(cursor_after(key_of(rows.back())));
}

}  // namespace nocturn::net
