#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/timed_probe.h"
#include "monitoring/probes/tls_options.h"
#include "monitoring/probes/transcript.h"
#include "net/fault.h"
#include "net/resolver.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr int kMostEchoes = 20;
constexpr Micros kLongestPause = std::chrono::milliseconds(200);

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "The host to ping, a name or an IP address."},
    {.name = "count",
     .type = OptionType::integer,
     .default_text = "3",
     .sentence = "How many echoes to ask for.",
     .lowest = 1,
     .highest = kMostEchoes},
    {.name = "max_loss",
     .type = OptionType::real,
     .default_text = "50",
     .sentence = "The largest loss, in percent, that is right.",
     .lowest = 0,
     .highest = 99.9},
    kFamilyOption,
};

// One echo request or reply (RFC 792, RFC 4443). The cookie tells our probe's echoes from those
// of others where the identifier does not.
struct Echo {
  std::uint8_t type = 0, code = 0;
  std::uint16_t checksum = 0, identifier = 0, sequence = 0;
  std::array<std::uint8_t, 8> cookie{};
};
static_assert(sizeof(Echo) == 16);

std::uint16_t internet_checksum(const Echo& echo) {  // RFC 1071
  std::array<std::uint16_t, sizeof(Echo) / 2> words;
  std::memcpy(words.data(), &echo, sizeof echo);
  std::uint32_t sum = 0;
  for (const auto word : words) sum += word;
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

class IcmpProbe final : public TimedProbe {
 public:
  using TimedProbe::TimedProbe;
  ~IcmpProbe() override {
    if (!finished()) release();
  }

  void begin(const inventory::Options& options) {
    count_ = static_cast<int>(
        std::clamp<std::int64_t>(integer_option(options, "count", 3), 1, kMostEchoes));
    most_loss_ = real_option(options, "max_loss", 50);
    const std::string host(text_option(options, "target"));
    if (const auto literal = net::parse_ip(host, 0)) return ping(*literal);
    enter(&Phases::resolve);
    lookup_ = world().resolver.resolve(host, 0, family_option(options),
                                       [this](net::Resolver::Answer answer) {
                                         const auto lookup = std::move(lookup_);
                                         if (!answer) return trouble(std::move(answer.error()));
                                         ping(answer->front());
                                       });
  }

 private:
  void ping(const net::Address& to) {
    enter(&Phases::first_byte);
    to_ = to;
    observation().address = to.ip_text();
    if (!open_socket()) return;
    SystemRandom().fill(cookie_);
    world().loop.watch(descriptor_, net::Interest::read, [this](bool, bool) { on_packet(); });
    send_next();
  }

  // A datagram socket needs no rights where the system allows it; a raw one needs CAP_NET_RAW.
  bool open_socket() {
    const int family = to_.v6 ? AF_INET6 : AF_INET;
    const int protocol = to_.v6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
    constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    descriptor_ = ::socket(family, SOCK_DGRAM | kFlags, protocol);
    if (descriptor_ < 0 && (errno == EACCES || errno == EPERM || errno == EPROTONOSUPPORT)) {
      raw_ = true;
      descriptor_ = ::socket(family, SOCK_RAW | kFlags, protocol);
    }
    if (descriptor_ < 0 && (errno == EACCES || errno == EPERM)) {
      cannot_tell(
          "ICMP is not allowed here; set sysctl net.ipv4.ping_group_range=\"0 2147483647\" "
          "or give the program CAP_NET_RAW");
      return false;
    }
    sockaddr_storage address;
    const unsigned size = net::to_sockaddr(to_, address);
    if (descriptor_ < 0 ||
        ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
      trouble(net::fault_of(errno, true, to_));
      return false;
    }
    return true;
  }

  void send_next() {
    Echo echo;
    echo.type = to_.v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    echo.identifier = static_cast<std::uint16_t>(cookie_[0] << 8 | cookie_[1]);
    echo.sequence = static_cast<std::uint16_t>(sent_at_.size());
    echo.cookie = cookie_;
    if (!to_.v6) echo.checksum = internet_checksum(echo);  // the kernel does ICMPv6's
    sent_at_.push_back(world().loop.clock().steady());
    round_trips_.push_back(Micros(-1));
    if (::send(descriptor_, &echo, sizeof echo, MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
      if (const auto fault = net::fault_of(errno, true, to_); fault.blame == net::Blame::ours) {
        return trouble(fault);
      }
    }
    if (static_cast<int>(sent_at_.size()) >= count_) return;
    const Micros pause = std::min(kLongestPause, timeout() / (count_ + 1));
    next_ = world().loop.after(pause, [this] {
      next_ = 0;
      send_next();
    });
  }

  void on_packet() {
    std::array<std::uint8_t, 1500> packet;
    const ssize_t got = ::recv(descriptor_, packet.data(), packet.size(), 0);
    if (got < 0) {
      if (errno != EAGAIN && errno != EINTR) note(fmt::format("< {}", std::strerror(errno)));
      return;
    }
    std::size_t begins = 0;  // a raw IPv4 socket hands over the IP header, too
    if (raw_ && !to_.v6 && got > 0) begins = (packet[0] & 0x0Fu) * 4u;
    if (static_cast<std::size_t>(got) < begins + sizeof(Echo)) return;
    Echo echo;
    std::memcpy(&echo, packet.data() + begins, sizeof echo);
    const auto reply = to_.v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    if (echo.type != reply || echo.cookie != cookie_) return;
    if (echo.sequence >= sent_at_.size() || round_trips_[echo.sequence] >= Micros(0)) return;
    round_trips_[echo.sequence] = world().loop.clock().steady() - sent_at_[echo.sequence];
    if (std::ranges::count(round_trips_, Micros(-1)) == 0 &&
        static_cast<int>(sent_at_.size()) == count_) {
      judge();
    }
  }

  void on_deadline() override {
    if (is_in(&Phases::resolve)) return cannot_tell("our name servers did not answer in time");
    judge();
  }

  void judge() {
    std::vector<Micros> came;
    std::ranges::copy_if(round_trips_, std::back_inserter(came),
                         [](Micros time) { return time >= Micros(0); });
    const double loss = 100.0 * (1.0 - static_cast<double>(came.size()) / count_);
    auto& metrics = observation().metrics;
    metrics.push_back({"loss", loss, "%"});
    if (!came.empty()) {
      Micros sum{0};
      for (const auto time : came) sum += time;
      const auto in_ms = [](Micros time) { return static_cast<double>(time.count()) / 1000; };
      metrics.push_back({"rtt_min", in_ms(std::ranges::min(came)), "ms"});
      metrics.push_back({"rtt_avg", in_ms(sum) / static_cast<double>(came.size()), "ms"});
      metrics.push_back({"rtt_max", in_ms(std::ranges::max(came)), "ms"});
    }
    note(fmt::format("< {} of {} echoes", came.size(), count_));
    if (loss <= most_loss_) return finish(Outcome::passed, {});
    auto reason = fmt::format("{} of {} echoes came back ({:.0f}% loss), at most {}% loss expected",
                              came.size(), count_, loss, most_loss_);
    trouble(net::silence_of(to_, std::move(reason)));
  }

  void trouble(net::Fault fault) {
    const auto outcome = fault.blame == net::Blame::ours ? Outcome::cannot_tell : Outcome::failed;
    finish(outcome, std::move(fault.what));
  }
  void cannot_tell(std::string reason) { finish(Outcome::cannot_tell, std::move(reason)); }
  void note(std::string_view line) { add_line(observation().transcript, line); }

  void release() override {
    lookup_.reset();
    if (next_ != 0) world().loop.cancel(std::exchange(next_, 0));
    if (descriptor_ < 0) return;
    if (!sent_at_.empty()) world().loop.forget(descriptor_);
    ::close(std::exchange(descriptor_, -1));
  }

  net::Address to_;
  std::unique_ptr<net::Resolver::Lookup> lookup_;
  std::array<std::uint8_t, 8> cookie_{};
  std::vector<SteadyTime> sent_at_;
  std::vector<Micros> round_trips_;  // by sequence; negative: not back yet
  double most_loss_ = 50;
  net::Loop::TimerId next_ = 0;
  int count_ = 3, descriptor_ = -1;
  bool raw_ = false;
};

std::unique_ptr<RunningProbe> start(const inventory::Check& check, ProbeWorld& world,
                                    ProbeDone done) {
  auto probe = std::make_unique<IcmpProbe>(check, world, std::move(done));
  probe->begin(check.options);
  return probe;
}

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  if (const auto target = text_option(options, "target"); !is_host_name(target))
    return {{"target", is_quoted(target), "write a host name or an IP address, without a port"}};
  return {};
}

}  // namespace

ProbeKind icmp_kind() {
  return {.spec = {.name = "icmp",
                   .sentence = "A host answers pings, and not too many are lost.",
                   .example = R"({icmp: {target: "127.0.0.1", count: 3, max_loss: 50}})",
                   .options = kOptions,
                   .default_layer = "host",
                   .judge = &judge},
          .start = &start};
}

}  // namespace nocturn::monitoring
