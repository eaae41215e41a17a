#include "api/openapi.h"

#include <algorithm>
#include <map>

#include <boost/json.hpp>

#include "api/problem.h"
#include "base/text.h"

namespace nocturn::api {
namespace {

constexpr std::string_view kAbout =
    "Everything the console and the command line do, and your programs can do too. Times are RFC "
    "3339 in UTC, durations microseconds. Refusals are problem documents (RFC 9457). Lists page by "
    "`cursor`. `docs/api.md` shows how to call it.";

// Of the operation: "get_status_instance".
std::string operation_name(const net::EndpointSpec& spec) {
  std::string name = lower_ascii(spec.method);
  for (std::string_view part : split(spec.path.substr(std::string_view("/api/v1").size()), '/')) {
    if (part.empty()) continue;
    name += '_';
    for (const char c : part)
      if (c != '{' && c != '}' && c != '.') name += c == '-' ? '_' : c;
  }
  std::ranges::replace(name, '.', '_');
  return name;
}

struct Template {
  std::string path;  // OpenAPI's form: without the dots of "{check...}"
  std::vector<std::pair<std::string, bool>> parameters;  // name, and whether it takes slashes
};

Template template_of(std::string_view path) {
  Template made;
  for (std::string_view part : split(path, '/')) {
    if (part.empty()) continue;
    const bool slashes = part.ends_with("...}");
    if (part.starts_with('{')) {
      std::string name(part.substr(1, part.size() - (slashes ? 5 : 2)));
      made.path += "/{" + name + "}";
      made.parameters.emplace_back(std::move(name), slashes);
    } else {
      made.path += "/" + std::string(part);
    }
  }
  return made;
}

bool is_safe(const net::EndpointSpec& spec) { return spec.method == "GET"; }
// Whether the answer is a state of something, with an ETag.
bool shows_state(const net::EndpointSpec& spec) {
  return is_safe(spec) && spec.status == 200 && spec.media_type == "application/json";
}

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

JsonArray parameters_of(const net::EndpointSpec& spec, const Template& path, JsonObject& named) {
  JsonArray list;
  for (const auto& [name, slashes] : path.parameters) {
    JsonObject parameter{{"name", name},
                         {"in", "path"},
                         {"required", true},
                         {"schema", {{"type", "string"}, {"minLength", 1}}}};
    if (slashes) parameter["description"] = "May contain slashes, as they are.";
    list.push_back(std::move(parameter));
  }
  for (const net::Parameter& parameter : spec.query)
    list.push_back({{"name", parameter.name},
                    {"in", "query"},
                    {"description", parameter.shape.about()},
                    {"schema", to_json_schema(parameter.shape, named)}});
  if (is_safe(spec)) {
    if (shows_state(spec)) list.push_back(reference("parameters", "if_none_match"));
    return list;
  }
  list.push_back(reference("parameters", "idempotency_key"));
  list.push_back(reference("parameters", "csrf_token"));
  if (spec.method != "POST") list.push_back(reference("parameters", "if_match"));
  return list;
}

JsonObject good_answer(const net::EndpointSpec& spec, JsonObject& named) {
  std::string_view about = spec.response.about();
  if (about.empty()) about = spec.status == 302 ? "Go on at Location." : "Done.";
  JsonObject answer{{"description", about}};
  if (shows_state(spec)) answer["headers"] = {{"ETag", reference("headers", "etag")}};
  if (spec.media_type != "application/json") {
    answer["content"] = {{spec.media_type, {{"schema", {{"type", "string"}}}}}};
  } else if (!spec.response.empty()) {
    answer["content"] = {{spec.media_type, {{"schema", to_json_schema(spec.response, named)}}}};
  }
  return answer;
}

// The refusals that the frame and the handlers of such an endpoint can answer.
std::vector<int> refusals_of(const net::EndpointSpec& spec) {
  const bool open = spec.permission == net::Permission::anyone;
  const bool names_something = spec.path.contains('{') || !spec.request.empty();
  std::vector<int> statuses{400};
  if (!open || !is_safe(spec)) statuses.insert(statuses.end(), {401, 403});
  if (names_something) statuses.push_back(404);
  statuses.push_back(409);
  if (!is_safe(spec)) statuses.insert(statuses.end(), {412, 413, 415, 422});
  statuses.insert(statuses.end(), {414, 429, 431});
  return statuses;
}

JsonObject responses_of(const net::EndpointSpec& spec, JsonObject& named) {
  JsonObject responses{{std::to_string(spec.status), good_answer(spec, named)}};
  if (shows_state(spec))
    responses["304"] = {{"description", "It is still what If-None-Match names."}};
  for (const int status : refusals_of(spec))
    responses[std::to_string(status)] = reference("responses", "problem");
  responses["5XX"] = reference("responses", "problem");
  return responses;
}

JsonObject operation_of(const net::EndpointSpec& spec, const Template& path, JsonObject& named) {
  JsonObject operation{{"operationId", operation_name(spec)}, {"summary", spec.summary}};
  if (!spec.folder.empty()) operation["tags"] = JsonArray{spec.folder};
  const std::string_view permission = name_of(spec.permission);
  operation["x-permission"] = permission;
  operation["security"] =
      spec.permission == net::Permission::anyone
          ? JsonArray{}
          : JsonArray{{{"session", JsonArray{}}}, {{"token", JsonArray{permission}}}};
  if (spec.open_query) operation["x-open-query"] = true;  // others of the query are passed over
  operation["parameters"] = parameters_of(spec, path, named);
  if (!spec.request.empty()) {
    JsonObject content{{"schema", to_json_schema(spec.request, named)}};
    if (!spec.example.empty()) {
      auto example = parse_json(spec.example);
      CHECK(example);  // a literal of the program
      content["example"] = *std::move(example);
    }
    operation["requestBody"] = {{"required", true}, {"content", {{"application/json", content}}}};
  }
  operation["responses"] = responses_of(spec, named);
  return operation;
}

JsonObject header_parameter(std::string_view name, std::string_view about) {
  return {{"name", name},
          {"in", "header"},
          {"description", about},
          {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}};
}

JsonObject components(JsonObject named) {
  const Json problem = to_json_schema(problem_shape(), named);
  std::map<std::string, Json> sorted;
  for (auto& [name, schema] : named) sorted.emplace(name, std::move(schema));
  JsonObject schemas;
  for (auto& [name, schema] : sorted) schemas[name] = std::move(schema);
  return {
      {"schemas", std::move(schemas)},
      {"responses",
       {{"problem",
         {{"description", "Why the answer is no."},
          {"content", {{"application/problem+json", {{"schema", problem}}}}}}}}},
      {"parameters",
       {{"if_none_match",
         header_parameter("If-None-Match", "The ETag you have; 304 if it stands.")},
        {"if_match",
         header_parameter("If-Match", "The ETag you saw; 412 if the thing changed since.")},
        {"idempotency_key",
         header_parameter("Idempotency-Key",
                          "Any text of your own for this call. The same call with the same key is "
                          "done once and answered alike for 24 hours.")},
        {"csrf_token",
         header_parameter("X-CSRF-Token",
                          "The session's `csrf`; needed where a session's cookie is sent.")}}},
      {"headers",
       {{"etag",
         {{"description", "Tells this state from others; for If-None-Match and If-Match."},
          {"schema", {{"type", "string"}}}}}}},
      {"securitySchemes",
       {{"session",
         {{"type", "apiKey"},
          {"in", "cookie"},
          {"name", "__Host-nocturn"},
          {"description", "Without TLS, on the hub's own machine, it is called nocturn."}}},
        {"token", {{"type", "http"}, {"scheme", "bearer"}}}}}};
}

void print(const Json& value, std::size_t indent, std::string& out);

void print_items(const JsonArray& items, std::size_t indent, std::string& out) {
  bool first = true;
  for (const Json& item : items) {
    out.append(first ? "\n" : ",\n").append(indent + 2, ' ');
    print(item, indent + 2, out);
    first = false;
  }
}

void print_fields(const JsonObject& fields, std::size_t indent, std::string& out) {
  bool first = true;
  for (const auto& [name, value] : fields) {
    out.append(first ? "\n" : ",\n").append(indent + 2, ' ');
    out.append(boost::json::serialize(name)).append(": ");
    print(value, indent + 2, out);
    first = false;
  }
}

void print(const Json& value, std::size_t indent, std::string& out) {
  const bool list = value.is_array();
  const bool empty =
      list ? value.get_array().empty() : !value.is_object() || value.get_object().empty();
  if (empty) {
    out += boost::json::serialize(value);
    return;
  }
  out += list ? '[' : '{';
  if (list) {
    print_items(value.get_array(), indent, out);
  } else {
    print_fields(value.get_object(), indent, out);
  }
  out.append("\n").append(indent, ' ') += list ? ']' : '}';
}

}  // namespace

Json describe(std::span<const net::Endpoint> endpoints) {
  JsonObject paths, named;
  JsonArray tags;
  for (const auto& [spec, handle] : endpoints) {
    const Template path = template_of(spec.path);
    if (paths.if_contains(path.path) == nullptr) paths[path.path] = JsonObject();
    paths[path.path].get_object()[lower_ascii(spec.method)] = operation_of(spec, path, named);
    const Json tag{{"name", spec.folder}};
    if (!spec.folder.empty() && std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "Nocturn"}, {"version", "1"}, {"description", kAbout}}},
          {"servers", JsonArray{{{"url", "/"}}}},
          {"tags", std::move(tags)},
          {"paths", std::move(paths)},
          {"components", components(std::move(named))}};
}

std::string description_text(std::span<const net::Endpoint> endpoints) {
  std::string text;
  print(describe(endpoints), 0, text);
  return text + "\n";
}

}  // namespace nocturn::api
