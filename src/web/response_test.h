#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

// What tests ask of an answer.
namespace nocturn::web {

// Empty where there is no such header.
inline std::string header(const net::Response& response, std::string_view name) {
  for (const net::Header& each : response.headers)
    if (each.name == name) return each.value;
  return {};
}

inline bool holds(const net::Response& response, std::string_view text) {
  return response.body.find(text) != std::string::npos;
}

}  // namespace nocturn::web
