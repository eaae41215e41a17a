#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What PostgreSQL needs done to SQL that was written once for both backends. Quoted text,
// quoted names, dollar quotes and comments are left as they are. Pure.
namespace nocturn::store {

// `?` becomes $1, $2 …
std::string number_parameters(std::string_view sql);

// The statements of a script, without the ';' between them and without empty ones.
std::vector<std::string_view> split_statements(std::string_view script);

// A migration's types and table options in PostgreSQL's words; see Migration in store.h.
std::string schema_for_postgresql(std::string_view script);

// FNV-1a, 64 bits, in hex: tells whether a migration's text was changed by mistake. No defence
// against intent.
std::string text_digest(std::string_view text);

}  // namespace nocturn::store
