#include "net/http_response.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nocturn::net {
namespace {

struct Phrase {
  int status;
  std::string_view text;
};
constexpr std::array kPhrases{
    Phrase{100, "Continue"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{411, "Length Required"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{417, "Expectation Failed"},
    Phrase{422, "Unprocessable Content"},
    Phrase{423, "Locked"},
    Phrase{428, "Precondition Required"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
    Phrase{507, "Insufficient Storage"},
};

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

bool stays_on_its_line(const Header& header) {
  return is_token(header.name) && std::ranges::none_of(header.value, [](char c) {
           return c == '\r' || c == '\n' || c == '\0';
         });
}

// RFC 9110 section 6.4.1: these never have content.
bool is_bodiless(int status) { return status < 200 || status == 204 || status == 304; }

// Why the server itself refuses, in the words of the whole program.
ErrorCode code_for(int status) {
  switch (status) {
    case 400: return ErrorCode::invalid;
    case 404: return ErrorCode::not_found;
    case 408: return ErrorCode::timeout;
    case 412: return ErrorCode::precondition;
    case 413:
    case 414:
    case 429:
    case 431: return ErrorCode::limited;
    case 417:
    case 501:
    case 505: return ErrorCode::unsupported;
    case 503: return ErrorCode::unavailable;
    default: return status < 500 ? ErrorCode::invalid : ErrorCode::internal;
  }
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == kPhrases.end() ? "Status" : found->text;
}

std::string http_date(WallTime time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::string serialise(const Response& response, const Framing& framing) {
  if (response.status < 200 || response.status > 599 ||
      !std::ranges::all_of(response.headers, stays_on_its_line))
    return serialise(problem(500, "the answer could not be written"), framing);
  std::string out;
  out.reserve(256 + (framing.head_only ? 0 : response.body.size()));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n{}", response.status,
                 reason_phrase(response.status), framing.date_line);
  bool nosniff = false;
  for (const Header& header : response.headers) {
    const std::string name = lower_ascii(header.name);
    if (name == "content-length" || name == "transfer-encoding" || name == "connection") continue;
    nosniff = nosniff || name == "x-content-type-options";
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  if (!nosniff) out += "X-Content-Type-Options: nosniff\r\n";
  if (!is_bodiless(response.status))
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
  if (framing.close) out += "Connection: close\r\n";
  out += "\r\n";
  if (!framing.head_only && !is_bodiless(response.status)) out += response.body;
  return out;
}

Response problem(int status, std::string_view detail) {
  const ErrorCode code = code_for(status);
  const bool retry = code == ErrorCode::unavailable || code == ErrorCode::timeout || status == 429;
  // Details are our own plain sentences: nothing in them needs escaping in JSON.
  return {status,
          {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}},
          fmt::format("{{\"type\":\"about:blank\",\"title\":\"{}\",\"status\":{},"
                      "\"detail\":\"{}\",\"retry\":{}}}\n",
                      name_of(code), status, detail, retry)};
}

}  // namespace nocturn::net
