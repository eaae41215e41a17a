#include "app/hub.h"

#include <sys/stat.h>

#include <algorithm>

#include <boost/json.hpp>

#include "api/router.h"
#include "app/api_tables.h"
#include "app/appliers.h"
#include "app/broadcaster.h"
#include "app/certificate_keeper.h"
#include "app/changes_outside.h"
#include "app/config_keeper.h"
#include "app/copy_maker.h"
#include "app/environment.h"
#include "app/loop_thread.h"
#include "app/own_entries.h"
#include "app/page_keeper.h"
#include "app/public_paths.h"
#include "app/sign_in_providers.h"
#include "app/spare_room.h"
#include "app/tenant_keeper.h"
#include "app/verdict_recorder.h"
#include "base/log.h"
#include "identity/identity.h"
#include "identity/oidc.h"
#include "ledger/export.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "notifications/notifications.h"
#include "series/series.h"

namespace nocturn::app {
namespace {

namespace fs = std::filesystem;

constexpr Micros kHistory = std::chrono::days(status_page::kDaysOfHistory + 1);
constexpr Micros kMinute = std::chrono::minutes(1);
// Requests that cost a mail, from one address: ten at once, then one in six minutes.
constexpr api::Allowance kMailsForStrangers{.burst = 10, .per_second = 1.0 / 360};
// Guesses of a code of eight digits: five, then two an hour.
constexpr api::Allowance kGuesses{.burst = 5, .per_second = 1.0 / 1800};
constexpr Micros kLookForEdits = std::chrono::seconds(2);

Status make_private_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(ErrorCode::unavailable, "{}: {}", folder.string(), error.message());
  return {};
}

class RunningHub final : public Hub {
 public:
  RunningHub(HubOptions options, const Clock& clock, Random& random)
      : options_(std::move(options)),
        clock_(clock),
        random_(random),
        keeper_thread_(clock),
        broadcaster_(clock),
        spare_room_(options_.data),
        config_(options_.config, options_.data / "last-right-config"),
        clock_watch_(clock),
        certificate_(options_.certificate, options_.key,
                     [this] { return server_->renew_certificate(); }),
        subscribing_(clock),
        limits_(clock) {}

  // What callbacks reach is still there when the threads that call stop, top to bottom.
  ~RunningHub() override {
    broadcaster_.serve(nullptr);
    server_.reset();
    if (monitor_ && ledger_) record_minute();  // what was observed since the last full minute
    monitor_.reset();
    keeper_thread_.stop();
    if (notifications_) notifications_->stop();
    publisher_.reset();
    ledger_.reset();  // its threads come to rest before what they tell goes
  }

  Status start() {
    TRY_STATUS(make_private_folder(options_.data));
    spare_room_.give_when_full();
    TRY_STATUS(config_.first());
    TRY_STATUS(open_store());
    TRY_STATUS(start_monitor());
    TRY_STATUS(start_pages());
    publisher_->use(config_.cloud()->copy_targets);
    config_.on_apply([this](const inventory::Cloud& next) { return record_cloud(*ledger_, next); },
                     [this](inventory::CloudPtr next) { run_cloud(std::move(next)); });
    keeper_thread_.loop().post([this] { every_minute(); });
    keeper_thread_.loop().post([this] { look_for_edits(); });
    keeper_thread_.start();
    return {};
  }

  std::string url() const override {
    return (options_.certificate.empty() ? "http://" : "https://") + server_->address();
  }

  std::optional<std::string> first_administrator_url() const override {
    if (!identity_->first_invitation()) return std::nullopt;
    return fmt::format("{}/console/invitations/{}", url(), *identity_->first_invitation());
  }

  void reload() override {
    certificate_.take();
    apply_configuration();
  }

 private:
  Status open_store();
  Status start_monitor();
  Status start_pages();
  Status open_publisher();
  Status open_notifications();
  void run_cloud(inventory::CloudPtr cloud);
  void apply_configuration();
  // Of what is written and does not run: the configuration, the certificate.
  std::vector<inventory::Fault> faults() const;
  void tell_configuration();
  std::string page_url() const;
  Result<status_page::Facts> read_facts();
  Desks desks();
  Vitals vitals() const;
  void on_committed(std::span<const ledger::Entry> entries);
  void every_minute();
  void record_minute();
  void look_for_edits();
  void look_at_clock();

