#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "status_page/status_page.h"

// The HTML pages as text. Pure functions of the view; templates and styles are embedded.
namespace nocturn::web {

// "/" or "/single-tenant". With a query, only the rows that fit it (see search.h).
std::string index_page(const status_page::View& view, inventory::Tenancy tenancy,
                       const status_page::Words& words, std::string_view query = {});

// "/instances/{id}". The row must be the view's.
std::string instance_page(const status_page::View& view, const status_page::Row& row,
                          const status_page::Words& words);

// What is answered with status 404.
std::string missing_page(const status_page::View& view, const status_page::Words& words);

}  // namespace nocturn::web
