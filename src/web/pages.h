#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "status_page/status_page.h"

// The HTML pages as text. Pure functions of the view; templates and styles are embedded.
namespace nocturn::web {

// The site itself, or a static copy of it elsewhere (static_copy.h): a copy says how old it is,
// and brings its policy and another script along. Links are the same in both.
enum class Edition { live, copy };

// "/" or "/single-tenant". With a query, only the rows that fit it (see search.h).
std::string index_page(const status_page::View& view, inventory::Tenancy tenancy,
                       const status_page::Words& words, std::string_view query = {},
                       Edition edition = Edition::live);

// "/instances/{id}". The row must be the view's.
std::string instance_page(const status_page::View& view, const status_page::Row& row,
                          const status_page::Words& words, Edition edition = Edition::live);

// What is answered with status 404.
std::string missing_page(const status_page::View& view, const status_page::Words& words);

}  // namespace nocturn::web
