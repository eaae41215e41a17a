#include "api/endpoints.h"

#include <memory>

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

}  // namespace

void add_endpoints(std::vector<net::Endpoint>& table) {
  table.push_back(events());
  table.push_back({description(), {}});
  for (auto own = table.end() - 2; own != table.end(); ++own) own->spec.folder = "api";
  table.back().handle = [document = std::make_shared<const Json>(describe(table))](
                            const net::Call&) -> Result<net::Answer> { return *document; };
}

}  // namespace nocturn::api
