#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "notifications/channels/mail_relay.h"

// Webhooks and chat rooms: a POST for each parcel, by a few threads that may block, no more of them
// for one host than kPerHost: a host that answers late keeps nobody waiting but itself. Whoever
// answers 2xx has it; anything else is tried again, and who fails too often is left alone.
// Addresses are chosen by strangers, so they lead into the public network alone unless the operator
// says otherwise; looked at when connecting, so that a name that changes meanwhile helps nobody.
namespace nocturn::notifications {

class HttpPostChannel {
 public:
  // `channel` is kWebhook or kChat. All parts outlive it.
  HttpPostChannel(std::string_view channel, net::Loop& loop, Outbox& outbox, const LinkKey& links,
                  HouseNow house, const Clock& clock);
  ~HttpPostChannel();  // waits for the requests under way, at most kDeadline
  HttpPostChannel(const HttpPostChannel&) = delete;
  HttpPostChannel& operator=(const HttpPostChannel&) = delete;

  void wake();

  static constexpr int kThreads = 8;
  static constexpr int kPerHost = 2;
  static constexpr int kMostTries = 10;
  static constexpr Micros kDeadline = std::chrono::seconds(10);

 private:
  void work();
  void post(Parcel parcel);
  void finish(Parcel parcel, int status, std::string said);

  const std::string_view channel_;
  net::Loop& loop_;
  Outbox& outbox_;
  const LinkKey& links_;
  HouseNow house_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable there_is_work_;
  std::deque<Parcel> waiting_;
  bool stopping_ = false;
  // On the loop.
  int under_way_ = 0;
  std::map<std::string, int> under_way_at_;  // by host
  std::shared_ptr<HttpPostChannel*> self_ = std::make_shared<HttpPostChannel*>(this);
  std::vector<std::thread> threads_;
};

}  // namespace nocturn::notifications
