#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "identity/sessions.h"

// Sessions and tokens whose owners signed out while the ledger could not record it (a full disk,
// most likely). They are refused from that moment on, and recorded as soon as that is possible; a
// restart in between forgets it, and they live until their time is over. Thread-safe.
namespace nocturn::identity {

class Unrecorded {
 public:
  static constexpr std::size_t kMost = 10'000;
  using Ending = std::variant<EndSession, RevokeToken>;

  // False when there is no room: then nobody must be told that it has ended.
  bool hold(const Ending& ending);
  // Whether the session or token of this id ended here. Quick while nothing is held.
  bool holds(std::string_view id) const;
  void forget(const std::string& id);
  // All that are held; their order does not matter.
  std::vector<Ending> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Ending, std::less<>> held_;  // by the id of what ended
  std::atomic<bool> any_ = false;
};

// Of the session or token.
const std::string& id_of(const Unrecorded::Ending& ending);

}  // namespace nocturn::identity
