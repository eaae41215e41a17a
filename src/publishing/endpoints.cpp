#include "publishing/endpoints.h"

#include <boost/json.hpp>

namespace nocturn::publishing {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kLongestId = 63;
// The command line waits 120 s for an answer.
constexpr Micros kPatience = std::chrono::seconds(100);

Json time_or_null(const std::optional<WallTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json to_json(const std::vector<TargetState>& states) {
  JsonArray rows;
  for (const TargetState& state : states) {
    rows.push_back(Json{{"id", state.id},
                        {"kind", state.kind},
                        {"to", state.to},
                        {"standing", name_of(state.standing)},
                        {"generated_at", time_or_null(state.generated_at)},
                        {"failing_since", time_or_null(state.failing_since)},
                        {"reason", state.reason},
                        {"copies", state.copies},
                        {"failures", state.failures}});
  }
  return {{"targets", std::move(rows)}};
}

Shape targets_shape() {
  const Shape target = shape::object(
      "CopyTarget", "A place where a static copy of the public pages is kept.",
      {{"id", shape::text("As the configuration calls it.")},
       {"kind", shape::choice("How copies get there.", {"folder", "rsync", "sftp", "s3"})},
       {"to", shape::text("Where it is, for people.")},
       {"standing", shape::choice("Whether copies arrive; waiting: none was tried yet.",
                                  {"waiting", "working", "failing"})},
       {"generated_at",
        shape::time("When the pages there were made; null when this hub brought none yet.")
            .or_null()},
       {"failing_since", shape::time("Since when copies do not arrive.").or_null()},
       {"reason", shape::text("Of the last failure; empty while it works.")},
       {"copies", shape::integer("That this hub brought since it started.", 0)},
       {"failures", shape::integer("Of its attempts since it started.", 0)}});
  return shape::object("CopyTargets", "The places of static copies.",
                       {{"targets", shape::list("In order of their ids.", target)}});
}

net::EndpointSpec list_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/publishing/targets", Permission::read_status,
                         "Where static copies of the public pages are kept, and how old they are."};
  spec.response = targets_shape();
  return spec;
}

net::EndpointSpec publish_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/publishing/copies", Permission::declare_status,
                         "Brings the newest copy to its places now, and waits for that."};
  spec.request = shape::object(
      "PublishCopy", "Which place.",
      {{"target", shape::text("Its id; not given: all.", 1, kLongestId), shape::optional}});
  spec.example = R"({"target":"mirror"})";
  spec.response = targets_shape();
  return spec;
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  return {
      {list_spec(),
       [desk](const Call&) -> Result<net::Answer> { return to_json(desk.publisher->states()); }},
      {publish_spec(), [desk](const Call& call) -> Result<net::Answer> {
         return to_json(TRY(desk.publisher->publish(call.text("target"), kPatience)));
       }}};
}

}  // namespace nocturn::publishing
