#include "net/resolver.h"

#include <algorithm>
#include <cstring>

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace nocturn::net {
namespace {

constexpr int kMostLookups = 4096;
constexpr auto kLookAgainAtFile = std::chrono::seconds(5);
constexpr const char* kResolvConf = "/etc/resolv.conf";

struct Query {
  Resolver::Done done;  // empty once abandoned or told
  Resolver::Answer answer;
  std::string host;
  std::uint16_t port = 0;
};

class Pending final : public Resolver::Lookup {
 public:
  explicit Pending(std::shared_ptr<Query> query) : query_(std::move(query)) {}
  ~Pending() override { query_->done = nullptr; }

 private:
  std::shared_ptr<Query> query_;
};

// NXDOMAIN and "no such record" are facts about the name. Everything else is a name server that
// does not answer, refuses, or could not find out (SERVFAIL also comes from a healthy resolver
// that lost its uplink): no ground for blaming whoever owns the name. The `dns` probe asks
// servers directly where that matters.
Fault fault_of_status(int status, const std::string& host) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENONAME: return {Blame::theirs, fmt::format("the name {} does not exist", host)};
    case ARES_ENODATA: return {Blame::theirs, fmt::format("the name {} has no address", host)};
    case ARES_EBADNAME: return {Blame::theirs, fmt::format("\"{}\" cannot be a name", host)};
    case ARES_ETIMEOUT: return {Blame::ours, "our name servers do not answer"};
    case ARES_ECONNREFUSED: return {Blame::ours, "our name servers cannot be reached"};
    case ARES_ESERVFAIL: return {Blame::ours, "our name servers cannot find out (SERVFAIL)"};
    case ARES_EREFUSED: return {Blame::ours, "our name servers refuse to answer"};
    default: return {Blame::ours, fmt::format("look-up failed: {}", ares_strerror(status))};
  }
}

std::vector<Address> addresses_in(const ares_addrinfo* found, std::uint16_t port) {
  std::vector<Address> addresses;
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, node->ai_addr, std::min<std::size_t>(node->ai_addrlen, sizeof storage));
    if (auto address = from_sockaddr(storage)) {
      address->port = port;
      addresses.push_back(*address);
    }
  }
  return addresses;
}

