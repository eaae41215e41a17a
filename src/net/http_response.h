#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http.h"

// Responses as bytes (RFC 9112). Pure.
namespace nocturn::net {

// The standard phrase for a status, for example "Not Found"; "Status" for one we do not know.
std::string_view reason_phrase(int status);

// IMF-fixdate (RFC 9110 section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime time);

struct Framing {
  bool head_only = false;      // the answer to HEAD
  bool close = false;          // say that the connection ends here
  std::string_view date_line;  // "Date: …\r\n", or empty
};

// The whole answer. Content-Length, Transfer-Encoding and Connection are the server's: those of
// `response` are left out. "X-Content-Type-Options: nosniff" is added where the response does not
// set it. A response whose headers would break out of their lines, or whose status is not 200 to
// 599, becomes a plain 500.
std::string serialise(const Response& response, const Framing& framing);

// A problem document (RFC 9457) for what the server itself refuses, in the form of api/problem.h.
Response problem(int status, std::string_view detail);

}  // namespace nocturn::net
