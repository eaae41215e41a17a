#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace nocturn {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::code_required: return "code_required";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::precondition: return "precondition";
    case ErrorCode::limited: return "limited";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::disk_full: return "disk_full";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return 400;
    case ErrorCode::unauthenticated:
    case ErrorCode::code_required: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::precondition: return 412;
    case ErrorCode::limited: return 429;
    case ErrorCode::unavailable: return 503;
    case ErrorCode::timeout: return 504;
    case ErrorCode::disk_full: return 507;
    case ErrorCode::unsupported: return 501;
    case ErrorCode::corrupt:
    case ErrorCode::internal: return 500;
  }
  return 500;
}

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
    case ErrorCode::unsupported:
    case ErrorCode::limited: return 2;
    case ErrorCode::unavailable:
    case ErrorCode::timeout: return 3;
    case ErrorCode::unauthenticated:
    case ErrorCode::code_required:
    case ErrorCode::forbidden: return 4;
    default: return 1;
  }
}

std::string Error::text() const { return subject.empty() ? message : subject + ": " + message; }

Error about(std::string_view subject, Error error) {
  error.subject =
      error.subject.empty() ? std::string(subject) : fmt::format("{}: {}", subject, error.subject);
  return error;
}

void broken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "nocturn: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace nocturn
