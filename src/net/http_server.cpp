#include "net/http_server.h"

#include <unistd.h>

#include <algorithm>
#include <future>
#include <thread>

#include "net/client_address.h"
#include "net/http_server_listener.h"
#include "net/http_server_shard.h"

namespace nocturn::net {
namespace {

constexpr Micros kPatienceAtTheEnd = std::chrono::seconds(5);
// Connections beyond the limit that may be open at once only to be told so.
constexpr std::size_t kTurnedAway = 256;
constexpr std::size_t kTurnedAwayOfAddress = 16;

int loop_count(int wanted) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return wanted > 0 ? wanted : std::max(1, cores);
}

// Kept alive by both sides: whoever waits may be gone before the one who tells has returned.
using Signal = std::shared_ptr<std::promise<void>>;

// Runs `task` on the loop's thread and waits for it.
void run_on(Loop& loop, std::function<void()> task) {
  const Signal done = std::make_shared<std::promise<void>>();
  loop.post([task = std::move(task), done] {
    task();
    done->set_value();
  });
  done->get_future().wait();
}

class LoopServer final : public HttpServer {
 public:
  LoopServer(ServerOptions options, const Clock& clock, PageBoard& pages, Handler handler)
      : options_(std::move(options)), clock_(clock), board_(pages), handler_(std::move(handler)) {}
  ~LoopServer() override;

  Status open();
  std::string address() const override { return tcp_->address(); }
  void broadcast(StreamEvent event) override { hub_.broadcast(event); }
  void end_streams(std::string owner) override { hub_.end(owner); }
  Status renew_certificate() override;
  std::optional<WallTime> certificate_ends() const override;
  Counters counters() const override;

 private:
  void start_threads();
  void deal(int descriptor, bool local);
  bool find_seat(ServerShard::Arrival& arrival);
  ServerShard& least_busy();
  std::size_t open_connections() const;

  const ServerOptions options_;
  const Clock& clock_;
  PageBoard& board_;
  const Handler handler_;
  EventHub hub_;
  Seats connection_seats_, stream_seats_;  // by address; by address or account
  std::atomic<std::shared_ptr<const TlsContext>> tls_{nullptr};  // for connections from now on
  std::unique_ptr<Listener> tcp_, unix_;
  std::vector<std::unique_ptr<ServerShard>> shards_;
  std::size_t next_shard_ = 0;
  std::unique_ptr<WorkerPool> workers_;  // gone before the loops it posts to
  std::vector<std::jthread> threads_;
};

Status LoopServer::open() {
  TRY_STATUS(renew_certificate());
  tcp_ = TRY(Listener::open_tcp(options_.listen));
  if (options_.unix_socket) unix_ = TRY(Listener::open_unix(*options_.unix_socket));
  start_threads();
  return {};
}

Status LoopServer::renew_certificate() {
  if (!options_.tls) return {};
  const auto old = tls_.load();
  std::shared_ptr<const TlsContext> fresh = TRY(TlsContext::load(*options_.tls, old.get()));
  if (old && fresh->ends() <= clock_.wall() && old->ends() > fresh->ends())
    return about(options_.tls->certificate,
                 Status(fail(ErrorCode::invalid, "this certificate ended on {}",
                             to_rfc3339(fresh->ends()))));
  tls_ = std::move(fresh);
  return {};
}

std::optional<WallTime> LoopServer::certificate_ends() const {
  const auto tls = tls_.load();
  return tls ? std::optional(tls->ends()) : std::nullopt;
}

void LoopServer::start_threads() {
  workers_ =
      std::make_unique<WorkerPool>(std::max(1, options_.workers), options_.limits.queued_requests);
  const int loops = loop_count(options_.loops);
  for (int i = 0; i < loops; ++i) {
    shards_.push_back(std::make_unique<ServerShard>(
        ServerShard::Shared{options_, clock_, board_, handler_, *workers_, hub_, stream_seats_}));
    hub_.attach(*shards_.back());
  }
  Loop& first = shards_.front()->loop();
  first.post([this, &first] {
    tcp_->start(first, [this](int descriptor) { deal(descriptor, false); });
    if (unix_) unix_->start(first, [this](int descriptor) { deal(descriptor, true); });
  });
  for (const auto& shard : shards_) threads_.emplace_back([loop = &shard->loop()] { loop->run(); });
}

LoopServer::~LoopServer() {
  if (threads_.empty()) return;  // open() failed
  run_on(shards_.front()->loop(), [this] {
    tcp_->stop();
    if (unix_) unix_->stop();
  });
  std::vector<Signal> drained;
  for (const auto& shard : shards_) {
    const Signal done = drained.emplace_back(std::make_shared<std::promise<void>>());
    shard->loop().post([shard = shard.get(), done] {
      shard->drain(kPatienceAtTheEnd, [done] { done->set_value(); });
    });
  }
  for (const Signal& done : drained) done->get_future().wait();
  workers_.reset();
  for (const auto& shard : shards_) shard->loop().stop();
  threads_.clear();
}

std::size_t LoopServer::open_connections() const {
  std::size_t count = 0;
  for (const auto& shard : shards_)
    count += shard->counters().connections.load(std::memory_order_relaxed);
  return count;
}

ServerShard& LoopServer::least_busy() {
  // Begins behind the one chosen last, so that equals take turns.
  ServerShard* best = nullptr;
  std::uint64_t fewest = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    ServerShard& shard = *shards_[(next_shard_ + i) % shards_.size()];
    const std::uint64_t connections = shard.counters().connections.load(std::memory_order_relaxed);
    if (best != nullptr && connections >= fewest) continue;
    best = &shard;
    fewest = connections;
  }
  next_shard_ = (next_shard_ + 1) % shards_.size();
  CHECK(best != nullptr);  // there is always a shard
  return *best;
}

