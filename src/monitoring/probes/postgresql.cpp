#include <libpq-fe.h>
#include <sys/ioctl.h>

#include <charconv>
#include <optional>

#include "base/text.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/timed_probe.h"
#include "monitoring/probes/transcript.h"
#include "net/resolver.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::uint16_t kPort = 5432;
constexpr std::size_t kMostBytes = 1024 * 1024;  // of everything the server says
constexpr auto kNoFile = "/nonexistent/file";
constexpr auto kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::string_view kFamilies[] = {"any", "4", "6"};
constexpr std::string_view kSslModes[] = {"disable", "prefer", "require", "verify-ca",
                                          "verify-full"};

constexpr OptionSpec kOptions[] = {
    {.name = "target",
     .type = OptionType::text,
     .required = true,
     .sentence = "Host and port (5432 when left out)."},
    {.name = "user", .type = OptionType::text, .required = true, .sentence = "Role to sign in as."},
    {.name = "password", .type = OptionType::secret, .sentence = "The role's password."},
    {.name = "database",
     .type = OptionType::text,
     .required = true,
     .sentence = "Database to connect to."},
    {.name = "query",
     .type = OptionType::text,
     .default_text = "select 1",
     .sentence = "One statement, run with the role's rights; give it a role that can only read."},
    {.name = "expect",
     .type = OptionType::text,
     .sentence = "Text that the first column of the first row must be."},
    {.name = "min_rows",
     .type = OptionType::integer,
     .default_text = "1",
     .sentence = "Fewest rows that pass.",
     .lowest = 0},
    {.name = "sslmode",
     .type = OptionType::text,
     .default_text = "prefer",
     .sentence = "How far TLS is insisted on, in libpq's words.",
     .choices = kSslModes},
    {.name = "ca_file",
     .type = OptionType::text,
     .sentence =
         "Certificates (PEM) to trust instead of the system's, for verify-ca and verify-full."},
    {.name = "ip_family",
     .type = OptionType::text,
     .default_text = "any",
     .sentence = "Which of the name's addresses to use; one probe uses one address.",
     .choices = kFamilies},
};

struct ConnectionFree {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ResultFree {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultFree>;

// libpq's messages have several lines and end in an empty one.
std::string one_line(const char* message) {
  std::string line;
  for (std::string_view part : split(message == nullptr ? "" : message, '\n')) {
    part = trim(part);
    if (part.empty()) continue;
    if (!line.empty()) line += "; ";
    line += part;
  }
  return line;
}

// libpq without blocking: it is given an address instead of a name, polled when its socket is
// ready, and rows are taken one by one, so that neither time nor memory is the server's choice.
class PostgresqlProbe final : public TimedProbe {
 public:
  using TimedProbe::TimedProbe;
  ~PostgresqlProbe() override {
    if (!finished()) release();
  }

  void begin(const inventory::Options& options) {
    const auto target = net::parse_host_port(text_option(options, "target"), kPort);
    if (!target) return finish(Outcome::cannot_tell, target.error().text());
    auto password = read_secret(section_option(options, "password"), world());
    if (!password) return finish(Outcome::cannot_tell, password.error().text());
    password_ = std::move(*password);
    host_ = target->host;
    user_ = text_option(options, "user");
    database_ = text_option(options, "database");
    query_ = text_option(options, "query", "select 1");
    sslmode_ = text_option(options, "sslmode", "prefer");
    const bool verifies = sslmode_.starts_with("verify");
    ca_file_ = text_option(options, "ca_file", verifies ? kSystemBundle : kNoFile);
    fewest_rows_ = integer_option(options, "min_rows", 1);
    if (has_option(options, "expect")) expected_ = text_option(options, "expect");
    if (const auto literal = net::parse_ip(target->host, target->port)) return connect(*literal);
    enter(&Phases::resolve);
    lookup_ = world().resolver.resolve(
        target->host, target->port, family_option(options), [this](net::Resolver::Answer answer) {
          const auto lookup = std::move(lookup_);  // this function lives in it
          if (!answer) return give_up(answer.error());
          connect(answer->front());
        });
  }

