// What a connection answers: a page from memory, an event stream, a handler's response, a refusal.
// How bytes come and go is in http_server_connection.cpp.
#include <sys/socket.h>

#include <exception>

#include "base/log.h"
#include "base/text.h"
#include "net/client_address.h"
#include "net/http_negotiation.h"
#include "net/http_response.h"
#include "net/http_server_connection.h"
#include "net/http_server_listener.h"
#include "net/http_target.h"

namespace nocturn::net {
namespace {

constexpr std::string_view kEventsPath = "/events";

Response run_handler(const Handler& handler, const Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    // Without the path: a one-time link's has its secret.
    log::error("net", "a request handler threw",
               {{"method", request.method}, {"what", std::string(exception.what())}});
  } catch (...) {
    log::error("net", "a request handler threw", {{"method", request.method}});
  }
  return problem(500, "the request could not be handled");
}

// A seat is free again once a connection that broke is noticed: after two heartbeats.
Response too_many_streams() {
  Response response =
      problem(429, "too many event streams are open; close one, or ask now and then");
  response.headers.push_back({"Retry-After", "30"});
  return response;
}

Response busy() {
  Response response = problem(503, "too many requests are waiting");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

std::shared_ptr<const ReadyBytes> ready(std::string bytes) {
  auto result = std::make_shared<ReadyBytes>();
  result->bytes = std::move(bytes);
  result->head_size = result->bytes.size();
  return result;
}

// The same answer with "Connection: close" after its status line.
std::shared_ptr<const ReadyBytes> closing(const ReadyBytes& answer, std::size_t size) {
  constexpr std::string_view kLine = "Connection: close\r\n";
  std::string bytes(answer.bytes, 0, size);
  bytes.insert(bytes.find("\r\n") + 2, kLine);
  return ready(std::move(bytes));
}

PageShelf::Form form_of(Encoding encoding, bool not_modified) {
  return static_cast<PageShelf::Form>(static_cast<int>(encoding) + (not_modified ? 3 : 0));
}

const Page::Variant& variant_of(const Page& page, Encoding encoding) {
  if (encoding == Encoding::gzip) return page.gzip;
  return encoding == Encoding::brotli ? page.brotli : page.identity;
}

}  // namespace

void ServerConnection::handle(const RequestHead& head) {
  close_after_ = !head.keep_alive || shard_.draining();
  head_only_ = head.method == "HEAD";
  const std::string_view target = origin_form(head.target);
  const bool reads = head_only_ || head.method == "GET";
  if (reads && try_page(head, target)) return;
  if (head.method == "GET" && target.substr(0, target.find('?')) == kEventsPath)
    return start_public_stream(head);
  if (head.method == "OPTIONS" && head.target == "*")
    return answer({204, {{"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}, {}});
  Request request = make_request(head);
  if (request.path.empty()) return refuse(400, "the target cannot be understood");
  hand_over(std::move(request));
}

bool ServerConnection::try_page(const RequestHead& head, std::string_view target) {
  const Page* page = shard_.shelf().find(target);
  if (page == nullptr) return false;
  send_page(head, *page);
  return true;
}

void ServerConnection::send_page(const RequestHead& head, const Page& page) {
  const Encoding encoding =
      choose_encoding(head.accept_encoding, !page.gzip.bytes.empty(), !page.brotli.bytes.empty());
  const std::string& etag = variant_of(page, encoding).etag;
  // RFC 9110 section 13.2.2: If-Match is looked at first.
  if (!head.if_match.empty() && !matches_etag(head.if_match, etag, EtagComparison::strong))
    return answer(problem(412, "the page has changed"));
  const bool not_modified =
      !head.if_none_match.empty() && matches_etag(head.if_none_match, etag, EtagComparison::weak);
  ShardCounters::add(not_modified ? shard_.counters().not_modified : shard_.counters().pages);
  const auto& bytes = shard_.shelf().ready(form_of(encoding, not_modified));
  const std::size_t size = head_only_ ? bytes->head_size : bytes->bytes.size();
  if (!close_after_) return send(bytes, size);
  const auto last = closing(*bytes, size);
  send(last, last->bytes.size());
}

Request ServerConnection::make_request(const RequestHead& head) const {
  Request request;
  request.method = head.method;
  request.target = head.target;
  request.secure = socket_.secure();
  request.local = local_;
  request.peer = local_ ? "unix" : peer_address(socket_.descriptor());
  auto target = decode_target(origin_form(head.target));
  if (!target) return request;  // an empty path says so
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  for (const auto& [name, value] : head.fields)
    request.headers.push_back({lower_ascii(name), std::string(value)});
  return request;
}

void ServerConnection::hand_over(Request request) {
  ShardCounters::add(shard_.counters().handled);
  phase_ = Phase::handling;
  deadline_ = SteadyTime::max();
  asked_at_ = shard_.loop().now();
  // The shard outlives the workers, and the connection is only touched on the shard's loop.
  WorkerPool::Task task = [weak = weak_from_this(), &shard = shard_, request = std::move(request)] {
    shard.loop().post([weak, response = run_handler(shard.handler(), request),
                       last_event_id = std::string(request.header("last-event-id"))] {
      const auto connection = weak.lock();
      if (!connection || connection->phase_ != Phase::handling) return;
      if (response.stream.empty() || connection->head_only_) {
        connection->answer(response);
      } else if (connection->take_stream_seat(response.stream_account,
                                              connection->shard_.limits().streams_per_account)) {
        return connection->start_stream(response.stream, response.stream_owner, last_event_id);
      }
      connection->resume();
    });
  };
  if (shard_.workers().try_run(std::move(task))) return;
  ShardCounters::add(shard_.counters().refused);
  answer(busy());
}

// Who may bring more than others is known to workers only; nothing is read meanwhile.
void ServerConnection::ask_for_body(std::size_t length) {
  phase_ = Phase::asking;
  deadline_ = SteadyTime::max();
  WorkerPool::Task task = [weak = weak_from_this(), &shard = shard_, head = request_, length] {
    const auto admit = [&](const Request& asked) {
      return shard.admit()(asked, length)
          .value_or(Response{.status = 0, .headers = {}, .body = {}});
    };
    shard.loop().post([weak, length, refusal = run_handler(admit, head)] {
      const auto connection = weak.lock();
      if (!connection || connection->phase_ != Phase::asking) return;
      if (refusal.status != 0) return connection->refuse(refusal);
      const ServerLimits& limits = connection->shard_.limits();
      connection->take_body(limits.body_time * (1 + length / limits.body_bytes));
      connection->want(Interest::read);
      connection->resume();
    });
  };
  if (!shard_.workers().try_run(std::move(task))) refuse(busy());
}

void ServerConnection::refuse(int status, std::string_view detail) {
  Response response = problem(status, detail);
  if (status == 503 || status == 429) response.headers.push_back({"Retry-After", "1"});
  refuse(response);
}

void ServerConnection::refuse(const Response& response) {
  ShardCounters::add(shard_.counters().refused);
  close_after_ = true;
  drop_body();
  answer(response);
}

void ServerConnection::answer(const Response& response) {
  close_after_ = close_after_ || shard_.draining();
  const auto bytes =
      ready(serialise(response, {head_only_, close_after_, shard_.shelf().date_line()}));
  send(bytes, bytes->bytes.size());
}

void ServerConnection::start_public_stream(const RequestHead& head) {
  const Request request = make_request(head);
  if (request.path.empty()) return refuse(400, "the target cannot be understood");
  const std::string client = client_address(request);
  const bool counted = !local_ && !is_loopback(client);
  if (take_stream_seat(counted ? address_block(client) : "", shard_.limits().streams_per_address))
    start_stream(std::string(kPublicStream), {}, head.last_event_id);
}

// Answers that there is none; nobody's (an empty `who`) are not counted.
bool ServerConnection::take_stream_seat(const std::string& who, std::size_t most) {
  if (who.empty()) return true;
  stream_seat_ = shard_.stream_seats().take(who, most);
  if (stream_seat_) return true;
  ShardCounters::add(shard_.counters().refused);
  answer(too_many_streams());
  return false;
}

void ServerConnection::start_stream(std::string stream, std::string owner,
                                    std::string_view last_event_id) {
  // Its owner's session may have ended after the handler saw it.
  if (!owner.empty() && shard_.ended_since(owner, asked_at_)) return close();
  phase_ = Phase::streaming;
  stream_ = std::move(stream);
  stream_owner_ = std::move(owner);
  inbox_.clear();  // what was pipelined behind it is not looked at
  deadline_ = SteadyTime::max();
  // What the kernel holds for a slow reader counts too, so it holds little.
  const int buffer = static_cast<int>(shard_.limits().stream_backlog);
  ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  EventHistory::Start start = shard_.hub().start(stream_, last_event_id);
  last_sequence_ = start.sequence;
  backlog_limit_ = shard_.limits().stream_backlog + start.bytes.size();
  shard_.join_streams(*this);
  push(
      fmt::format("HTTP/1.1 200 OK\r\n{}Content-Type: text/event-stream\r\n"
                  "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
                  "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
                  "retry: 3000\n\n{}",
                  shard_.shelf().date_line(), start.bytes));
}

void ServerConnection::deliver(const std::string& stream, const EventHistory::Entry& entry) {
  if (stream != stream_ || entry.sequence <= last_sequence_) return;
  last_sequence_ = entry.sequence;
  push(*entry.bytes);
}

void ServerConnection::push(std::string_view stream_bytes) {
  backlog_ += stream_bytes;
  flush_stream();
  if (phase_ == Phase::streaming && backlog_.size() > backlog_limit_) close();
}

void ServerConnection::flush_stream() {
  std::size_t sent = 0;
  while (sent < backlog_.size()) {
    const auto [outcome, written] = socket_.write(std::string_view(backlog_).substr(sent));
    if (outcome == ServerSocket::Outcome::again) break;
    if (outcome != ServerSocket::Outcome::done) return close();
    sent += written;
  }
  backlog_.erase(0, sent);
  want(backlog_.empty() ? Interest::read : Interest::both);
  if (backlog_.empty()) {
    deadline_ = SteadyTime::max();
  } else if (sent > 0 || deadline_ == SteadyTime::max()) {
    due_in(shard_.limits().write_time);
  }
}

}  // namespace nocturn::net
