#include "net/http_reader.h"

#include "net/http_chunks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

namespace nocturn::net {
namespace {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using ErrorCode = boost::system::error_code;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return boost::beast::iequals(BeastView(a.data(), a.size()), BeastView(b.data(), b.size()));
}

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};

class Parser final : public http::basic_parser<true> {
 public:
  Parser(RequestHead& head, RequestReader::Refusal& refusal) : head_(head), refusal_(refusal) {}

  void feed_from(std::string_view bytes) { bytes_ = bytes; }

 private:
  void refuse(int status, std::string_view detail, ErrorCode& error) {
    refusal_ = {status, detail};
    error = http::error::bad_value;
  }

  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       ErrorCode& error) override;
  void on_field_impl(http::field field, BeastView name, BeastView value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override {
    head_.keep_alive = http_1_1_ && keep_alive();
    if (hosts_ > 1 || (hosts_ == 0 && http_1_1_))
      return refuse(400, "a request names one host", error);
    if (codings_ > 0 && lengths_ > 0)
      return refuse(400, "a request has a length or a transfer coding", error);
    if (codings_ > 0 && !http_1_1_) return refuse(400, "HTTP/1.0 has no transfer codings", error);
    if (!http_1_1_) head_.expects_continue = false;  // RFC 9110 section 10.1.1
  }

  // Only heads are fed to it.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(BeastView, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, ErrorCode&) override { return 0; }
  void on_finish_impl(ErrorCode&) override {}
  void on_response_impl(int, BeastView, int, ErrorCode& error) override {
    error = http::error::bad_value;
  }

  RequestHead& head_;
  RequestReader::Refusal& refusal_;
  std::string_view bytes_;
  bool http_1_1_ = false;
  int hosts_ = 0, lengths_ = 0, codings_ = 0;
};

void Parser::on_request_impl(http::verb, BeastView method, BeastView target, int version,
                             ErrorCode& error) {
  head_.method = view(method);
  head_.target = view(target);
  http_1_1_ = version == 11;
  if (std::ranges::find(kMethods, head_.method) == kMethods.end())
    refuse(501, "the method is not known here", error);
}

