#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/shape.h"
#include "net/http.h"
#include "net/permission.h"

// How a folder declares its HTTP API: a table of endpoints, the single source of the router, the
// permission check, the check of what is sent, and api/openapi.json. A handler is only called by
// who may call it, with a body and parameters that fit their shapes.
namespace nocturn::net {

// A parameter of the query. Its text is checked against the shape (text, integer, boolean, choice
// or time); one that the table does not name is refused.
struct Parameter {
  std::string_view name;
  Shape shape;
};

struct EndpointSpec {
  std::string_view method;  // "GET", "POST", "PUT", "PATCH", "DELETE"
  std::string_view path;    // "/api/v1/checks/{check}"; a last "{name...}" takes slashes too
  Permission permission = Permission::own_account;
  std::string_view summary;  // one sentence
  Shape response = {};       // of the good answer
  Shape request = {};        // of the body; nothing: there must be none
  std::vector<Parameter> query = {};
  // For which object the right is asked, with the path's parameters in braces:
  // "instance/{instance}". Empty: the cloud as a whole.
  std::string_view object = {};
  std::string_view example = {};  // of the body, as JSON text; a test holds it against `request`
  int status = 200;  // of the good answer; 204 goes without a body and with an empty `response`
  std::string_view media_type = "application/json";  // of the good answer
  // The folder that declares it: a chapter of the description. Filled in where tables are joined.
  std::string_view folder = {};
  // How large the body may be, where that is more than what the server takes from anybody; it is
  // let in only for who may call. At most ServerLimits::large_body_bytes.
  std::size_t body_bytes = 0;
  // Query parameters that are not named are let through: where a protocol of others says so.
  bool open_query = false;
  // The answer shows something once (a token, a link): it is not kept for calls that are repeated.
  bool secret_answer = false;
};

// Who asks, as handlers and events know them.
struct Caller {
  std::string account = {};  // its id; empty for who opened the hub's Unix socket
  std::string person =
      {};                 // the natural person behind the account; empty as above and for services
  std::string name = {};  // as it stands in the ledger: the account's login, or "local operator"
  std::string session = {};  // id of the session or token the request came with; empty: none
};

struct Call {
  const Request& request;
  std::vector<std::pair<std::string_view, std::string>> path_parameters;
  const Json& body;  // fits the endpoint's shape; null when that is nothing
  const Caller& caller;
  // Whether the caller has another right, too; not set: none. For answers that show more to some.
  std::function<bool(Permission)> allowed = {};
  // Where a refusal leaves what is wrong with the fields of the body (refuse()); not set: nowhere.
  std::vector<ShapeFault>* faults = nullptr;

  // The value of a path parameter that the endpoint's path names.
  const std::string& path_parameter(std::string_view name) const;
  // A query parameter that the endpoint names (checked), or nothing when it was not given.
  std::optional<std::string> parameter(std::string_view name) const;
  std::optional<std::int64_t> integer_parameter(std::string_view name) const;
  std::optional<WallTime> time_parameter(std::string_view name) const;
  bool may(Permission permission) const { return allowed && allowed(permission); }
  // A text of the body's top level; empty when the optional field is not there.
  std::string text(std::string_view field) const;
  // The version that the caller saw last (If-Match), without its quotes; nothing when not said.
  std::optional<std::string> expected_version() const;
  // `precondition` when the caller saw another version than this one.
  Status expect_version(std::string_view current) const;
  // `invalid`, with mistakes that no shape can tell; the list must not be empty. The answer names
  // the field of each. A single mistake may also be an Error whose subject is the field's name.
  std::unexpected<Error> refuse(std::vector<ShapeFault> mistakes) const;
};

// Ends the tag of a compressed answer: "3;gzip" tells the same state as "3".
inline constexpr std::string_view kPackedSuffix = ";gzip";

// A good answer. Implicit from JSON, for the many that are nothing else.
struct Answer {
  Answer(Json json) : body(std::move(json)) {}
  Json body;
  int status = 0;                    // 0: the one that the endpoint's table says
  std::vector<Header> headers = {};  // cookies, Location
  // Tells one state of the thing from another; becomes the ETag. Empty: made of the body.
  std::string version = {};
  // Not empty: the answer is the event stream of that name (net/http_server.h).
  std::string stream = {};
};

struct Endpoint {
  EndpointSpec spec;
  std::function<Result<Answer>(const Call&)> handle;
};

// The part of a list that was asked for. `limit` and `cursor` are query parameters of every
// listing (page_parameters); a cursor is opaque to clients: the key after which to go on.
inline constexpr std::int64_t kUsualPage = 100;
inline constexpr std::int64_t kLargestPage = 1000;
struct PageRequest {
  std::size_t limit = kUsualPage;
  std::string after;  // key of the last row of the page before; empty: from the start
};
std::vector<Parameter> page_parameters(std::int64_t most = kLargestPage);
// `usual`: how many when nothing is said.
Result<PageRequest> page_of(const Call& call, std::int64_t usual = kUsualPage);
// The cursor of a page whose last row has this key.
std::string cursor_after(std::string_view key);
// The field "next" of every listing's answer: a cursor, or null on the last page.
Shape::Field next_field();

// The part of a list in memory that a page shows: items [from, until), and its "next".
struct Slice {
  std::size_t from = 0, until = 0;
  Json next;
};
// `keys`: of the whole list, in its order. `conflict` when the item is gone after which to go on.
Result<Slice> slice_of(const std::vector<std::string_view>& keys, const PageRequest& page);

}  // namespace nocturn::net
