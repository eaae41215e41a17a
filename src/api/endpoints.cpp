#include "api/endpoints.h"

#include <memory>
#include <mutex>

#include <boost/json.hpp>

#include "api/openapi.h"

namespace nocturn::api {
namespace {

using net::Permission;

net::Endpoint events() {
  net::EndpointSpec spec{
      "GET", "/api/v1/events", Permission::read_status,
      "What happens, as server-sent events: \"entry\" (the ledger grew), \"row\" "
      "(a row of the status page changed), \"config\" (another configuration "
      "runs), \"reset\" (too much was missed: read again). Last-Event-ID goes on "
      "where a connection broke."};
  spec.response = shape::any("A stream of events.");
  spec.media_type = "text/event-stream";
  return {std::move(spec), [](const net::Call&) -> Result<net::Answer> {
            net::Answer answer{Json()};
            answer.stream = kOperatorStream;
            return answer;
          }};
}

net::EndpointSpec description() {
  net::EndpointSpec spec{"GET", "/api/v1/openapi.json", Permission::anyone,
                         "This description, as OpenAPI 3.1."};
  spec.response = shape::any("An OpenAPI document.");
  return spec;
}

// Made when somebody asks for it first: a hub that starts does not wait for it. Any thread.
class Description {
 public:
  explicit Description(std::vector<net::Endpoint> table) : table_(std::move(table)) {}

  const Json& document() {
    std::call_once(made_, [this] {
      document_ = describe(table_);
      table_.clear();
    });
    return document_;
  }

 private:
  std::vector<net::Endpoint> table_;
  std::once_flag made_;
  Json document_;
};

}  // namespace

void add_endpoints(std::vector<net::Endpoint>& table) {
  table.push_back(events());
  table.push_back({description(), {}});
  for (auto own = table.end() - 2; own != table.end(); ++own) own->spec.folder = "api";
  table.back().handle = [made = std::make_shared<Description>(table)](
                            const net::Call&) -> Result<net::Answer> { return made->document(); };
}

}  // namespace nocturn::api
