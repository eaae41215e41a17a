#include "notifications/channels/http_post.h"

#include "base/text.h"
#include "net/http_fetch.h"
#include "net/url.h"
#include "notifications/events.h"
#include "notifications/letters/payload_chat.h"
#include "notifications/letters/payload_webhook.h"

namespace nocturn::notifications {
namespace {

// Whom a URL asks: all ports of a name are one.
std::string host_of(const Parcel& parcel) {
  const auto url = net::parse_url(parcel.recipient.address);
  return url ? lower_ascii(url->host.host) : std::string();
}

}  // namespace

HttpPostChannel::HttpPostChannel(std::string_view channel, net::Loop& loop, Outbox& outbox,
                                 const LinkKey& links, HouseNow house, const Clock& clock)
    : channel_(channel),
      loop_(loop),
      outbox_(outbox),
      links_(links),
      house_(std::move(house)),
      clock_(clock) {
  for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

HttpPostChannel::~HttpPostChannel() {
  *self_ = nullptr;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  there_is_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void HttpPostChannel::wake() {
  while (under_way_ < kThreads) {
    auto parcel = outbox_.next(channel_, [this](const Parcel& one) {
      const auto found = under_way_at_.find(host_of(one));
      return found == under_way_at_.end() || found->second < kPerHost;
    });
    if (!parcel) return;
    ++under_way_;
    ++under_way_at_[host_of(*parcel)];
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(*std::move(parcel));
    }
    there_is_work_.notify_one();
  }
}

void HttpPostChannel::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    there_is_work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Parcel parcel = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    post(std::move(parcel));
  }
}

void HttpPostChannel::post(Parcel parcel) {
  const House house = house_();
  const std::string own = fmt::format("{}/subscriptions/{}", house.page,
                                      links_.token(Use::manage, parcel.recipient.id));
  const Occasion occasion{*house.cloud,
                          parcel.recipient,
                          {.page = house.page + "/", .manage = own, .unsubscribe = own}};
  const auto mine = events::rows_of(parcel.telling->rows, parcel.mine);
  net::FetchRequest request{.method = "POST",
                            .url = parcel.recipient.address,
                            .deadline = kDeadline,
                            .largest = 64 * 1024};
  request.public_only = !house.cloud->notifications.private_webhooks;
  if (channel_ == kWebhook) {
    request.body = webhook_body(occasion, *parcel.telling, mine);
    request.headers = {{"Content-Type", std::string(kWebhookContentType)},
                       {std::string(kSignatureHeader),
                        webhook_signature(links_.signing_secret(parcel.recipient.id), clock_.wall(),
                                          request.body)}};
  } else {
    request.body =
        chat_body(occasion, *parcel.telling, mine, chat_room_of(parcel.recipient.address));
    request.headers = {{"Content-Type", "application/json"}};
  }
  const auto answer = net::fetch(request);
  const int status = answer ? answer->status : 0;
  std::string said = answer ? fmt::format("answered {}", answer->status) : answer.error().message;
  auto shared = std::make_shared<Parcel>(std::move(parcel));
  loop_.post([self = self_, shared, status, said = std::move(said)]() mutable {
    if (*self != nullptr) (*self)->finish(std::move(*shared), status, std::move(said));
  });
}

void HttpPostChannel::finish(Parcel parcel, int status, std::string said) {
  constexpr int kGone = 410;
  --under_way_;
  if (const auto host = under_way_at_.find(host_of(parcel)); --host->second == 0)
    under_way_at_.erase(host);
  if (status >= 200 && status < 300)
    outbox_.settle(parcel, Delivery::State::sent, fmt::format("{}", status));
  else if (status == kGone)
    outbox_.settle(parcel, Delivery::State::refused, "410", "it said that it is gone");
  else if (parcel.tries + 1 >= kMostTries)
    outbox_.settle(parcel, Delivery::State::given_up, fmt::format("{}", status),
                   fmt::format("failed {} times in a row", kMostTries));
  else
    outbox_.defer(std::move(parcel), std::move(said), false);
  wake();
}

}  // namespace nocturn::notifications
