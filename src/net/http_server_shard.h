#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/http_reader.h"
#include "net/http_server.h"
#include "net/http_server_pages.h"
#include "net/http_server_seats.h"
#include "net/http_server_socket.h"
#include "net/http_server_workers.h"
#include "net/loop.h"
#include "net/sse.h"

namespace nocturn::net {

class ServerConnection;
class ServerShard;

// Written by one loop's thread, read by any.
struct ShardCounters {
  std::atomic<std::uint64_t> requests = 0, pages = 0, not_modified = 0, handled = 0, refused = 0,
                             streams = 0;
  std::atomic<std::uint64_t> connections = 0;  // counted up by whoever deals them out

  static void add(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

// The event histories of all streams and the loops that must hear of each event. Thread-safe.
class EventHub {
 public:
  void attach(ServerShard& shard) { shards_.push_back(&shard); }  // before anything else
  void broadcast(const StreamEvent& event);
  EventHistory::Start start(const std::string& stream, std::string_view last_event_id);
  void end(const std::string& owner);

 private:
  std::vector<ServerShard*> shards_;
  std::mutex mutex_;  // held while posting, so that loops hear events in their order
  std::map<std::string, EventHistory> histories_;  // by stream; the program knows a few
};

// One event loop with its connections and all they share. Everything but adopt(), counters(),
// loop() and the constructor belongs to the loop's thread.
class ServerShard {
 public:
  struct Shared {
    const ServerOptions& options;
    const Clock& clock;
    const PageBoard& board;
    const Handler& handler;
    WorkerPool& workers;
    EventHub& hub;
    Seats& streams;  // of all shards
  };

  explicit ServerShard(const Shared& shared);
  ~ServerShard();

  struct Arrival {
    int descriptor;
    std::shared_ptr<const TlsContext> tls;  // null: plain
    bool local;
    int refusal;       // one too many: the status to close it with; else 0
    Seats::Seat seat;  // among the connections of its address; null for this machine's own
  };
  // Any thread; takes the descriptor.
  void adopt(const Arrival& arrival);

  // Ends idle connections and streams, and the others once they are answered; those that take
  // longer than `patience` are cut off. Then calls `done`, once.
  void drain(Micros patience, std::function<void()> done);
  bool draining() const { return draining_; }

  void deliver(const std::string& stream, const EventHistory::Entry& entry);
  void end_streams(const std::string& owner);
  // Whether that was called for this owner at `moment` or since, within the last minute: a stream
  // that was asked for before must not begin after.
  bool ended_since(const std::string& owner, SteadyTime moment) const;

  Loop& loop() { return loop_; }
  PageShelf& shelf() { return shelf_; }
  const ServerLimits& limits() const { return shared_.options.limits; }
  const Handler& handler() const { return shared_.handler; }
  const auto& admit() const { return shared_.options.admit; }
  WorkerPool& workers() { return shared_.workers; }
  EventHub& hub() { return shared_.hub; }
  Seats& stream_seats() { return shared_.streams; }
  ShardCounters& counters() { return counters_; }
  // For what is read at once; its contents last until the next read.
  std::span<char> scratch() { return *scratch_; }
  // For heads; a connection that receives a body takes the reader along.
  std::unique_ptr<RequestReader>& reader() { return reader_; }
  std::unique_ptr<RequestReader> new_reader() const;

  // Bytes of bodies that are not complete yet.
  std::size_t bodies_held = 0;

  void enter(ServerConnection& connection);
  void leave(ServerConnection& connection, bool was_stream);
  void join_streams(ServerConnection& connection);

 private:
  void sweep();
  void heartbeat();
  void tell_if_empty();
  // The members may leave while they are visited.
  void visit_all(const std::vector<ServerConnection*>& members,
                 const std::function<void(ServerConnection&)>& visit);

  Shared shared_;
  Loop loop_;
  PageShelf shelf_;
  ShardCounters counters_;
  std::unique_ptr<std::array<char, 64 * 1024>> scratch_;
  std::unique_ptr<RequestReader> reader_;
  std::vector<ServerConnection*> connections_, streams_;
  struct Ending {
    std::string owner;
    SteadyTime at;
  };
  std::deque<Ending> endings_;  // of the last minute, oldest first
  bool draining_ = false;
  std::function<void()> drained_;
};

}  // namespace nocturn::net