void Parser::on_field_impl(http::field field, BeastView name, BeastView value, ErrorCode& error) {
  // Beast joins a folded value in a buffer of its own; folding is obsolete (RFC 9112 5.2).
  if (!value.empty() &&
      (value.data() < bytes_.data() || value.data() + value.size() > bytes_.data() + bytes_.size()))
    return refuse(400, "a header is folded over several lines", error);
  head_.fields.push_back({view(name), view(value)});
  switch (field) {
    case http::field::host: ++hosts_; break;
    case http::field::content_length:
      if (++lengths_ > 1) refuse(400, "there are several content lengths", error);
      if (!std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
        refuse(400, "the content length is not a number", error);
      break;
    case http::field::transfer_encoding:
      if (++codings_ > 1 || !equal_ignoring_case(view(value), "chunked"))
        refuse(501, "only the chunked transfer coding is known here", error);
      break;
    case http::field::expect:
      if (!equal_ignoring_case(view(value), "100-continue"))
        refuse(417, "only 100-continue can be expected", error);
      head_.expects_continue = true;
      break;
    case http::field::accept_encoding: head_.accept_encoding = view(value); break;
    case http::field::if_none_match: head_.if_none_match = view(value); break;
    case http::field::if_match: head_.if_match = view(value); break;
    case http::field::unknown:
      if (equal_ignoring_case(view(name), "last-event-id")) head_.last_event_id = view(value);
      break;
    default: break;
  }
}

// Whether the request line ends in a version that is written well, and is not ours.
bool names_another_version(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
  if (line.size() < 8 || std::ranges::count(line, ' ') != 2) return false;
  const std::string_view version = line.substr(line.size() - 8);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

RequestReader::Refusal refusal_for(const ErrorCode& error, std::string_view bytes) {
  if (error == http::error::body_limit) return {413, "the body is too large"};
  if (error == http::error::bad_version && names_another_version(bytes))
    return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  return {400, "this is not HTTP/1.1"};
}

}  // namespace

struct RequestReader::State {
  ReaderLimits limits;
  RequestHead head;
  Refusal refusal;
  bool in_body = false;
  std::string body;
  std::size_t body_left = 0;           // with a content length
  std::optional<ChunkDecoder> chunks;  // or without

  Outcome refuse(Refusal why, std::size_t consumed);
  Outcome feed_head(std::string_view bytes);
  Progress begin_body(const Parser& parser);
  Outcome feed_body(std::string_view bytes);
  Outcome feed_chunks(std::string_view bytes);
};

RequestReader::Outcome RequestReader::State::refuse(Refusal why, std::size_t consumed) {
  if (refusal.status == 0) refusal = why;
  return {Progress::refused, consumed};
}

RequestReader::Outcome RequestReader::State::feed_head(std::string_view bytes) {
  // RFC 9112 section 2.2: an empty line before the request line is ignored.
  const std::size_t blank = bytes.starts_with("\r\n") ? 2 : 0;
  bytes.remove_prefix(blank);
  if (bytes.empty() || bytes == "\r") return {Progress::more, 0};
  const std::string_view within = bytes.substr(0, limits.header_bytes);
  head.fields.clear();
  head.accept_encoding = head.if_none_match = head.if_match = head.last_event_id = {};
  head.keep_alive = head.expects_continue = false;
  head.body_length = 0;
  Parser parser(head, refusal);
  parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  parser.body_limit(std::max(limits.body_bytes, limits.large_body_bytes));
  parser.feed_from(within);
  ErrorCode error;
  const std::size_t used = parser.put({within.data(), within.size()}, error);
  if (error == http::error::need_more && bytes.size() < limits.header_bytes)
    return {Progress::more, 0};
  if (error == http::error::need_more || error == http::error::header_limit) {
    if (!within.contains('\n')) return refuse({414, "the request line is too long"}, 0);
    return refuse({431, "the head is too large"}, 0);
  }
  if (error) return refuse(refusal_for(error, within), 0);
  return {parser.is_done() ? Progress::complete : begin_body(parser), blank + used};
}

RequestReader::Progress RequestReader::State::begin_body(const Parser& parser) {
  in_body = true;
  if (parser.chunked()) {
    chunks.emplace(limits.body_bytes, limits.header_bytes);
  } else {
    head.body_length = body_left = parser.content_length().value_or(0);
  }
  return Progress::head;
}

RequestReader::Outcome RequestReader::State::feed_body(std::string_view bytes) {
  if (chunks) return feed_chunks(bytes);
  const std::string_view piece = bytes.substr(0, body_left);
  body += piece;
  body_left -= piece.size();
  return {body_left == 0 ? Progress::complete : Progress::more, piece.size()};
}

RequestReader::Outcome RequestReader::State::feed_chunks(std::string_view bytes) {
  const auto [progress, used] = chunks->feed(bytes, body);
  switch (progress) {
    case ChunkDecoder::Progress::more: return {Progress::more, used};
    case ChunkDecoder::Progress::complete: return {Progress::complete, used};
    case ChunkDecoder::Progress::too_large: return refuse({413, "the body is too large"}, used);
    case ChunkDecoder::Progress::malformed: break;
  }
  return refuse({400, "the chunks of the body are malformed"}, used);
}

RequestReader::RequestReader(const ReaderLimits& limits) : state_(std::make_unique<State>()) {
  state_->limits = limits;
}

RequestReader::~RequestReader() = default;

void RequestReader::reset() {
  state_->refusal = {};
  state_->in_body = false;
  state_->body.clear();
  state_->chunks.reset();
}

RequestReader::Outcome RequestReader::feed(std::string_view bytes) {
  return state_->in_body ? state_->feed_body(bytes) : state_->feed_head(bytes);
}

const RequestHead& RequestReader::head() const { return state_->head; }
std::string RequestReader::take_body() { return std::exchange(state_->body, {}); }
const RequestReader::Refusal& RequestReader::refusal() const { return state_->refusal; }

}  // namespace nocturn::net
