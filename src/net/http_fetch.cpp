#include "net/http_fetch.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "net/address.h"
#include "net/url.h"

namespace nocturn::net {
namespace {

constexpr std::size_t kMostHeaders = 100;

struct HandleCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, HandleCleanup>;
using HeaderList = std::unique_ptr<curl_slist, ListCleanup>;

struct Receiver {
  FetchAnswer answer;
  std::size_t largest;
  bool too_large = false;
};

std::size_t receive_body(char* data, std::size_t size, std::size_t count, void* into) {
  auto& receiver = *static_cast<Receiver*>(into);
  if (receiver.answer.body.size() + size * count > receiver.largest) {
    receiver.too_large = true;
    return 0;
  }
  receiver.answer.body.append(data, size * count);
  return size * count;
}

std::size_t receive_header(char* data, std::size_t size, std::size_t count, void* into) {
  auto& headers = static_cast<Receiver*>(into)->answer.headers;
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) headers.clear();  // an interim answer came before
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && headers.size() < kMostHeaders)
    headers.push_back(
        {lower_ascii(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
  return size * count;
}

// "Name: value" lines; `invalid` when one would break out of its line.
Result<HeaderList> header_list(const FetchRequest& request) {
  HeaderList list;
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    (void)list.release();
    list.reset(longer);
  };
  append("Expect:");  // no waiting for 100 Continue
  for (const Header& header : request.headers) {
    const std::string line = fmt::format("{}: {}", header.name, header.value);
    if (std::ranges::any_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
      return fail(ErrorCode::invalid, "the header {} has a control character", header.name);
    append(line);
  }
  return list;
}

// curl's question for a socket: refused, by having none, for what is not public.
curl_socket_t open_public_socket(void*, curlsocktype, struct curl_sockaddr* to) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &to->addr, std::min<std::size_t>(to->addrlen, sizeof storage));
  const auto address = from_sockaddr(storage);
  if (!address || !is_public(*address)) return CURL_SOCKET_BAD;
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void set_up(CURL* handle, const FetchRequest& request, Receiver& receiver) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(request.deadline).count();
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max<long>(1, milliseconds));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "nocturn");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, receive_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &receiver);
  if (!request.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
  if (!request.unix_socket.empty())
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
  if (request.public_only) curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
  if (!request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
}

Error failure(CURLcode code, const char* details, const FetchRequest& request, bool too_large) {
  const std::string_view said = *details == '\0' ? curl_easy_strerror(code) : details;
  if (too_large)
    return {ErrorCode::limited, fmt::format("answers more than {} bytes", request.largest),
            request.url};
  if (code == CURLE_OPERATION_TIMEDOUT)
    return {ErrorCode::timeout, fmt::format("no whole answer within {}", to_text(request.deadline)),
            request.url, true};
  return {ErrorCode::unavailable, std::string(said), request.url, true};
}

}  // namespace

std::string_view FetchAnswer::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

struct FetchLine::State {
  Handle handle{curl_easy_init()};
};

FetchLine::FetchLine() : state_(std::make_unique<State>()) {}
FetchLine::~FetchLine() = default;

Result<FetchAnswer> FetchLine::fetch(const FetchRequest& request) {
  CURL* const handle = state_->handle.get();
  if (request.deadline <= Micros(0))
    return std::unexpected(Error{ErrorCode::timeout, "no time is left", request.url, true});
  if (handle == nullptr) return fail(ErrorCode::internal, "no handle for an HTTP exchange");
  const HeaderList headers = TRY(header_list(request));
  Receiver receiver{.answer = {}, .largest = request.largest};
  char details[CURL_ERROR_SIZE] = "";
  set_up(handle, request, receiver);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, details);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_reset(handle);  // what it was told lives no longer than this call; connections stay
  if (code != CURLE_OK) return std::unexpected(failure(code, details, request, receiver.too_large));
  receiver.answer.status = static_cast<int>(status);
  return std::move(receiver.answer);
}

Result<FetchAnswer> fetch(const FetchRequest& request) { return FetchLine().fetch(request); }

Status check_private(std::string_view url) {
  const Url parsed = TRY(about(url, parse_url(url)));
  if (parsed.secure || parsed.host.host == "localhost") return {};
  const auto address = parse_ip(parsed.host.host, parsed.host.port);
  const bool loopback =
      address && (address->v6 ? address->ip_text() == "::1" : address->ip[0] == 127);
  if (loopback) return {};
  return about(
      url, Status(fail(ErrorCode::invalid, "is read by whoever is on the way; write https://")));
}

}  // namespace nocturn::net
