#include "net/http_server_shard.h"

#include <algorithm>

#include "net/http_server_connection.h"

namespace nocturn::net {
namespace {

constexpr Micros kEndingsKept = std::chrono::minutes(1);

// Deadlines are looked at this often: a tenth of the shortest, within reason.
Micros sweep_interval(const ServerLimits& limits) {
  const Micros shortest =
      std::min({limits.head_time, limits.body_time, limits.idle_time, limits.write_time});
  return std::clamp<Micros>(shortest / 10, std::chrono::milliseconds(10), std::chrono::seconds(1));
}

}  // namespace

void EventHub::broadcast(const StreamEvent& event) {
  const std::lock_guard lock(mutex_);
  const EventHistory::Entry entry = histories_[event.stream].add(event);
  for (ServerShard* shard : shards_)
    shard->loop().post([shard, entry, stream = event.stream] { shard->deliver(stream, entry); });
}

EventHistory::Start EventHub::start(const std::string& stream, std::string_view last_event_id) {
  const std::lock_guard lock(mutex_);
  return histories_[stream].start(last_event_id);
}

void EventHub::end(const std::string& owner) {
  for (ServerShard* shard : shards_)
    shard->loop().post([shard, owner] { shard->end_streams(owner); });
}

ServerShard::ServerShard(const Shared& shared)
    : shared_(shared),
      loop_(shared.clock),
      shelf_(shared.board, loop_, !shared.options.tls),
      scratch_(std::make_unique<std::array<char, 64 * 1024>>()),
      reader_(new_reader()) {
  loop_.post([this] {
    sweep();
    heartbeat();
  });
}

ServerShard::~ServerShard() = default;

std::unique_ptr<RequestReader> ServerShard::new_reader() const {
  return std::make_unique<RequestReader>(
      ReaderLimits{limits().header_bytes, limits().body_bytes,
                   shared_.options.admit ? limits().large_body_bytes : 0});
}

void ServerShard::adopt(const Arrival& arrival) {
  counters_.connections.fetch_add(1, std::memory_order_relaxed);
  loop_.post([this, arrival] { ServerConnection::open(*this, arrival); });
}

void ServerShard::enter(ServerConnection& connection) {
  connection.place = connections_.size();
  connections_.push_back(&connection);
}

void ServerShard::leave(ServerConnection& connection, bool was_stream) {
  connections_.back()->place = connection.place;
  connections_[connection.place] = connections_.back();
  connections_.pop_back();
  if (was_stream) {
    std::erase(streams_, &connection);
    counters_.streams.fetch_sub(1, std::memory_order_relaxed);
  }
  counters_.connections.fetch_sub(1, std::memory_order_relaxed);
  tell_if_empty();
}

void ServerShard::join_streams(ServerConnection& connection) {
  streams_.push_back(&connection);
  counters_.streams.fetch_add(1, std::memory_order_relaxed);
}

void ServerShard::visit_all(const std::vector<ServerConnection*>& members,
                            const std::function<void(ServerConnection&)>& visit) {
  // From the back: a member that leaves is replaced by one that was visited.
  for (std::size_t i = members.size(); i > 0; --i)
    if (i <= members.size()) visit(*members[i - 1]);
}

void ServerShard::sweep() {
  visit_all(connections_,
            [now = loop_.now()](ServerConnection& connection) { connection.sweep(now); });
  loop_.after(sweep_interval(limits()), [this] { sweep(); });
}

void ServerShard::heartbeat() {
  visit_all(streams_, [](ServerConnection& stream) { stream.push(":\n\n"); });
  loop_.after(limits().heartbeat, [this] { heartbeat(); });
}

void ServerShard::deliver(const std::string& stream, const EventHistory::Entry& entry) {
  visit_all(streams_, [&](ServerConnection& reader) { reader.deliver(stream, entry); });
}

void ServerShard::end_streams(const std::string& owner) {
  CHECK(!owner.empty());  // nobody's streams belong to everybody
  visit_all(streams_, [&](ServerConnection& reader) {
    if (reader.stream_owner() == owner) reader.close();
  });
  const SteadyTime now = loop_.now();
  while (!endings_.empty() && now - endings_.front().at > kEndingsKept) endings_.pop_front();
  endings_.push_back({owner, now});
}

bool ServerShard::ended_since(const std::string& owner, SteadyTime moment) const {
  return std::ranges::any_of(
      endings_, [&](const Ending& ending) { return ending.at >= moment && ending.owner == owner; });
}

void ServerShard::drain(Micros patience, std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  visit_all(connections_, [](ServerConnection& connection) { connection.drain(); });
  loop_.after(patience, [this] {
    visit_all(connections_, [](ServerConnection& connection) { connection.close(); });
  });
  tell_if_empty();
}

void ServerShard::tell_if_empty() {
  if (draining_ && connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

}  // namespace nocturn::net
