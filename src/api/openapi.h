#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "net/endpoint.h"

// The API's description (OpenAPI 3.1), made of the endpoint tables and nothing else: what it says
// is what the router does. Pure; no handler is called.
namespace nocturn::api {

Json describe(std::span<const net::Endpoint> endpoints);
// The same as text with two blanks of indent, as api/openapi.json keeps it.
std::string description_text(std::span<const net::Endpoint> endpoints);

}  // namespace nocturn::api
