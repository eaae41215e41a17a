#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/http.h"

// AWS Signature Version 4 in the Authorization header, as S3-compatible stores want it
// (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header"). Pure.
namespace nocturn::publishing {

struct SigningKey {
  std::string access_key, secret_key, region;
};

struct ToSign {
  std::string_view method;
  std::string_view host;  // as in the Host header
  std::string_view path;  // of letters, digits and "._-~/"; without query
  std::string_view body;
  std::vector<net::Header> headers = {};  // more that are signed; names in lower case
};

// The headers to send besides Host: those of the request, x-amz-date, x-amz-content-sha256 and
// authorization.
std::vector<net::Header> signed_headers(const ToSign& request, const SigningKey& key, WallTime now);

}  // namespace nocturn::publishing
