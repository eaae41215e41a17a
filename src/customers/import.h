#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "customers/model.h"
#include "inventory/model.h"
#include "ledger/ledger.h"
#include "store/store.h"

// Customers from a spreadsheet: one CSV table of institutions, contacts or account assets, told
// apart by its header. A row is what should be: it adds what is not there and changes what is;
// nothing is removed. Several values in a field stand between "|". A date is the start of that day
// where the institution is; else times are RFC 3339.
//
//   id, name, territory, time_zone, language [, aliases]        found again by id
//   institution, name, email [, language, products]             by institution and email
//   institution, product, instance, from [, until]              by institution, instance and from
namespace nocturn::customers {

struct Mistake {
  std::size_t line = 0;  // in the table, from 1
  std::string field;     // the column; empty: the row as a whole
  std::string what;
};

struct Import {
  std::string kind = {};  // "institutions", "contacts", "assets"; empty when the header tells none
  std::size_t rows = 0, added = 0, changed = 0, unchanged = 0;
  std::vector<Mistake> mistakes = {};      // at most 1,000, in the order of the table
  std::vector<ledger::Event> events = {};  // none when there is a mistake
};

// How many ids an import of this text may need: one a line.
std::size_t ids_needed(std::string_view csv);

// What the table would do to the customers as they are stored. An Error is only the database's.
Result<Import> plan_import(std::string_view csv, std::span<const std::string> ids,
                           const inventory::Cloud& cloud, store::Reader& reader,
                           std::string_view by);

}  // namespace nocturn::customers
