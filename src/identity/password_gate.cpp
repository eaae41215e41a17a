#include "identity/password_gate.h"

namespace nocturn::identity {
namespace {

constexpr int kMostInside = 2;
constexpr int kMostWaiting = 1;

}  // namespace

// A place inside, for as long as it lives.
class PasswordGate::Place {
 public:
  Place(PasswordGate& gate, Guest guest) : gate_(gate) {
    std::unique_lock lock(gate_.mutex_);
    const bool full = gate_.inside_ >= kMostInside || gate_.waiting_ > 0;
    if (full && (guest == Guest::stranger || gate_.waiting_ >= kMostWaiting)) return;
    ++gate_.waiting_;
    gate_.left_.wait(lock, [this] { return gate_.inside_ < kMostInside; });
    --gate_.waiting_;
    ++gate_.inside_;
    taken_ = true;
  }
  ~Place() {
    if (!taken_) return;
    const std::lock_guard lock(gate_.mutex_);
    --gate_.inside_;
    gate_.left_.notify_one();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Status status() const {
    if (taken_) return {};
    return std::unexpected(
        Error{ErrorCode::limited, "too many sign in at this moment; try again", {}, true, 1});
  }

 private:
  PasswordGate& gate_;
  bool taken_ = false;
};

PasswordGate::PasswordGate(crypto::PasswordCost cost) : cost_(cost) {}

// Made at the first comparison and not at the start of a hub, which it would double.
const std::string& PasswordGate::nobodys() {
  std::call_once(nobodys_made_, [this] {
    nobodys_ = crypto::hash_password("a text that verify() never compares", cost_);
  });
  return nobodys_;
}

Result<bool> PasswordGate::verify(std::string_view password, const std::string& hash, Guest guest) {
  const Place place(*this, guest);
  TRY_STATUS(place.status());
  ++verifications_;
  const std::string& other = nobodys();  // whoever asks first, so that its making tells nothing
  const bool right = crypto::verify_password(password, hash.empty() ? other : hash);
  return right && !hash.empty();
}

Result<std::string> PasswordGate::hash(std::string_view password) {
  const Place place(*this, Guest::known);
  TRY_STATUS(place.status());
  return crypto::hash_password(password, cost_);
}

}  // namespace nocturn::identity
