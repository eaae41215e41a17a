#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/password.h"

// The one place where passwords are hashed and compared. Each takes 64 MiB and about a tenth of a
// second, so at most two run at once, one more waits, and others are told `limited`: the threads
// that answer requests must not all stand here. The place to wait is kept for people whom the hub
// knows by a device cookie, a one-time link or a session, and they go first: however many strangers
// press, they shut nobody out. Thread-safe.
namespace nocturn::identity {

class PasswordGate {
 public:
  enum class Guest : std::uint8_t { stranger, known };

  explicit PasswordGate(crypto::PasswordCost cost);

  // An empty `hash` (nobody's, or an account without a password) costs the same and is never right.
  Result<bool> verify(std::string_view password, const std::string& hash, Guest guest);
  // For a known guest: strangers set no passwords.
  Result<std::string> hash(std::string_view password);

  // How many comparisons there were.
  std::uint64_t verifications() const { return verifications_; }

 private:
  class Place;
  const std::string& nobodys();

  const crypto::PasswordCost cost_;
  std::once_flag nobodys_made_;
  std::string nobodys_;  // a hash of no password that is told
  std::atomic<std::uint64_t> verifications_{0};
  std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0, waiting_ = 0;
};

}  // namespace nocturn::identity
