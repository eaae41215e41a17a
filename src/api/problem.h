#pragma once

#include <vector>

#include "base/result.h"
#include "base/shape.h"
#include "net/http.h"

// The one form of every refusal: a problem document (RFC 9457). Its `title` is the name of the
// error's code, its `detail` a sentence for a person.
namespace nocturn::api {

// The document for an error, with the faults of what was sent, if any. `status` 0: the code's own.
net::Response problem(const Error& error, const std::vector<ShapeFault>& faults = {},
                      int status = 0);
Shape problem_shape();

// An answer of this type that nothing on the way may keep.
net::Response json_response(int status, std::string_view type, const Json& body);

}  // namespace nocturn::api
