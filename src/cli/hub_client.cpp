#include <boost/json.hpp>

#include "cli/credentials.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "net/http_fetch.h"

// How the command line reaches its hub: by the Unix socket of a hub on this machine, or by HTTPS
// with the token of `nocturn login`.
namespace nocturn::cli {
namespace {

constexpr std::size_t kLargestAnswer = 256 * 1024 * 1024;
constexpr std::size_t kLargestDownload = 64 * 1024 * 1024;
constexpr Micros kAnswerTime = std::chrono::seconds(120);
constexpr Micros kDownloadTime = std::chrono::seconds(30);

// Where a call goes and what it shows there.
struct Route {
  std::string url = "http://hub";
  std::string unix_socket = {};
  std::string token = {};
  std::string ca_file = {};
};

std::optional<std::string> find_socket(const Shared& shared) {
  if (!shared.data.empty()) return (shared.data / "hub.sock").string();
  for (const char* place : {".nocturn/data", "/var/lib/nocturn/data"}) {
    const auto socket = std::filesystem::path(place) / "hub.sock";
    std::error_code ignored;
    if (std::filesystem::exists(socket, ignored)) return socket.string();
  }
  return std::nullopt;
}

Result<Route> find_route(const Shared& shared) {
  if (shared.hub.empty())
    if (auto socket = find_socket(shared)) return Route{.unix_socket = *std::move(socket)};
  const Credentials credentials = TRY(read_credentials(TRY(credentials_file(shared.variable))));
  const std::string hub = shared.hub.empty() ? credentials.last : TRY(spell_hub(shared.hub));
  if (hub.empty())
    return fail(
        ErrorCode::unavailable,
        "no hub found in .nocturn/data or /var/lib/nocturn/data (which its account and root "
        "alone may see: sudo); start one with nocturn serve, name its data folder with "
        "--data, or sign in with nocturn login --hub URL");
  const auto kept = credentials.hubs.find(hub);
  if (kept == credentials.hubs.end())
    return fail(ErrorCode::unauthenticated, "{}: not signed in; nocturn login --hub {}", hub, hub);
  return Route{.url = hub,
               .token = kept->second.token,
               .ca_file = shared.ca_file.empty() ? kept->second.ca_file : shared.ca_file.string()};
}

// The Error that a problem document (RFC 9457) tells.
Error from_problem(const net::FetchAnswer& answer) {
  const auto parsed = parse_json(answer.body);
  Error error{ErrorCode::internal,
              fmt::format("status {} without a problem document; is it a hub?", answer.status),
              {}};
  if (!parsed || !parsed->is_object()) return error;
  const std::string title = text_of(*parsed, "title"), detail = text_of(*parsed, "detail");
  if (title.empty() || detail.empty()) return error;
  error.message = detail;
  for (const ErrorCode code :
       {ErrorCode::invalid, ErrorCode::unauthenticated, ErrorCode::code_required,
        ErrorCode::forbidden, ErrorCode::not_found, ErrorCode::conflict, ErrorCode::precondition,
        ErrorCode::limited, ErrorCode::unavailable, ErrorCode::timeout, ErrorCode::disk_full,
        ErrorCode::corrupt, ErrorCode::unsupported}) {
    if (name_of(code) == title) error.code = code;
  }
  return error;
}

Result<Json> call(const Route& route, std::string_view method, std::string_view path,
                  const Json& body) {
  net::FetchRequest request{.method = std::string(method),
                            .url = route.url + std::string(path),
                            .deadline = kAnswerTime,
                            .largest = kLargestAnswer,
                            .ca_file = route.ca_file,
                            .unix_socket = route.unix_socket};
  if (!body.is_null()) {
    request.headers.push_back({"content-type", "application/json"});
    request.body = boost::json::serialize(body);
  }
  if (!route.token.empty()) request.headers.push_back({"authorization", "Bearer " + route.token});
  auto answer = net::fetch(request);
  if (!answer) {
    Error error = std::move(answer.error());
    error.subject = route.unix_socket.empty() ? route.url : route.unix_socket;
    if (error.code == ErrorCode::unavailable && !route.unix_socket.empty())
      error.message = fmt::format(
          "no hub answers here; start one with nocturn serve --data {}, or name another's folder "
          "with --data",
          std::filesystem::path(route.unix_socket).parent_path().string());
    else if (error.code == ErrorCode::unavailable)
      error.message =
          fmt::format("no hub answers here ({}); is nocturn serve running?", error.message);
    return std::unexpected(std::move(error));
  }
  if (answer->status >= 300) {
    Error error = from_problem(*answer);
    if (error.code == ErrorCode::unauthenticated && route.unix_socket.empty())
      error.message += fmt::format("; nocturn login --hub {}", route.url);
    return std::unexpected(std::move(error));
  }
  if (answer->body.empty()) return Json(nullptr);
  return about("the hub's answer", parse_json(answer->body));
}

}  // namespace

Result<Json> call_hub(const Shared& shared, std::string_view method, std::string_view path,
                      const Json& body) {
  return call(TRY(find_route(shared)), method, path, body);
}

Result<Json> call_hub_at(const std::string& hub, const Credential& credential,
                         std::string_view method, std::string_view path, const Json& body) {
  return call({.url = hub, .token = credential.token, .ca_file = credential.ca_file}, method, path,
              body);
}

Result<Json> named_right(Result<Json> answer, std::string_view mend) {
  if (answer || answer.error().code != ErrorCode::not_found) return answer;
  answer.error().code = ErrorCode::invalid;
  answer.error().message += fmt::format("; {}", mend);
  return answer;
}

Result<std::string> download(const std::string& url) {
  auto answer =
      TRY(net::fetch({.url = url, .deadline = kDownloadTime, .largest = kLargestDownload}));
  if (answer.status == 404) return fail(ErrorCode::not_found, "{}: not there", url);
  if (answer.status != 200)
    return fail(ErrorCode::unavailable, "{}: answered {}", url, answer.status);
  return std::move(answer.body);
}

Result<JsonArray> all_pages(const Shared& shared, const std::string& path, const char* plural) {
  JsonArray all;
  std::string cursor;
  do {
    Json page = TRY(call_hub(
        shared, "GET", cursor.empty() ? path : fmt::format("{}&cursor={}", path, cursor), nullptr));
    for (Json& each : page.as_object().at(plural).as_array()) all.push_back(std::move(each));
    cursor = text_of(page, "next");
  } while (!cursor.empty());
  return all;
}

}  // namespace nocturn::cli
