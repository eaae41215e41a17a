#include "notifications/outbox/postman.h"

#include <mutex>
#include <thread>

#include "base/log.h"
#include "notifications/bounces/intake.h"
#include "notifications/channels/http_post.h"
#include "notifications/channels/maildir.h"

namespace nocturn::notifications {
namespace {

constexpr Micros kLookForBounces = std::chrono::seconds(30);
constexpr Micros kRetryOpening = std::chrono::seconds(30);
constexpr Micros kTellComplaint = std::chrono::seconds(1);

// What decides how mail goes; another text means that the channel is opened anew. Kept in memory
// alone, as it has the password in it.
std::string way_of(const inventory::NoticeSending& sending, const net::SmtpRelay& relay) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", sending.from, sending.maildir, relay.host,
                     relay.port, static_cast<int>(relay.security), relay.user, relay.password,
                     relay.server_name, relay.ca_file, relay.hello, relay.connections);
}

class RunningPostman final : public Postman {
 public:
  explicit RunningPostman(Parts parts)
      : parts_(std::move(parts)), loop_(*parts_.clock), resolver_(loop_) {
    loop_.post([this] { begin(); });  // before anything that others post
    thread_ = std::thread([this] {
      loop_.run();
      end();
    });
  }
  ~RunningPostman() override {
    loop_.stop();
    thread_.join();
  }

  void wake() override {
    loop_.post([this] { outbox_->wake(); });
  }
  void configure() override {
    loop_.post([this] { open_channels(); });
  }
  Facts facts() const override {
    const std::lock_guard lock(mutex_);
    return {counters_.sent,     counters_.refused, counters_.given_up,
            counters_.deferred, counters_.in_hand, complaint_};
  }

 private:
  void begin() {
    outbox_.emplace(
        Outbox::Parts{parts_.ledger, parts_.database, &loop_, parts_.clock, &counters_});
    for (const std::string_view channel : {kWebhook, kChat}) {
      auto& post = channel == kWebhook ? webhooks_ : chats_;
      post = std::make_unique<HttpPostChannel>(channel, loop_, *outbox_, *parts_.links,
                                               parts_.house, *parts_.clock);
      outbox_->open(channel, [&post] { post->wake(); });
    }
    open_channels();
    look_for_bounces();
    tell_complaint();
  }

  // On the loop's thread, after its last turn: everything here belongs to it.
  void end() {
    webhooks_.reset();
    chats_.reset();
    relay_.reset();
    maildir_.reset();
    outbox_.reset();
  }

  void open_channels() {
    const Status opened = open_mail(parts_.house().cloud->notifications);
    const std::string fault = opened ? std::string() : opened.error().text();
    if (!fault.empty() && fault != fault_)
      log::error("notifications", "no mail goes out: " + fault);
    fault_ = fault;
    loop_.cancel(retry_timer_);
    if (!fault.empty()) retry_timer_ = loop_.after(kRetryOpening, [this] { open_channels(); });
  }

  Status open_mail(const inventory::NoticeSending& sending) {
    net::SmtpRelay relay;
    if (!sending.relay.host.empty()) relay = TRY(relay_of(sending, parts_.variable));
    const std::string way = way_of(sending, relay);
    if (way == way_) return {};
    way_.clear();
    relay_.reset();  // what was under way there is sent again by the next channel
    maildir_.reset();
    outbox_->take_back(kEmail);
    if (!sending.maildir.empty()) {
      maildir_ = TRY(MaildirChannel::open(sending.maildir, *outbox_, *parts_.links, parts_.house));
      outbox_->open(kEmail, [this] { maildir_->wake(); });
    } else if (!sending.from.empty()) {
      relay_ = TRY(MailRelayChannel::open(loop_, resolver_, tls_, std::move(relay), *outbox_,
                                          *parts_.links, parts_.house));
      outbox_->open(kEmail, [this] { relay_->wake(); });
    }
    way_ = way;
    outbox_->wake();
    return {};
  }

  void look_for_bounces() {
    const House house = parts_.house();
    const std::string& folder = house.cloud->notifications.bounces_maildir;
    if (!folder.empty()) take_bounces(folder, *parts_.links, *parts_.ledger);
    loop_.after(kLookForBounces, [this] { look_for_bounces(); });
  }

  void tell_complaint() {
    {
      const std::lock_guard lock(mutex_);
      complaint_ = !fault_.empty() ? fault_ : relay_ ? relay_->complaint() : std::string();
    }
    loop_.after(kTellComplaint, [this] { tell_complaint(); });
  }

  const Parts parts_;
  net::Loop loop_;
  net::Resolver resolver_;
  net::TlsClient tls_;
  std::optional<Outbox> outbox_;
  std::unique_ptr<MailRelayChannel> relay_;
  std::unique_ptr<MaildirChannel> maildir_;
  std::unique_ptr<HttpPostChannel> webhooks_, chats_;
  std::string way_ = "none yet", fault_;
  net::Loop::TimerId retry_timer_ = 0;
  mutable std::mutex mutex_;
  std::string complaint_;
  Outbox::Counters counters_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Postman> Postman::start(Parts parts) {
  return std::make_unique<RunningPostman>(std::move(parts));
}

Result<net::SmtpRelay> relay_of(const inventory::NoticeSending& sending,
                                const inventory::Variable& variable) {
  using Security = inventory::MailRelay::Security;
  const inventory::MailRelay& given = sending.relay;
  net::SmtpRelay relay{.host = given.host,
                       .port = static_cast<std::uint16_t>(given.port),
                       .security = given.security == Security::none  ? net::SmtpSecurity::never
                                   : given.security == Security::tls ? net::SmtpSecurity::implicit
                                                                     : net::SmtpSecurity::required,
                       .server_name = given.server_name,
                       .ca_file = given.ca_file,
                       .user = given.user,
                       .password = TRY(inventory::read_secret(given.password, variable)),
                       .connections = given.connections};
  relay.hello =
      given.hello.empty() ? sending.from.substr(sending.from.rfind('@') + 1) : given.hello;
  return relay;
}

}  // namespace nocturn::notifications