  const HubOptions options_;
  const Clock& clock_;
  Random& random_;
  LoopThread keeper_thread_;
  Broadcaster broadcaster_;
  SpareRoom spare_room_;
  ConfigKeeper config_;
  ClockWatch clock_watch_;
  CertificateKeeper certificate_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<identity::Identity> identity_;
  std::unique_ptr<identity::OidcSignIn> oidc_;
  std::unique_ptr<series::SeriesStore> series_;
  std::unique_ptr<VerdictRecorder> recorder_;
  std::unique_ptr<monitoring::Monitor> monitor_;
  net::PageBoard board_;
  TenantKeeper tenants_{clock_};
  std::unique_ptr<PageKeeper> pages_;
  CopyMaker copies_{[this] { return pages_->view(); }};
  std::unique_ptr<publishing::Publisher> publisher_;
  api::RateLimit subscribing_;  // mails that strangers cause, by address; and guesses of codes
  std::unique_ptr<notifications::Notifications> notifications_;
  api::RateLimit limits_;
  std::unique_ptr<api::Idempotency> idempotency_;
  std::unique_ptr<api::Router> router_;
  std::unique_ptr<PublicPaths> public_;
  std::unique_ptr<net::HttpServer> server_;
  std::optional<WallTime> last_recorded_;  // by hubs before this one
  WallTime recording_since_;
  SteadyTime watching_since_;
  std::string address_;  // as the pages say it; set before the keeper's thread runs
};

Status RunningHub::open_store() {
  const std::string place =
      options_.store.empty() ? (options_.data / "nocturn.db").string() : options_.store;
  database_ = TRY(store::Database::open(place));
  TRY_STATUS(database_->migrate(module_migrations()));

  fs::path memory = options_.ledger_memory;
  if (memory.empty()) {
    memory = fs::absolute(options_.data).lexically_normal();
    memory += ".ledger-memory";
  }
  const std::string url = config_.cloud()->url;
  const std::size_t host = url.find("://");
  ledger_ = TRY(ledger::Ledger::open(
      *database_,
      {.origin = (host == std::string::npos ? "nocturn.invalid" : url.substr(host + 3)) + "/ledger",
       .tiles = options_.data / "ledger",
       .key = options_.data / "keys" / "ledger",
       .memory = memory,
       .appliers = appliers()},
      clock_, random_));
  ledger_->on_committed([this](std::span<const ledger::Entry> entries) { on_committed(entries); });
  if (const auto refusal = ledger_->refusal())
    log::error("app", "the ledger refuses to record: " + refusal->text());
  last_recorded_ = TRY(newest_time(*ledger_));  // before this start records anything
  identity_ = TRY(identity::Identity::open(
      {.keys = options_.data / "keys", .public_url = [this] { return config_.cloud()->url; }},
      *database_, *ledger_, clock_, random_));
  oidc_ = std::make_unique<identity::OidcSignIn>(
      [this] { return sign_in_providers(*config_.cloud()); }, net::fetch, clock_, random_);
  TRY_STATUS(open_notifications());
  identity_->on_ended([this](const std::string& session) { broadcaster_.end_streams(session); });
  series_ = TRY(series::SeriesStore::open(options_.data / "series.db", clock_, {}));
  recorder_ = std::make_unique<VerdictRecorder>(*ledger_, keeper_thread_.loop());
  return {};
}

Status RunningHub::start_monitor() {
  if (!ledger_->refusal()) {
    // A full disk must not keep the watch from starting; what differs is recorded at the next
    // reload then.
    if (const Status told = record_pause(*ledger_, last_recorded_, clock_.wall()); !told)
      log::error("app", "the time without a hub is not recorded: " + told.error().text());
    if (const Status recorded = record_cloud(*ledger_, *config_.cloud()); !recorded)
      log::error("app", "the configuration is not recorded: " + recorded.error().text());
  }
  monitor_ =
      TRY(monitoring::Monitor::start({.variable = environment_variable, .samples = series_.get()},
                                     clock_, [this](const monitoring::VerdictChange& change) {
                                       recorder_->offer(monitoring::to_event(change));
                                     }));
  std::vector<monitoring::VerdictChange> known;
  TRY_STATUS(database_->read([&](store::Reader& reader) -> Status {
    known = TRY(monitoring::recorded_verdicts(reader));
    return {};
  }));
  monitor_->watch(config_.cloud(), std::move(known));
  return {};
}

Status RunningHub::start_pages() {
  const auto first = TRY(ledger_->entries(0, 1));
  watching_since_ = clock_.steady();
  recording_since_ = first.empty() ? clock_.wall() : first[0].time;
  pages_ = std::make_unique<PageKeeper>(
      keeper_thread_.loop(), board_, [this] { return read_facts(); },
      [this](const std::string& row) {
        broadcaster_.tell(net::kPublicStream, "row", row);
        broadcaster_.tell(kOperatorStream, "row", row);
      });
  TRY_STATUS(open_publisher());
  address_ = "http://" + options_.listen;
  TRY_STATUS(pages_->first());
  idempotency_ = std::make_unique<api::Idempotency>(ledger_->writer(), clock_);
  router_ = std::make_unique<api::Router>(
      api_tables(desks()),
      [this](const net::Request& request) { return identity_->authenticate(request); },
      api::RouterOptions{.check_answers = options_.check_answers,
                         .limits = &limits_,
                         .idempotency = idempotency_.get()});
  net::ServerOptions serving{.listen = options_.listen,
                             .unix_socket = (options_.data / "hub.sock").string(),
                             .admit = [this](const net::Request& head, std::size_t length) {
                               return router_->refuse_body(head, length);
                             }};
  if (!options_.certificate.empty()) serving.tls = {options_.certificate, options_.key};
  public_ =
      std::make_unique<PublicPaths>(PublicPaths{.view = [this] { return pages_->view(); },
                                                .vitals = [this] { return vitals(); },
                                                .trouble = [this]() -> std::optional<std::string> {
                                                  if (const auto refusal = ledger_->refusal())
                                                    return "ledger: " + refusal->text();
                                                  return std::nullopt;
                                                },
                                                .ledger_files = options_.data / "ledger",
                                                .router = *router_,
                                                .subscriptions = notifications_->desk()});
  server_ = TRY(net::HttpServer::start(
      std::move(serving), clock_, board_,
      [this](const net::Request& request) { return public_->answer(request); }));
  broadcaster_.serve(server_.get());
  address_ = url();
  notifications_->start();
  return {};
}

Status RunningHub::open_publisher() {
  std::vector<publishing::KnownFailure> known;
  TRY_STATUS(database_->read([&](store::Reader& reader) -> Status {
    known = TRY(publishing::known_failures(reader));
    return {};
  }));
  publisher_ = publishing::Publisher::start({.work = options_.data / "publishing",
                                             .variable = environment_variable,
                                             .newest = [this] { return copies_.newest(); },
                                             .tell =
                                                 [this](ledger::Event event) {
                                                   record_soon(*ledger_, std::move(event),
                                                               "how copies of the pages stand");
                                                 },
                                             .known = std::move(known)},
                                            clock_);
  pages_->on_change([this] {
    publisher_->mark_changed();
    notifications_->look(pages_->view());
  });
  return {};
}

Status RunningHub::open_notifications() {
  notifications_ = TRY(notifications::Notifications::open(
      {.ledger = ledger_.get(),
       .database = database_.get(),
       .clock = &clock_,
       .random = &random_,
       .loop = &keeper_thread_.loop(),
       .key = options_.data / "keys" / "notifications",
       .cloud = [this] { return config_.cloud(); },
       .page = [this] { return page_url(); },
       .variable = environment_variable,
       .admits =
           [this](std::string_view source) {
             return subscribing_.take(source, kMailsForStrangers).allowed;
           },
       .admits_code =
           [this](std::string_view recipient) {
             return subscribing_.take(recipient, kGuesses).allowed;
           }}));
  return {};
}

Desks RunningHub::desks() {
  return {
      .identity = {.identity = identity_.get(), .oidc = oidc_.get()},
      .status_page = {.view = [this] { return pages_->view(); },
                      .stands = [this] { return monitor_->stands(); },
                      .ledger = ledger_.get()},
      .monitoring = {.monitor = monitor_.get(),
                     .cloud = [this] { return config_.cloud(); },
                     .database = database_.get(),
                     .series = series_.get(),
                     .ledger = ledger_.get(),
                     .clock = &clock_},
      .inventory = {.cloud = [this] { return config_.cloud(); },
                    .faults = [this] { return faults(); },
                    .apply = [this] { return config_.apply(); },
                    .compare = [this](const fs::path& folder) { return config_.compare(folder); }},
      .customers = {.ledger = ledger_.get(),
                    .database = database_.get(),
                    .clock = &clock_,
                    .random = &random_,
                    .cloud = [this] { return config_.cloud(); }},
      .notifications = {.ledger = ledger_.get(),
                        .database = database_.get(),
                        .clock = &clock_,
                        .random = &random_,
                        .notifications = notifications_.get(),
                        .view = [this] { return pages_->view(); }},
      .publishing = {.publisher = publisher_.get()},
      .ledger = {.ledger = ledger_.get(), .write_export = [this](const fs::path& to) {
                   return to.extension() == ".jsonl"
                              ? ledger::export_lines(*database_, options_.data / "ledger", to)
                              : ledger::export_folder(*database_, options_.data / "ledger", to);
                 }}};
}

// Where letters say that the page is.
std::string RunningHub::page_url() const {
  const std::string url = config_.cloud()->url;
  return options_.links_to_itself || url.empty() ? address_ : url;
}

Result<status_page::Facts> RunningHub::read_facts() {
  const WallTime now = clock_.wall();
  status_page::Facts facts{.cloud = config_.cloud(),
                           .now = now,
                           .recording_since = recording_since_,
                           .watching_since = now - (clock_.steady() - watching_since_),
                           .address = address_,
                           .stands = monitor_->stands(),
                           .tenants = TRY(tenants_.names(*database_))};
  facts.takes_subscriptions = !facts.cloud->notifications.from.empty();
  TRY_STATUS(database_->read([&](store::Reader& reader) -> Status {
    // What was recorded while the clock was ahead is read, too.
    const WallTime from = now - kHistory, until = now + kHistory;
    facts.measured = TRY(monitoring::measured_intervals(reader, from, until));
    facts.declared = TRY(status_page::declared_intervals(reader, from, until));
    facts.beginnings = TRY(inventory::beginnings(reader));
    return {};
  }));
  return facts;
}

void RunningHub::run_cloud(inventory::CloudPtr cloud) {
  publisher_->use(cloud->copy_targets);
  monitor_->watch(std::move(cloud), {});
  notifications_->configure();
  pages_->mark_changed();
  tell_configuration();
}

void RunningHub::apply_configuration() {
  if (const auto applied = config_.apply(); !applied) {
    log::error("app", "the configuration stays as it was: " + applied.error().text());
    tell_configuration();  // its faults are news, too
  }
}

std::vector<inventory::Fault> RunningHub::faults() const {
  auto faults = config_.faults();
  if (auto fault = certificate_.fault()) faults.push_back(*std::move(fault));
  return faults;
}

void RunningHub::tell_configuration() { broadcaster_.tell(kOperatorStream, "config", "{}"); }

void RunningHub::on_committed(std::span<const ledger::Entry> entries) {
  // Minutes come steadily and change nothing that the public sees.
  const bool matters = std::ranges::any_of(
      entries, [](const ledger::Entry& entry) { return entry.event.type != monitoring::kMinute; });
  tenants_.look_at(entries);
  if (notifications_) notifications_->look_at(entries);
  if (matters && pages_) pages_->mark_changed();
  for (const ledger::Entry& entry : entries) {
    broadcaster_.tell(kOperatorStream, "entry",
                      boost::json::serialize(JsonObject{{"index", entry.index},
                                                        {"type", entry.event.type},
                                                        {"object", entry.event.object},
                                                        {"at", to_rfc3339(entry.time)}}));
  }
}

void RunningHub::every_minute() {
  record_minute();
  identity_->every_minute();
  notifications_->tidy_up();
  spare_room_.keep();
  keeper_thread_.loop().after(kMinute, [this] { every_minute(); });
}

void RunningHub::record_minute() {
  if (auto minute = monitor_->take_minute()) recorder_->offer(std::move(*minute));
}

// The pages show times of the wall clock: after a step they are made anew at once.
void RunningHub::look_at_clock() {
  const std::optional<Micros> step = clock_watch_.step();
  if (!step) return;
  log::warning("app", "the clock was set",
               {{"by_seconds", std::chrono::duration_cast<std::chrono::seconds>(*step).count()}});
  pages_->mark_changed();
}

void RunningHub::look_for_edits() {
  look_at_clock();
  certificate_.look();
  if (config_.edited()) apply_configuration();
  config_.record_what_waits();
  keeper_thread_.loop().after(kLookForEdits, [this] { look_for_edits(); });
}

Vitals RunningHub::vitals() const {
  return {.http = server_->counters(),
          .probes = monitor_->counters(),
          .ledger_entries = ledger_->checkpoint().size,
          .verdicts_waiting = recorder_->waiting(),
          .page_rebuilds = pages_->rebuilds(),
          .configuration_faults = config_.faults().size(),
          .certificate_ends = server_->certificate_ends(),
          .certificate_refused = certificate_.fault().has_value(),
          .ledger_refuses = ledger_->refusal().has_value(),
          .page_age_seconds = std::chrono::duration<double>(pages_->age()).count(),
          .deliveries = notifications_->facts(),
          .copies = publisher_->states()};
}

}  // namespace

Result<std::unique_ptr<Hub>> Hub::start(HubOptions options, const Clock& clock, Random& random) {
  auto hub = std::make_unique<RunningHub>(std::move(options), clock, random);
  TRY_STATUS(hub->start());
  return hub;
}

}  // namespace nocturn::app