 private:
  void connect(const net::Address& address) {
    address_ = address;
    observation().address = address.text();
    enter(&Phases::connect);
    const std::string ip = address.ip_text();
    const std::string port = std::to_string(address.port);
    // Said outright, so that libpq looks for nothing in the home folder: files that are not there.
    const char* const names[] = {"host",        "hostaddr", "port",       "user",
                                 "password",    "dbname",   "sslmode",    "sslcert",
                                 "sslcrl",      "passfile", "gssencmode", "application_name",
                                 "sslrootcert", nullptr};
    const char* const values[] = {
        host_.c_str(),     ip.c_str(),       port.c_str(),     user_.c_str(), password_.c_str(),
        database_.c_str(), sslmode_.c_str(), kNoFile,          kNoFile,       kNoFile,
        "disable",         "nocturn",        ca_file_.c_str(), nullptr};
    connection_.reset(PQconnectStartParams(names, values, 0));
    if (connection_ == nullptr) return finish(Outcome::cannot_tell, "out of memory");
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return connecting_failed();
    watch(net::Interest::write);
  }

  // libpq may close its socket and open another, with the same number: the watch is made anew
  // for every wait.
  void watch(net::Interest interest) {
    watched_ = PQsocket(connection_.get());
    world().loop.watch(watched_, interest, [this](bool, bool) {
      forget();
      if (asked_) return on_ready_asked();
      go_on_connecting();
    });
  }
  void forget() {
    if (watched_ >= 0) world().loop.forget(std::exchange(watched_, -1));
  }

  void go_on_connecting() {
    if (!within_bounds()) return;
    const PostgresPollingStatusType status = PQconnectPoll(connection_.get());
    note_phase();
    switch (status) {
      case PGRES_POLLING_READING: return watch(net::Interest::read);
      case PGRES_POLLING_WRITING: return watch(net::Interest::write);
      case PGRES_POLLING_OK: return ask();
      default: return connecting_failed();
    }
  }

  void note_phase() {
    switch (PQstatus(connection_.get())) {
      case CONNECTION_SSL_STARTUP:
        if (!is_in(&Phases::tls)) enter(&Phases::tls);
        break;
      case CONNECTION_MADE:
      case CONNECTION_AWAITING_RESPONSE:
      case CONNECTION_AUTH_OK:
      case CONNECTION_SETENV:
        if (!is_in(&Phases::first_byte)) enter(&Phases::first_byte);
        break;
      default: break;
    }
  }

  void connecting_failed() {
    const std::string reason = one_line(PQerrorMessage(connection_.get()));
    const bool out_of_descriptors = reason.find("could not create socket") != reason.npos;
    if (out_of_descriptors || !net::has_route(address_)) {
      return finish(Outcome::cannot_tell, reason);
    }
    finish(Outcome::failed, reason);
  }

  void ask() {
    note(fmt::format("< signed in, server {}", PQserverVersion(connection_.get())));
    note("> " + query_);
    enter(&Phases::transfer);
    // With parameters (none), only one statement is taken.
    if (PQsendQueryParams(connection_.get(), query_.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          0) == 0 ||
        PQsetSingleRowMode(connection_.get()) == 0) {
      return finish(Outcome::failed, one_line(PQerrorMessage(connection_.get())));
    }
    asked_ = true;
    flush_and_wait();
  }

  void flush_and_wait() {
    const int left = PQflush(connection_.get());
    if (left < 0) return finish(Outcome::failed, one_line(PQerrorMessage(connection_.get())));
    watch(left == 0 ? net::Interest::read : net::Interest::both);
  }

  void on_ready_asked() {
    if (!within_bounds()) return;
    if (PQconsumeInput(connection_.get()) == 0) {
      return finish(Outcome::failed, one_line(PQerrorMessage(connection_.get())));
    }
    while (PQisBusy(connection_.get()) == 0) {
      const ResultPtr result(PQgetResult(connection_.get()));
      if (result == nullptr) return judge();
      take(*result);
      if (finished()) return;
    }
    flush_and_wait();
  }

