#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "notifications/channels/mail_relay.h"

// Webhooks and chat rooms: a POST for each parcel, from kThreads threads that may block. At most
// kPerHost of them wait for one host, so that a host that answers late holds up nobody else. 2xx
// ends the delivery well; 410 and kMostTries failures in a row put the recipient into quarantine;
// anything else is tried again. Strangers choose these URLs, so they lead into the public network
// alone unless the operator says otherwise. The address is checked when connecting, since a name
// may resolve to another address by then. Lives on the outbox's loop, but for the threads.
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
