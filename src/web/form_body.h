#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.h"

// The body of a form post, as browsers and mail programs send it: fields in their order. Pure.
namespace nocturn::web {

inline constexpr std::size_t kLargestForm = 256 * 1024;      // bytes
inline constexpr std::size_t kLargestMultipart = 16 * 1024;  // only one-click leaving sends these
inline constexpr std::size_t kMostFields = 8'000;

class Form {
 public:
  void add(std::string name, std::string value);
  // The first field of that name, or empty.
  std::string_view text(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  bool has(std::string_view name, std::string_view value) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// application/x-www-form-urlencoded, or multipart/form-data (RFC 7578) without files. Errors:
// `unsupported` for other types, `limited` for too much of it, `invalid` for what is broken or not
// UTF-8. An empty body is an empty form whatever its type.
Result<Form> read_form(const net::Request& request);

}  // namespace nocturn::web
