#include <algorithm>
#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/timed_probe.h"
#include "monitoring/probes/transcript.h"
#include "net/connection.h"
#include "net/dns_message.h"
#include "net/resolver.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr int kQuestions = 3;  // over UDP, within the deadline: datagrams get lost
constexpr std::string_view kTypes[] = {"A",  "AAAA", "CNAME", "MX", "TXT",
                                       "NS", "SOA",  "SRV",   "PTR"};
constexpr std::string_view kCodes[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                       "NXDOMAIN", "NOTIMP",  "REFUSED"};

constexpr OptionSpec kOptions[] = {
    {.name = "name",
     .type = OptionType::text,
     .required = true,
     .sentence = "The name to ask for; with type PTR also an IP address."},
    {.name = "type",
     .type = OptionType::text,
     .default_text = "A",
     .sentence = "The type of record to ask for.",
     .choices = kTypes},
    {.name = "server",
     .type = OptionType::text,
     .sentence = "The name server's IP address, with a port unless it is 53; else the system's "
                 "first one, whose silence is our own fault and not the name's."},
    {.name = "expect",
     .type = OptionType::text_list,
     .sentence = "Texts of which each must be in the data of some record of the answer."},
    {.name = "rcode",
     .type = OptionType::text,
     .default_text = "NOERROR",
     .sentence = "The response code that is right.",
     .choices = kCodes},
    {.name = "min_answers",
     .type = OptionType::integer,
     .sentence = "The fewest records of the type that are right; 1 where NOERROR is expected.",
     .lowest = 0},
};

// The name under which an address is looked up in reverse (RFC 1035, section 3.5; RFC 3596).
std::string reverse_name(const net::Address& address) {
  std::string out;
  if (!address.v6) {
    for (int i = 3; i >= 0; --i) out += fmt::format("{}.", address.ip[static_cast<std::size_t>(i)]);
    return out + "in-addr.arpa";
  }
  for (int i = 15; i >= 0; --i) {
    const int byte = address.ip[static_cast<std::size_t>(i)];
    out += fmt::format("{:x}.{:x}.", byte & 0x0F, byte >> 4);
  }
  return out + "ip6.arpa";
}

class DnsProbe final : public TimedProbe, private net::Connection::User {
 public:
  using TimedProbe::TimedProbe;
  ~DnsProbe() override {
    if (!finished()) release();
  }

  void begin(const inventory::Options& options) {
    const auto type = net::dns_type_from(text_option(options, "type", "A"));
    if (!type) return cannot_tell("a type of record that is not known");
    type_ = *type;
    name_ = text_option(options, "name");
    const auto reversed = net::parse_ip(name_, 0);
    if (reversed && type_ == net::DnsType::ptr) name_ = reverse_name(*reversed);
    rcode_ = text_option(options, "rcode", "NOERROR");
    least_ = integer_option(options, "min_answers", rcode_ == "NOERROR" ? 1 : 0);
    expected_ = list_option(options, "expect");
    if (const auto why = choose_server(text_option(options, "server")); !why.empty()) {
      return cannot_tell(why);
    }
    std::uint8_t random[2];
    SystemRandom().fill(random);
    id_ = static_cast<std::uint16_t>(random[0] << 8 | random[1]);
    auto question = net::dns_question(id_, name_, type_);
    if (!question) return cannot_tell(question.error().text());
    question_ = std::move(*question);
    note(fmt::format("> {} {} at {}", net::name_of(type_), name_, server_.text()));
    ask();
  }

 private:
  std::string choose_server(std::string_view server) {
    own_server_ = server.empty();
    if (own_server_) {
      const auto servers = world().resolver.servers();
      if (servers.empty()) return "no name server is configured here";
      server_ = servers.front();
    } else {
      const auto place = net::parse_host_port(server, 53);
      if (!place) return place.error().text();
      const auto address = net::parse_ip(place->host, place->port);
      if (!address) return fmt::format("the server {} is not an IP address", place->host);
      server_ = *address;
    }
    observation().address = server_.text();
    return {};
  }

