#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

// Keeps a storm of failed sign-ins from filling the ledger: the first of each minute are recorded
// one by one, the others as one number. Pure; not thread-safe.
namespace nocturn::identity {

class FailureLog {
 public:
  static constexpr int kMostAMinute = 20;

  struct Summary {
    std::int64_t count;
    WallTime from, until;
  };

  // Whether this failure is to be recorded by itself.
  bool takes_one(WallTime now);
  // What was only counted since the last call, if anything was.
  std::optional<Summary> take_summary(WallTime now);

 private:
  WallTime minute_{};
  int in_minute_ = 0;
  std::int64_t counted_ = 0;
  WallTime counted_from_{};
};

}  // namespace nocturn::identity
