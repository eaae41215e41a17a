#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/http_server_shard.h"

namespace nocturn::net {

// One client's connection: reads a request, answers it, reads the next. Lives on its shard's loop
// and belongs to the loop's watch of its descriptor; close() ends both. At any moment it is in
// exactly one phase, and every phase has a deadline or waits for a worker.
class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  static void open(ServerShard& shard, const ServerShard::Arrival& arrival);

  ServerConnection(ServerShard& shard, const ServerShard::Arrival& arrival);
  ~ServerConnection();

  // The shard's calls.
  void sweep(SteadyTime now);
  void drain();
  void push(std::string_view stream_bytes);
  void deliver(const std::string& stream, const EventHistory::Entry& entry);
  const std::string& stream_owner() const { return stream_owner_; }
  void close();
  std::size_t place = 0;  // in the shard's list

 private:
  enum class Phase : std::uint8_t {
    handshake,
    head,       // waits for a request, or has a part of its head in inbox_
    asking,     // a worker decides whether a large body may come; request_ has the head
    body,       // request_ has the head
    handling,   // a worker has the request
    writing,    // output_ is not sent completely
    streaming,  // an event stream
    lingering,  // the last answer is sent; what still arrives is thrown away
    closed,
  };

  void on_ready(bool readable, bool writable);
  void shake_hands();
  void read_input();
  void resume();
  void process(std::string_view fresh);
  bool step(std::string_view& bytes);
  void receive_body(const RequestHead& head);
  void ask_for_body(std::size_t length);
  void take_body(Micros patience);
  void wait_for_body(std::size_t received);
  void drop_body();

  void handle(const RequestHead& head);
  bool try_page(const RequestHead& head, std::string_view target);
  void send_page(const RequestHead& head, const Page& page);
  void hand_over(Request request);
  Request make_request(const RequestHead& head) const;
  void refuse(int status, std::string_view detail);
  void refuse(const Response& response);
  void answer(const Response& response);

  void send(const std::shared_ptr<const ReadyBytes>& bytes, std::size_t size);
  bool write_some(const ReadyBytes& bytes);
  void write_on();
  void finish_answer();
  void linger();

  void start_public_stream(const RequestHead& head);
  bool take_stream_seat(const std::string& who, std::size_t most);
  void start_stream(std::string stream, std::string owner, std::string_view last_event_id);
  void flush_stream();

  void want(Interest interest);
  void due_in(Micros delay);

  ServerShard& shard_;
  ServerSocket socket_;
  const bool local_;
  Seats::Seat seat_, stream_seat_;
  Phase phase_;
  Interest interest_ = Interest::read;
  bool close_after_ = false;
  bool head_only_ = false;
  bool expects_continue_ = false;
  SteadyTime deadline_;
  SteadyTime asked_at_{};  // when the request was handed to a worker

  std::string inbox_;  // received and not consumed
  std::unique_ptr<RequestReader> body_reader_;
  Request request_;
  std::size_t body_held_ = 0;  // bytes of the body so far

  std::shared_ptr<const ReadyBytes> output_;
  std::size_t output_begin_ = 0, output_end_ = 0;

  std::string stream_, stream_owner_;
  std::string backlog_;  // of the stream
  std::size_t backlog_limit_ = 0;
  std::uint64_t last_sequence_ = 0;
};

}  // namespace nocturn::net
