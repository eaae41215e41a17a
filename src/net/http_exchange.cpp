#include "net/http_exchange.h"

#include <algorithm>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/text.h"
#include "net/inflater.h"

namespace nocturn::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::uint32_t kHeadLimit = 64 * 1024;
constexpr std::size_t kMostHeaders = 200;
constexpr int kMostInterim = 8;  // 1xx answers before the real one

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_token_char(char c) {  // RFC 9110, section 5.6.2
  const auto byte = static_cast<unsigned char>(c);
  if (byte <= 0x20 || byte >= 0x7F) return false;
  return std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
}

bool has(const std::vector<Header>& headers, std::string_view name) {
  return std::ranges::any_of(
      headers, [&](const Header& header) { return lower_ascii(header.name) == name; });
}

}  // namespace

bool is_header(std::string_view name, std::string_view value) {
  return !name.empty() && std::ranges::all_of(name, is_token_char) &&
         std::ranges::none_of(value, [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
         });
}

std::string to_bytes(const ClientRequest& request) {
  std::string out;
  out.reserve(256 + request.body.size());
  out.append(request.method).append(" ").append(request.url.target).append(" HTTP/1.1\r\n");
  if (!has(request.headers, "host")) {
    out.append("Host: ").append(request.url.authority()).append("\r\n");
  }
  if (!has(request.headers, "user-agent")) out.append("User-Agent: nocturn\r\n");
  if (!has(request.headers, "accept")) out.append("Accept: */*\r\n");
  for (const auto& header : request.headers) {
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    out.append(fmt::format("Content-Length: {}\r\n", request.body.size()));
  }
  out.append("Connection: close\r\n\r\n").append(request.body);
  return out;
}

std::string_view ClientResponse::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

class ResponseReader::Parser final : public http::basic_parser<false> {
 public:
  Parser(std::size_t limit, bool head_only) : limit_(limit) {
    eager(true);
    header_limit(kHeadLimit);
    body_limit(boost::none);  // ours counts decoded bytes
    if (head_only) skip(true);
  }

  ClientResponse response;
  std::string wrong;  // what our own rules object to
  bool wants_end = false;

  bool body_whole() const { return !inflater_ || inflater_->whole() || response.received == 0; }

 private:
  void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int,
                       error_code&) override {}

  void on_response_impl(int code, boost::beast::string_view reason, int, error_code&) override {
    response.status = code;
    response.reason = view(reason).substr(0, 100);
  }

  void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code& ec) override {
    if (response.headers.size() >= kMostHeaders) return stop("more than 200 headers", ec);
    response.headers.push_back({lower_ascii(view(name)), std::string(view(value))});
  }

  void on_header_impl(error_code&) override {
    const std::string coding = lower_ascii(trim(response.header("content-encoding")));
    if (coding == "gzip" || coding == "x-gzip") {
      inflater_ = std::make_unique<Inflater>(Inflater::Coding::gzip);
    } else if (coding == "deflate") {
      inflater_ = std::make_unique<Inflater>(Inflater::Coding::deflate);
    } else {
      response.body_coded = !coding.empty() && coding != "identity";
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) response.body.reserve(std::min<std::uint64_t>(*length, limit_));
  }

  std::size_t on_body_impl(boost::beast::string_view body, error_code& ec) override {
    take(view(body), ec);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                 error_code& ec) override {
    take(view(body), ec);
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  void take(std::string_view bytes, error_code& ec) {
    response.received += bytes.size();
    bool more_fits = true;
    if (inflater_) {
      auto unfolded = inflater_->unfold(bytes, response.body, limit_);
      if (!unfolded) return stop(unfolded.error().message, ec);
      more_fits = *unfolded;
    } else {
      const std::size_t room = limit_ - response.body.size();
      response.body.append(bytes.substr(0, room));
      more_fits = bytes.size() <= room;
    }
    if (more_fits && response.received <= limit_) return;
    response.body_cut = true;
    ec = http::error::body_limit;
  }

  void stop(std::string why, error_code& ec) {
    wrong = std::move(why);
    ec = http::error::bad_value;
  }

  std::size_t limit_;
  std::unique_ptr<Inflater> inflater_;
};

ResponseReader::ResponseReader(std::size_t body_limit, bool head_only)
    : parser_(std::make_unique<Parser>(body_limit, head_only)),
      body_limit_(body_limit),
      head_only_(head_only) {}
ResponseReader::~ResponseReader() = default;

ClientResponse& ResponseReader::response() { return parser_->response; }

Result<ResponseReader::Progress> ResponseReader::feed(std::string_view bytes) {
  if (!rest_.empty()) {
    if (rest_.size() + bytes.size() > 2 * kHeadLimit) bytes = bytes.substr(0, kHeadLimit);
    rest_.append(bytes);
    bytes = rest_;
  }
  std::size_t used = 0;
  while (used < bytes.size()) {
    error_code ec;
    used += parser_->put({bytes.data() + used, bytes.size() - used}, ec);
    if (parser_->response.body_cut) return Progress::done;
    if (ec == http::error::need_more) break;
    if (ec == http::error::header_limit) {
      return fail(ErrorCode::limited, "the answer's head is longer than 64 KiB");
    }
    if (ec) {
      return fail(ErrorCode::corrupt, "not a valid HTTP answer: {}",
                  parser_->wrong.empty() ? ec.message() : parser_->wrong);
    }
    if (!parser_->is_done()) continue;
    const int status = parser_->response.status;
    if (status >= 200 || status == 101) {
      if (!parser_->body_whole()) {
        return fail(ErrorCode::corrupt, "the compressed body ends in the middle");
      }
      return Progress::done;
    }
    // An interim answer, RFC 9110 section 15.2: the real one follows.
    if (++interim_ > kMostInterim) return fail(ErrorCode::limited, "interim answers without end");
    parser_ = std::make_unique<Parser>(body_limit_, head_only_);
  }
  const std::string left(bytes.substr(used));
  if (left.size() > kHeadLimit) return fail(ErrorCode::limited, "a line longer than 64 KiB");
  rest_ = left;
  return Progress::more;
}

Status ResponseReader::end() {
  if (!parser_->got_some()) {
    return fail(ErrorCode::unavailable, "the peer closed the connection without an answer");
  }
  error_code ec;
  parser_->put_eof(ec);
  if (ec && parser_->is_header_done()) {
    return fail(ErrorCode::corrupt, "the peer closed the connection after {} bytes of the body{}",
                parser_->response.received,
                parser_->content_length() ? fmt::format(" of {}", *parser_->content_length())
                                          : std::string());
  }
  if (ec)
    return fail(ErrorCode::corrupt, "the peer closed the connection within the answer's head");
  if (!parser_->body_whole()) {
    return fail(ErrorCode::corrupt, "the compressed body ends in the middle");
  }
  return {};
}

}  // namespace nocturn::net