void LoopServer::deal(int descriptor, bool local) {
  ServerShard::Arrival arrival{.descriptor = descriptor,
                               .tls = local ? nullptr : tls_.load(),
                               .local = local,
                               .refusal = 0,
                               .seat = nullptr};
  // The owner's own way in stays open, whatever the public does; under TLS being told would cost
  // the handshake that there is no room for.
  if (local || (find_seat(arrival) && (arrival.refusal == 0 || arrival.tls == nullptr)))
    least_busy().adopt(arrival);
  else
    ::close(descriptor);
}

// False when there is not even room to be told that there is none.
bool LoopServer::find_seat(ServerShard::Arrival& arrival) {
  const ServerLimits& limits = options_.limits;
  const std::size_t open = open_connections();
  if (open >= limits.connections) arrival.refusal = 503;
  if (open >= limits.connections + kTurnedAway) return false;
  const std::string peer = peer_address(arrival.descriptor);
  if (is_loopback(peer)) return true;
  const std::string block = address_block(peer);
  arrival.seat = connection_seats_.take(block, limits.connections_per_address);
  if (arrival.seat) return true;
  arrival.refusal = 429;
  arrival.seat =
      connection_seats_.take(block, limits.connections_per_address + kTurnedAwayOfAddress);
  return arrival.seat != nullptr;
}

HttpServer::Counters LoopServer::counters() const {
  Counters sum{};
  for (const auto& shard : shards_) {
    const ShardCounters& one = shard->counters();
    sum.requests += one.requests.load(std::memory_order_relaxed);
    sum.pages += one.pages.load(std::memory_order_relaxed);
    sum.not_modified += one.not_modified.load(std::memory_order_relaxed);
    sum.handled += one.handled.load(std::memory_order_relaxed);
    sum.refused += one.refused.load(std::memory_order_relaxed);
    sum.streams += one.streams.load(std::memory_order_relaxed);
    sum.connections += one.connections.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerOptions options, const Clock& clock,
                                                      PageBoard& pages, Handler handler) {
  auto server = std::make_unique<LoopServer>(std::move(options), clock, pages, std::move(handler));
  TRY_STATUS(server->open());
  return server;
}

}  // namespace nocturn::net
