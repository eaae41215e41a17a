#include <curl/curl.h>

#include <array>

#include <boost/json.hpp>

#include "cli/noun.h"

namespace nocturn::cli {
namespace {

constexpr std::size_t kLargestAnswer = 256 * 1024 * 1024;

struct Curl {
  CURL* handle = curl_easy_init();
  curl_slist* headers = nullptr;
  Curl() = default;
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;
  ~Curl() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kLargestAnswer) return 0;
  body.append(data, size * count);
  return size * count;
}

Result<std::filesystem::path> find_socket(const Shared& shared) {
  if (!shared.data.empty()) return shared.data / "hub.sock";
  for (const char* place : {".nocturn/data", "/var/lib/nocturn/data"}) {
    const auto socket = std::filesystem::path(place) / "hub.sock";
    std::error_code ignored;
    if (std::filesystem::exists(socket, ignored)) return socket;
  }
  return fail(
      ErrorCode::unavailable,
      "no hub found in .nocturn/data or /var/lib/nocturn/data; start one with nocturn serve, or "
      "name its data folder with --data");
}

// The Error that a problem document tells.
Error from_problem(const Json& problem) {
  const auto* object = problem.if_object();
  const auto* title = object ? object->if_contains("title") : nullptr;
  const auto* detail = object ? object->if_contains("detail") : nullptr;
  Error error{ErrorCode::internal, "the hub answered something that is no problem document", {}};
  if (title == nullptr || detail == nullptr || !title->is_string() || !detail->is_string())
    return error;
  error.message = detail->get_string();
  for (const ErrorCode code :
       {ErrorCode::invalid, ErrorCode::unauthenticated, ErrorCode::code_required,
        ErrorCode::forbidden, ErrorCode::not_found, ErrorCode::conflict, ErrorCode::precondition,
        ErrorCode::limited, ErrorCode::unavailable, ErrorCode::timeout, ErrorCode::disk_full,
        ErrorCode::corrupt, ErrorCode::unsupported}) {
    if (name_of(code) == std::string_view(title->get_string())) error.code = code;
  }
  return error;
}

}  // namespace

Result<Json> call_hub(const Shared& shared, std::string_view method, std::string_view path,
                      const Json& body) {
  const std::string socket = TRY(find_socket(shared)).string();
  const std::string url = "http://hub" + std::string(path);
  const std::string verb(method);
  const std::string sent = body.is_null() ? "" : boost::json::serialize(body);
  std::string answer;
  Curl curl;
  curl_easy_setopt(curl.handle, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl.handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.handle, CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_easy_setopt(curl.handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.handle, CURLOPT_TIMEOUT, 120L);
  curl_easy_setopt(curl.handle, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl.handle, CURLOPT_WRITEDATA, &answer);
  if (!body.is_null()) {
    curl.headers = curl_slist_append(nullptr, "content-type: application/json");
    curl_easy_setopt(curl.handle, CURLOPT_HTTPHEADER, curl.headers);
    curl_easy_setopt(curl.handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(sent.size()));
    curl_easy_setopt(curl.handle, CURLOPT_POSTFIELDS, sent.data());
  }
  if (const CURLcode outcome = curl_easy_perform(curl.handle); outcome != CURLE_OK) {
    Error error{ErrorCode::unavailable,
                fmt::format("no hub answers here ({}); is nocturn serve running?",
                            curl_easy_strerror(outcome)),
                socket, true};
    return std::unexpected(std::move(error));
  }
  long status = 0;
  curl_easy_getinfo(curl.handle, CURLINFO_RESPONSE_CODE, &status);
  Json parsed = TRY(about("the hub's answer", parse_json(answer)));
  if (status >= 400) return std::unexpected(from_problem(parsed));
  return parsed;
}

Result<std::string> download(const std::string& url) {
  std::string body;
  Curl curl;
  curl_easy_setopt(curl.handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.handle, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(curl.handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(64) << 20);
  curl_easy_setopt(curl.handle, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl.handle, CURLOPT_WRITEDATA, &body);
  if (const CURLcode outcome = curl_easy_perform(curl.handle); outcome != CURLE_OK)
    return fail(ErrorCode::unavailable, "{}: {}", url, curl_easy_strerror(outcome));
  long status = 0;
  curl_easy_getinfo(curl.handle, CURLINFO_RESPONSE_CODE, &status);
  if (status == 404) return fail(ErrorCode::not_found, "{}: not there", url);
  if (status != 200) return fail(ErrorCode::unavailable, "{}: answered {}", url, status);
  return body;
}

}  // namespace nocturn::cli
