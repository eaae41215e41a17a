#include "net/http_server_connection.h"

namespace nocturn::net {
namespace {

constexpr int kRequestsPerTurn = 8;  // pipelined ones, before others have their turn
constexpr int kReadsPerTurn = 8;     // of bytes that TLS holds already
constexpr Micros kLinger = std::chrono::seconds(2);

}  // namespace

void ServerConnection::open(ServerShard& shard, const ServerShard::Arrival& arrival) {
  auto connection = std::make_shared<ServerConnection>(shard, arrival);
  shard.enter(*connection);
  // The watch owns the connection: it lives until close() makes the loop forget it.
  shard.loop().watch(
      arrival.descriptor, Interest::read,
      [connection](bool readable, bool writable) { connection->on_ready(readable, writable); });
  if (arrival.refusal != 0)
    connection->refuse(arrival.refusal, arrival.refusal == 503
                                            ? "too many connections are open"
                                            : "too many connections are open from your address");
  if (shard.draining()) connection->close();
}

ServerConnection::ServerConnection(ServerShard& shard, const ServerShard::Arrival& arrival)
    : shard_(shard),
      socket_(arrival.descriptor, arrival.tls.get()),
      local_(arrival.local),
      seat_(arrival.seat),
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
  drop_body();
  seat_ = stream_seat_ = nullptr;
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
    case Phase::asking:
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
  if ((phase_ == Phase::head || phase_ == Phase::body) && !inbox_.empty()) process({});
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
    case RequestReader::Progress::more:
      bytes.remove_prefix(consumed);
      if (body_reader_) wait_for_body(consumed);
      return false;
    case RequestReader::Progress::head: receive_body(reader.head()); break;
    case RequestReader::Progress::complete:
      ShardCounters::add(shard_.counters().requests);
      if (body_reader_) {
        request_.body = reader.take_body();
        drop_body();
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
  expects_continue_ = head.expects_continue;
  const std::size_t length = head.body_length;
  body_reader_ = std::exchange(shard_.reader(), shard_.new_reader());
  if (length > shard_.limits().body_bytes) return ask_for_body(length);
  take_body(shard_.limits().body_time);
}

void ServerConnection::take_body(Micros patience) {
  phase_ = Phase::body;
  due_in(patience);
  // Nothing else is being written, so the few bytes find room; if not, the client goes on alone.
  if (expects_continue_) socket_.write("HTTP/1.1 100 Continue\r\n\r\n");
}

// A body that came whole is never refused here, so small ones pass while others hold all the room.
void ServerConnection::wait_for_body(std::size_t received) {
  body_held_ += received;
  shard_.bodies_held += received;
  if (shard_.bodies_held > shard_.limits().bodies_bytes && !local_)
    refuse(503, "too many bodies are on their way");
}

void ServerConnection::drop_body() {
  body_reader_ = nullptr;
  shard_.bodies_held -= std::exchange(body_held_, 0);
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

}  // namespace nocturn::net