std::string stamp_of_resolv_conf() {
  struct stat info;
  if (stat(kResolvConf, &info) != 0) return {};
  return fmt::format("{}.{}.{}", info.st_ino, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

}  // namespace

struct Resolver::State : std::enable_shared_from_this<State> {
  State(Loop& on, Options with) : loop(on), options(std::move(with)) { open_channel(); }
  ~State() { close_channel(); }

  void open_channel() {
    ares_options settings{};
    settings.timeout = static_cast<int>(options.first_timeout.count() / 1000);
    settings.tries = options.tries;
    settings.sock_state_cb = &State::socket_changed;
    settings.sock_state_cb_data = this;
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    const int status = ares_init_options(&channel, &settings, mask);
    CHECK(status == ARES_SUCCESS);  // fails only without memory
    if (!options.servers.empty()) ares_set_servers_ports_csv(channel, options.servers.c_str());
    stamp = stamp_of_resolv_conf();
  }

  void close_channel() {
    if (timer != 0) loop.cancel(timer);
    timer = 0;
    ares_destroy(channel);  // calls back, with ARES_EDESTRUCTION, whatever is under way
    for (const int descriptor : watched) loop.forget(descriptor);
    watched.clear();
  }

  void reopen_when_resolv_conf_changed() {
    if (!options.servers.empty() || running > 0 || loop.now() - looked < kLookAgainAtFile) return;
    looked = loop.now();
    if (stamp_of_resolv_conf() == stamp) return;
    close_channel();
    open_channel();
  }

  static void socket_changed(void* self, ares_socket_t descriptor, int readable, int writable) {
    static_cast<State*>(self)->watch(descriptor, readable != 0, writable != 0);
  }

  void watch(int descriptor, bool readable, bool writable) {
    const auto place = std::find(watched.begin(), watched.end(), descriptor);
    if (!readable && !writable) {
      if (place == watched.end()) return;
      loop.forget(descriptor);
      watched.erase(place);
      return;
    }
    const auto interest = readable && writable ? Interest::both
                          : readable           ? Interest::read
                                               : Interest::write;
    if (place != watched.end()) {
      loop.change(descriptor, interest);
      return;
    }
    watched.push_back(descriptor);
    loop.watch(descriptor, interest, [this, descriptor](bool can_read, bool can_write) {
      process(can_read ? descriptor : ARES_SOCKET_BAD, can_write ? descriptor : ARES_SOCKET_BAD);
    });
  }

  void process(ares_socket_t readable, ares_socket_t writable) {
    const auto keep = shared_from_this();
    ares_process_fd(channel, readable, writable);
    arm();
    tell();
  }

  void arm() {
    if (timer != 0) loop.cancel(timer);
    timer = 0;
    timeval wait{};
    if (running == 0 || ares_timeout(channel, nullptr, &wait) == nullptr) return;
    const auto delay = std::chrono::seconds(wait.tv_sec) + Micros(wait.tv_usec);
    timer = loop.after(delay, [this] {
      timer = 0;
      process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    });
  }

  static void answered(void* argument, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<Started> started(static_cast<Started*>(argument));
    auto& query = *started->query;
    --started->state->running;
    if (status == ARES_SUCCESS && found != nullptr) query.answer = addresses_in(found, query.port);
    if (found != nullptr) ares_freeaddrinfo(found);
    if (status != ARES_SUCCESS) {
      query.answer = std::unexpected(fault_of_status(status, query.host));
    } else if (query.answer->empty()) {
      query.answer = std::unexpected(fault_of_status(ARES_ENODATA, query.host));
    }
    if (status != ARES_EDESTRUCTION) started->state->finished.push_back(started->query);
  }

  // Callbacks run here, where c-ares is not on the stack.
  void tell() {
    while (!finished.empty()) {
      const auto query = finished.front();
      finished.erase(finished.begin());
      if (auto done = std::exchange(query->done, nullptr)) done(std::move(query->answer));
    }
  }

  struct Started {
    State* state;
    std::shared_ptr<Query> query;
  };

  Loop& loop;
  Options options;
  ares_channel channel = nullptr;
  std::vector<int> watched;
  std::vector<std::shared_ptr<Query>> finished;
  Loop::TimerId timer = 0;
  int running = 0;
  std::string stamp;
  SteadyTime looked{};
};

Resolver::Resolver(Loop& loop) : Resolver(loop, Options()) {}
Resolver::Resolver(Loop& loop, Options options)
    : state_(std::make_shared<State>(loop, std::move(options))) {}
Resolver::~Resolver() = default;

std::unique_ptr<Resolver::Lookup> Resolver::resolve(const std::string& host, std::uint16_t port,
                                                    Family family, Done done) {
  state_->reopen_when_resolv_conf_changed();
  auto query = std::make_shared<Query>();
  query->done = std::move(done);
  query->host = host;
  query->port = port;
  if (state_->running >= kMostLookups) {
    query->answer = std::unexpected(Fault{Blame::ours, "too many look-ups at a time"});
    state_->finished.push_back(query);
  } else {
    ares_addrinfo_hints hints{};
    hints.ai_family = family == Family::v4 ? AF_INET : family == Family::v6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ++state_->running;
    ares_getaddrinfo(state_->channel, host.c_str(), nullptr, &hints, &State::answered,
                     new State::Started{state_.get(), query});
    state_->arm();
  }
  if (!state_->finished.empty()) {  // the hosts file answers at once
    state_->loop.post([weak = std::weak_ptr(state_)] {
      if (const auto state = weak.lock()) state->tell();
    });
  }
  return std::make_unique<Pending>(std::move(query));
}

std::vector<Address> Resolver::servers() const {
  std::vector<Address> servers;
  ares_addr_port_node* list = nullptr;
  if (ares_get_servers_ports(state_->channel, &list) != ARES_SUCCESS) return servers;
  for (const auto* node = list; node != nullptr; node = node->next) {
    Address address;
    address.v6 = node->family == AF_INET6;
    address.port = static_cast<std::uint16_t>(node->udp_port == 0 ? 53 : node->udp_port);
    std::memcpy(address.ip.data(), &node->addr, address.v6 ? 16 : 4);
    servers.push_back(address);
  }
  ares_free_data(list);
  return servers;
}

}  // namespace nocturn::net
