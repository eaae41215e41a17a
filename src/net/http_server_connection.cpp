#include "net/http_server_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <exception>

#include "base/log.h"
#include "base/text.h"
#include "net/http_response.h"
#include "net/http_target.h"

namespace nocturn::net {
namespace {

constexpr int kRequestsPerTurn = 8;  // pipelined ones, before others have their turn
constexpr int kReadsPerTurn = 8;     // of bytes that TLS holds already
constexpr Micros kLinger = std::chrono::seconds(2);
constexpr std::string_view kEventsPath = "/events";

std::string peer_address(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "gone";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address.ss_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
  if (address.ss_family == AF_INET6)
    bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (bytes == nullptr) return "unix";
  return ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) != nullptr ? text.data()
                                                                                    : "unknown";
}

Response run_handler(const Handler& handler, const Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    log::error("net", "a request handler threw",
               {{"path", request.path}, {"what", std::string(exception.what())}});
  } catch (...) {
    log::error("net", "a request handler threw", {{"path", request.path}});
  }
  return problem(500, "the request could not be handled");
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

void ServerConnection::open(ServerShard& shard, const ServerShard::Arrival& arrival) {
  auto connection = std::make_shared<ServerConnection>(shard, arrival);
  shard.enter(*connection);
  // The watch owns the connection: it lives until close() makes the loop forget it.
  shard.loop().watch(
      arrival.descriptor, Interest::read,
      [connection](bool readable, bool writable) { connection->on_ready(readable, writable); });
  if (arrival.turn_away) connection->refuse(503, "too many connections are open");
  if (shard.draining()) connection->close();
}

ServerConnection::ServerConnection(ServerShard& shard, const ServerShard::Arrival& arrival)
    : shard_(shard),
      socket_(arrival.descriptor, arrival.tls),
      local_(arrival.local),
      phase_(arrival.tls != nullptr ? Phase::handshake : Phase::head) {
  due_in(phase_ == Phase::handshake ? shard_.limits().head_time : shard_.limits().idle_time);
}

ServerConnection::~ServerConnection() = default;

void ServerConnection::want(Interest interest) {
  if (interest_ == interest) return;
  interest_ = interest;
  shard_.loop().change(socket_.descriptor(), interest);
}

void ServerConnection::due_in(Micros delay) { deadline_ = shard_.loop().now() + delay; }

void ServerConnection::close() {
  if (phase_ == Phase::closed) return;
  const bool was_stream = phase_ == Phase::streaming;
  phase_ = Phase::closed;
  shard_.loop().forget(socket_.descriptor());
  shard_.leave(*this, was_stream);
}

void ServerConnection::sweep(SteadyTime now) {
  if (now < deadline_) return;
  if (phase_ == Phase::body || (phase_ == Phase::head && !inbox_.empty())) {
    refuse(408, "the request did not arrive in time");
  } else {
    close();
  }
}

void ServerConnection::drain() {
  const bool idle = phase_ == Phase::head && inbox_.empty();
  if (idle || phase_ == Phase::handshake || phase_ == Phase::streaming) close();
}

void ServerConnection::on_ready(bool readable, bool writable) {
  switch (phase_) {
    case Phase::handshake: return shake_hands();
    case Phase::head:
    case Phase::body:
      if (readable) read_input();
      return;
    case Phase::handling: return want(Interest::none);  // the next request waits its turn
    case Phase::writing:
      if (writable) write_on();
      return;
    case Phase::streaming:
      if (readable && socket_.read(shard_.scratch()).outcome >= ServerSocket::Outcome::ended)
        return close();
      if (writable) flush_stream();
      return;
    case Phase::lingering:
      if (socket_.drain(shard_.scratch()).outcome >= ServerSocket::Outcome::ended) close();
      return;
    case Phase::closed: return;
  }
}

void ServerConnection::shake_hands() {
  bool wants_write = false;
  switch (socket_.handshake(wants_write)) {
    case ServerSocket::Outcome::again: return want(wants_write ? Interest::write : Interest::read);
    case ServerSocket::Outcome::done: break;
    default: return close();
  }
  phase_ = Phase::head;
  due_in(shard_.limits().idle_time);
  want(Interest::read);
  // The first request often comes along with the last message of the handshake.
  if (socket_.has_buffered()) read_input();
}

void ServerConnection::read_input() {
  for (int reads = 0; phase_ == Phase::head || phase_ == Phase::body; ++reads) {
    if (reads == kReadsPerTurn)
      return shard_.loop().post([self = shared_from_this()] { self->resume(); });
    const auto [outcome, bytes] = socket_.read(shard_.scratch());
    if (outcome == ServerSocket::Outcome::again) return;
    if (outcome != ServerSocket::Outcome::done) return close();
    process(std::string_view(shard_.scratch().data(), bytes));
    if (!socket_.has_buffered()) return;
  }
}

// Goes on with what was received before the last answer was complete.
void ServerConnection::resume() {
  if (phase_ == Phase::head && !inbox_.empty()) process({});
  if ((phase_ == Phase::head || phase_ == Phase::body) && socket_.has_buffered()) read_input();
}

void ServerConnection::process(std::string_view fresh) {
  const bool continued = !inbox_.empty();
  std::string held;
  std::string_view bytes = fresh;
  if (continued) {
    held = std::exchange(inbox_, {});
    held += fresh;
    bytes = held;
  }
  int requests = 0;
  // A head that goes on without a line's end cannot be complete.
  const bool hopeless = continued && phase_ == Phase::head && !fresh.empty() &&
                        !fresh.contains('\n') && bytes.size() < shard_.limits().header_bytes;
  while (!hopeless && !bytes.empty() && requests < kRequestsPerTurn && step(bytes)) ++requests;
  if (phase_ == Phase::closed || phase_ == Phase::lingering || bytes.empty()) return;
  inbox_.assign(bytes);
  if (phase_ != Phase::head) return;
  if (requests > 0 || !continued || fresh.empty()) due_in(shard_.limits().head_time);
  if (requests == kRequestsPerTurn)
    shard_.loop().post([self = shared_from_this()] { self->resume(); });
}

// Takes what it can off `bytes`; true if there is more to do with the rest.
bool ServerConnection::step(std::string_view& bytes) {
  RequestReader& reader = body_reader_ ? *body_reader_ : *shard_.reader();
  if (!body_reader_) reader.reset();
  const auto [progress, consumed] = reader.feed(bytes);
  switch (progress) {
    case RequestReader::Progress::more: bytes.remove_prefix(consumed); return false;
    case RequestReader::Progress::head: receive_body(reader.head()); break;
    case RequestReader::Progress::complete:
      ShardCounters::add(shard_.counters().requests);
      if (body_reader_) {
        request_.body = reader.take_body();
        body_reader_ = nullptr;
        hand_over(std::exchange(request_, {}));
      } else {
        handle(reader.head());
      }
      break;
    case RequestReader::Progress::refused:
      refuse(reader.refusal().status, reader.refusal().detail);
      break;
  }
  bytes.remove_prefix(consumed);
  return phase_ == Phase::head || phase_ == Phase::body;
}

void ServerConnection::receive_body(const RequestHead& head) {
  close_after_ = !head.keep_alive;
  head_only_ = head.method == "HEAD";
  request_ = make_request(head);
  if (request_.path.empty()) return refuse(400, "the target cannot be understood");
  phase_ = Phase::body;
  due_in(shard_.limits().body_time);
  const bool expects_continue = head.expects_continue;
  body_reader_ = std::exchange(shard_.reader(), shard_.new_reader());
  // Nothing else is being written, so the few bytes find room; if not, the client goes on alone.
  if (expects_continue) socket_.write("HTTP/1.1 100 Continue\r\n\r\n");
}

void ServerConnection::handle(const RequestHead& head) {
  close_after_ = !head.keep_alive || shard_.draining();
  head_only_ = head.method == "HEAD";
  const std::string_view target = origin_form(head.target);
  const bool reads = head_only_ || head.method == "GET";
  if (reads && try_page(head, target)) return;
  if (head.method == "GET" && target.substr(0, target.find('?')) == kEventsPath)
    return start_stream(head);
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
  // The shard outlives the workers, and the connection is only touched on the shard's loop.
  WorkerPool::Task task = [weak = weak_from_this(), &shard = shard_, request = std::move(request)] {
    shard.loop().post([weak, response = run_handler(shard.handler(), request)] {
      const auto connection = weak.lock();
      if (!connection || connection->phase_ != Phase::handling) return;
      connection->answer(response);
      connection->resume();
    });
  };
  if (shard_.workers().try_run(std::move(task))) return;
  ShardCounters::add(shard_.counters().refused);
  answer(busy());
}

void ServerConnection::refuse(int status, std::string_view detail) {
  ShardCounters::add(shard_.counters().refused);
  close_after_ = true;
  body_reader_ = nullptr;
  Response response = problem(status, detail);
  if (status == 503) response.headers.push_back({"Retry-After", "1"});
  answer(response);
}

void ServerConnection::answer(const Response& response) {
  close_after_ = close_after_ || shard_.draining();
  const auto bytes =
      ready(serialise(response, {head_only_, close_after_, shard_.shelf().date_line()}));
  send(bytes, bytes->bytes.size());
}

void ServerConnection::send(const std::shared_ptr<const ReadyBytes>& bytes, std::size_t size) {
  output_begin_ = 0;
  output_end_ = size;
  if (write_some(*bytes)) return finish_answer();
  if (phase_ == Phase::closed) return;
  output_ = bytes;
  phase_ = Phase::writing;
  due_in(shard_.limits().write_time);
  want(Interest::write);
}

// True when all is written; false when the rest must wait, or the connection failed and is closed.
bool ServerConnection::write_some(const ReadyBytes& bytes) {
  while (output_begin_ < output_end_) {
    const std::size_t left = output_end_ - output_begin_;
    const auto [outcome, written] =
        bytes.memory >= 0 && !socket_.secure()
            ? socket_.send_file(bytes.memory, output_begin_, left)
            : socket_.write(std::string_view(bytes.bytes).substr(output_begin_, left));
    if (outcome == ServerSocket::Outcome::again) return false;
    if (outcome != ServerSocket::Outcome::done) {
      close();
      return false;
    }
    output_begin_ += written;
  }
  return true;
}

void ServerConnection::write_on() {
  const std::size_t before = output_begin_;
  const bool complete = write_some(*output_);
  if (phase_ == Phase::closed) return;
  if (output_begin_ > before) due_in(shard_.limits().write_time);
  if (!complete) return;
  output_ = nullptr;
  finish_answer();
  resume();
}

void ServerConnection::finish_answer() {
  if (close_after_ || shard_.draining()) return linger();
  phase_ = Phase::head;
  due_in(shard_.limits().idle_time);
  want(Interest::read);
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way
// (RFC 9112 section 9.6).
void ServerConnection::linger() {
  phase_ = Phase::lingering;
  inbox_.clear();
  socket_.end_output();
  due_in(kLinger);
  want(Interest::read);
}

void ServerConnection::start_stream(const RequestHead& head) {
  phase_ = Phase::streaming;
  deadline_ = SteadyTime::max();
  // What the kernel holds for a slow reader counts too, so it holds little.
  const int buffer = static_cast<int>(shard_.limits().stream_backlog);
  ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  EventHistory::Start start = shard_.hub().start(head.last_event_id);
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

void ServerConnection::deliver(const EventHistory::Entry& entry) {
  if (entry.sequence <= last_sequence_) return;
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