  void ask() {
    enter(&Phases::first_byte);
    const int family = server_.v6 ? AF_INET6 : AF_INET;
    descriptor_ = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return trouble(net::fault_of(errno, true, server_));
    sockaddr_storage to;
    const unsigned size = net::to_sockaddr(server_, to);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), size) != 0) {
      return trouble(net::fault_of(errno, true, server_));
    }
    world().loop.watch(descriptor_, net::Interest::read, [this](bool, bool) { on_datagram(); });
    watched_ = true;
    send_question();
  }

  void send_question() {
    ++asked_;
    ::send(descriptor_, question_.data(), question_.size(),
           MSG_NOSIGNAL);  // errors come on reading
    if (asked_ >= kQuestions) return;
    again_ = world().loop.after(timeout() / (kQuestions + 1), [this] {
      again_ = 0;
      send_question();
    });
  }

  void on_datagram() {
    char buffer[65536];
    const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      return trouble(net::fault_of(errno, false, server_));
    }
    const std::string_view message(buffer, static_cast<std::size_t>(got));
    auto answer = net::parse_dns_answer(message, id_, name_, type_);
    if (!answer) {  // perhaps forged: the true one may still come
      objection_ = answer.error().message;
      return note("< " + objection_);
    }
    if (answer->truncated) return ask_by_tcp();
    judge(*answer);
  }

  void ask_by_tcp() {
    note("< truncated; again over TCP");
    close_datagrams();
    connection_ =
        std::make_unique<net::Connection>(world().loop, static_cast<net::Connection::User&>(*this));
    connection_->connect(server_);
  }

  void on_connected() override {
    std::string framed;  // RFC 1035, section 4.2.2
    framed += static_cast<char>(question_.size() >> 8);
    framed += static_cast<char>(question_.size() & 0xFF);
    connection_->send(framed + question_);
  }

  void on_received(std::string_view bytes) override {
    heard_.append(bytes);
    if (heard_.size() < 2) return;
    const std::size_t size =
        static_cast<unsigned char>(heard_[0]) * 256u + static_cast<unsigned char>(heard_[1]);
    if (heard_.size() < 2 + size) return;
    const auto message = std::string_view(heard_).substr(2, size);
    const auto answer = net::parse_dns_answer(message, id_, name_, type_);
    if (!answer) return fail(answer.error().message);
    judge(*answer);
  }
  void on_ended() override { fail("the server closed the connection in the middle of its answer"); }
  void on_fault(net::Fault fault) override { trouble(std::move(fault)); }

  void judge(const net::DnsAnswer& answer) {
    enter(&Phases::transfer);
    const auto code = net::rcode_name(answer.rcode);
    note(fmt::format("< {}, {} records", code, answer.answers.size()));
    for (const auto& record : answer.answers) note("< " + record.data);
    const auto count = std::ranges::count(answer.answers, static_cast<std::uint16_t>(type_),
                                          &net::DnsRecord::type);
    observation().metrics.push_back({"answers", static_cast<double>(count), ""});
    if (code != rcode_) {
      if (own_server_ && (code == "SERVFAIL" || code == "REFUSED")) {
        return cannot_tell(fmt::format("our name server answers {}", code));
      }
      return fail(fmt::format("response code {}, expected {}", code, rcode_));
    }
    if (count < least_) {
      return fail(fmt::format("{} records of type {}, at least {} expected", count,
                              net::name_of(type_), least_));
    }
    for (const auto& text : expected_) {
      const bool found = std::ranges::any_of(answer.answers, [&](const net::DnsRecord& record) {
        return record.data.find(text) != record.data.npos;
      });
      if (!found) return fail(fmt::format("\"{}\" is in none of the records", text));
    }
    finish(Outcome::passed, {});
  }

  void on_deadline() override {
    auto what = fmt::format("no answer within {}", to_text(timeout()));
    if (!objection_.empty()) what += fmt::format(", only {}", objection_);
    trouble(net::silence_of(server_, std::move(what)));
  }

  // A system's name server that does not answer is ours.
  void trouble(net::Fault fault) {
    auto reason = fmt::format("{}: {}", server_.text(), fault.what);
    if (own_server_ || fault.blame == net::Blame::ours) return cannot_tell(std::move(reason));
    fail(std::move(reason));
  }

  void fail(std::string reason) { finish(Outcome::failed, std::move(reason)); }
  void cannot_tell(std::string reason) { finish(Outcome::cannot_tell, std::move(reason)); }
  void note(std::string_view line) { add_line(observation().transcript, line); }

  void close_datagrams() {
    if (again_ != 0) world().loop.cancel(std::exchange(again_, 0));
    if (descriptor_ < 0) return;
    if (std::exchange(watched_, false)) world().loop.forget(descriptor_);
    ::close(std::exchange(descriptor_, -1));
  }

  void release() override {
    close_datagrams();
    connection_.reset();
  }

  net::DnsType type_ = net::DnsType::a;
  std::string name_, rcode_, question_, heard_, objection_;
  std::vector<std::string> expected_;
  std::int64_t least_ = 0;
  net::Address server_;
  std::unique_ptr<net::Connection> connection_;
  net::Loop::TimerId again_ = 0;
  int descriptor_ = -1, asked_ = 0;
  std::uint16_t id_ = 0;
  bool own_server_ = false, watched_ = false;
};

std::unique_ptr<RunningProbe> start(const inventory::Check& check, ProbeWorld& world,
                                    ProbeDone done) {
  auto probe = std::make_unique<DnsProbe>(check, world, std::move(done));
  probe->begin(check.options);
  return probe;
}

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  if (const auto name = text_option(options, "name"); name != "." && !is_host_name(name))
    objections.push_back({"name", is_quoted(name), "write a name like search.example.org"});
  const auto server = text_option(options, "server");
  if (server.empty()) return objections;
  const auto place = net::parse_host_port(server, 53);
  if (!place || !net::parse_ip(place->host, place->port))
    objections.push_back({"server", is_quoted(server),
                          "write the name server's IP address, like 192.0.2.53 or [2001:db8::53]"});
  return objections;
}

}  // namespace

ProbeKind dns_kind() {
  return {.spec = {.name = "dns",
                   .sentence = "A name server answers, and the answer holds what it should.",
                   .example = R"({dns: {name: "search.example.org", server: "127.0.0.1:5353", )"
                              R"(expect: "127.0.0.1"}})",
                   .options = kOptions,
                   .default_layer = "network",
                   .judge = &judge},
          .start = &start};
}

}  // namespace nocturn::monitoring
