#pragma once

#include <string>

#include "base/result.h"

// What we ask a Z39.50 server (ISO 23950): requests as bytes, encoded by YAZ. Nothing here
// touches a socket or reads what a server said.
namespace nocturn::monitoring::z3950 {

struct Login {  // both empty: anonymous
  std::string user, password;
};

std::string init_request(const Login& login);
// `query` in PQF; `invalid` with the place when it cannot be read.
Result<std::string> search_request(const std::string& database, const std::string& query);
// The first record of the result set. `syntax` is one of YAZ's names ("usmarc", "xml"); empty: the
// server's choice. `element_set` empty: the server's default.
Result<std::string> present_request(const std::string& syntax, const std::string& element_set);

}  // namespace nocturn::monitoring::z3950