  void take(const PGresult& result) {
    switch (PQresultStatus(&result)) {
      case PGRES_SINGLE_TUPLE:
        if (rows_++ == 0 && PQnfields(&result) > 0 && PQgetisnull(&result, 0, 0) == 0) {
          value_ = PQgetvalue(&result, 0, 0);
        }
        break;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK: break;
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH: return finish(Outcome::failed, "the query is a copy, not a question");
      default: return finish(Outcome::failed, one_line(PQresultErrorMessage(&result)));
    }
  }

  void judge() {
    note(fmt::format("< {} rows, the first value \"{}\"", rows_, value_.value_or("null")));
    observation().metrics.push_back({"rows", static_cast<double>(rows_), ""});
    double number = 0;
    if (value_ && std::from_chars(value_->data(), value_->data() + value_->size(), number).ptr ==
                      value_->data() + value_->size()) {
      observation().metrics.push_back({"value", number, ""});
    }
    if (rows_ < fewest_rows_) {
      return finish(Outcome::failed,
                    fmt::format("{} rows, at least {} expected", rows_, fewest_rows_));
    }
    if (expected_ && value_ != expected_) {
      return finish(Outcome::failed, fmt::format("the value is \"{}\", \"{}\" was expected",
                                                 value_.value_or("null"), *expected_));
    }
    finish(Outcome::passed, {});
  }

  // libpq reads all there is into memory of its own; this looks at how much that is first.
  bool within_bounds() {
    int waiting = 0;
    if (::ioctl(PQsocket(connection_.get()), FIONREAD, &waiting) == 0) {
      heard_ += static_cast<std::size_t>(waiting);
    }
    if (heard_ <= kMostBytes) return true;
    finish(Outcome::failed, fmt::format("the server sends more than {} bytes", kMostBytes));
    return false;
  }

  void on_deadline() override {
    const std::string limit = to_text(timeout());
    if (is_in(&Phases::resolve)) {
      return finish(Outcome::cannot_tell,
                    fmt::format("our name servers did not answer within {}", limit));
    }
    const char* const doing = is_in(&Phases::connect)      ? "connecting"
                              : is_in(&Phases::tls)        ? "in the TLS handshake"
                              : is_in(&Phases::first_byte) ? "signing in"
                                                           : "waiting for the rows";
    give_up(net::silence_of(
        address_, fmt::format("{}: no answer within {}: still {}", address_.text(), limit, doing)));
  }

  void give_up(const net::Fault& fault) {
    finish(fault.blame == net::Blame::ours ? Outcome::cannot_tell : Outcome::failed, fault.what);
  }

  void note(std::string_view line) { add_line(observation().transcript, line); }

  void release() override {
    lookup_.reset();
    forget();
    connection_.reset();
  }

  std::string host_, user_, password_, database_, query_, sslmode_, ca_file_;
  std::optional<std::string> expected_, value_;
  std::int64_t fewest_rows_ = 1, rows_ = 0;
  net::Address address_;
  std::unique_ptr<net::Resolver::Lookup> lookup_;
  std::unique_ptr<PGconn, ConnectionFree> connection_;
  std::size_t heard_ = 0;
  int watched_ = -1;
  bool asked_ = false;
};

std::unique_ptr<RunningProbe> start(const inventory::Check& check, ProbeWorld& world,
                                    ProbeDone done) {
  auto probe = std::make_unique<PostgresqlProbe>(check, world, std::move(done));
  probe->begin(check.options);
  return probe;
}

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  Objections objections;
  judge_target(text_option(options, "target"), kPort, objections);
  return objections;
}

}  // namespace

ProbeKind postgresql_kind() {
  return {.spec = {.name = "postgresql",
                   .sentence = "A PostgreSQL server signs us in and answers a query as expected.",
                   .example = R"({postgresql: {target: "db1.example.org:5432", user: watch, )"
                              R"(password: {file: /etc/nocturn/watch}, database: catalog, )"
                              R"(query: "select count(*) > 0 from record", expect: t}})",
                   .options = kOptions,
                   .default_layer = "service",
                   .judge = &judge},
          .start = &start};
}

}  // namespace nocturn::monitoring
