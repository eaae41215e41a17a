#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

// How every fallible call of Nocturn answers: a value, or an Error that a person can act on.
//
// An Error is logged once, at the edge that gives up; on the way there each layer only adds what
// it knows. Exceptions of libraries are turned into an Error where the library is called.
namespace nocturn {

enum class ErrorCode {
  invalid,          // the caller's input is wrong
  unauthenticated,  // nobody is signed in
  code_required,    // the password was right; a one-time code is wanted as well
  forbidden,        // somebody is, without the right
  not_found,
  conflict,      // the state does not allow it, or somebody else was first
  precondition,  // the thing changed since the caller saw it (If-Match)
  limited,       // a limit of size, depth, rate or number was reached
  unavailable,   // a thing we need is not there now
  timeout,       // the total deadline passed
  disk_full,     // nothing can be written; reading goes on
  corrupt,       // stored or received bytes contradict themselves
  unsupported,   // understood, and not done
  internal,      // our fault
};

// The code's name in API answers and logs, for example "not_found".
std::string_view name_of(ErrorCode code);
// The HTTP status for the code (RFC 9110).
int http_status(ErrorCode code);
// The program's exit status for the code: 1 no, 2 input wrong, 3 hub not reached, 4 not allowed.
int exit_status(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;          // lower case, one line, without the subject
  std::string subject;          // the thing concerned: a file, an instance, a URL; may be empty
  bool retry = false;           // the same call may succeed later
  int retry_after_seconds = 0;  // how much later, where that is known; 0 where not

  // "subject: message", or the message alone.
  std::string text() const;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

template <class... Args>
std::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(format, std::forward<Args>(args)...), {}, false});
}

// The same error, with `subject` in front of what was concerned so far ("file: section: message").
Error about(std::string_view subject, Error error);

template <class T>
Result<T> about(std::string_view subject, Result<T> result) {
  if (!result) return std::unexpected(about(subject, std::move(result.error())));
  return result;
}

// A broken invariant: prints the place and aborts. State is on disk before anything can get here.
[[noreturn]] void broken(const char* condition, const char* file, int line);

}  // namespace nocturn

// Yields the value of a Result expression, or returns its error from the enclosing function.
#define TRY(...)                                                            \
  __extension__({                                                           \
    auto try_result = (__VA_ARGS__);                                        \
    if (!try_result) return std::unexpected(std::move(try_result).error()); \
    std::move(try_result).value();                                          \
  })

// As TRY, where only success matters (Status, or a value nobody needs).
#define TRY_STATUS(...)                                      \
  do {                                                       \
    if (auto try_result = (__VA_ARGS__); !try_result)        \
      return std::unexpected(std::move(try_result).error()); \
  } while (false)

#define CHECK(condition)                                 \
  do {                                                   \
    if (!(condition)) [[unlikely]]                       \
      ::nocturn::broken(#condition, __FILE__, __LINE__); \
  } while (false)
