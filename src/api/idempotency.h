#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/http.h"
#include "store/store.h"
#include "store/writer.h"

// Calls that are done once however often they are sent (Idempotency-Key, IETF draft
// "The Idempotency-Key HTTP Header Field"). A key is reserved durably before the handler runs, so
// that a hub that dies in between knows afterwards that it does not know. Keys belong to their
// account and are kept for a day, within bounds: an account that goes beyond them loses what it
// did longest ago, and never keeps another, or itself, from going on. Thread-safe.
namespace nocturn::api {

// A call as its repetition is told from another one.
struct KeyedCall {
  std::string account;
  std::string key;     // hash of what the client sent
  std::string digest;  // of method, target and body
};
// `invalid` when the header's text is longer than 255 characters.
Result<KeyedCall> keyed_call(std::string_view account, const net::Request& request);

class Idempotency {
 public:
  // What is kept for one account. Beyond `calls` the oldest keys are forgotten; beyond `bytes` the
  // oldest answers are, while their keys go on standing for calls that are not done again.
  struct Amount {
    std::int64_t calls = 0, bytes = 0;
  };
  static constexpr Amount kMost{.calls = 10'000, .bytes = 8 * 1024 * 1024};

  Idempotency(store::Writer& writer, const Clock& clock, Amount most = kMost)
      : writer_(writer), clock_(clock), most_(most) {}

  // Nothing: the key is reserved, the call is to be done, and finish() or release() must follow.
  // Else the answer: the first one's, or a problem document (422 another call has this key, 409
  // it is being done, its answer was not kept, or a hub died over it).
  Result<std::optional<net::Response>> begin(const KeyedCall& call);
  // Keeps the answer. `secret`: only that there was one.
  Status finish(const KeyedCall& call, const net::Response& answer, bool secret);
  // Gives the key back: nothing was done.
  Status release(const KeyedCall& call);

 private:
  using Running = std::set<std::pair<std::string, std::string>>;  // account and key

  // Does `work`, after making room for what it adds.
  Status write(const std::string& account, Amount added,
               const std::function<Status(store::Transaction&)>& work);

  store::Writer& writer_;
  const Clock& clock_;
  const Amount most_;
  std::mutex mutex_;
  Running running_;
  std::unordered_map<std::string, Amount> held_;  // by account: at least what is kept
};

// The migrations of the table api_idempotency.
std::span<const store::Migration> migrations();

}  // namespace nocturn::api
