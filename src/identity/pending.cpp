#include "identity/pending.h"

#include <algorithm>

namespace nocturn::identity {

Status PendingFactors::put(const AccountId& account, Bytes secret, SteadyTime now) {
  std::erase_if(waiting_, [&](const auto& each) { return each.second.until <= now; });
  if (waiting_.size() >= kMost && !waiting_.contains(account))
    return fail(ErrorCode::limited, "too many enroll a second factor at this moment");
  waiting_[account] = {std::move(secret), now + kLife};
  return {};
}

std::optional<Bytes> PendingFactors::find(const AccountId& account, SteadyTime now) const {
  const auto found = waiting_.find(account);
  if (found == waiting_.end() || found->second.until <= now) return std::nullopt;
  return found->second.secret;
}

void Devices::forget_old(SteadyTime now) {
  std::erase_if(waiting_, [&](const auto& each) { return each.second.until <= now; });
}

Status Devices::put(const std::string& user_code, Waiting waiting, SteadyTime now) {
  forget_old(now);
  if (waiting_.size() >= kMost)
    return fail(ErrorCode::limited, "too many devices wait to be approved");
  if (waiting_.contains(user_code))
    return fail(ErrorCode::conflict, "this code is in use; ask again");
  waiting.until = now + kLife;
  waiting.user_code = user_code;
  waiting_.emplace(user_code, std::move(waiting));
  return {};
}

std::optional<Devices::Waiting> Devices::find(const std::string& user_code, SteadyTime now) const {
  const auto found = waiting_.find(user_code);
  if (found == waiting_.end() || found->second.until <= now) return std::nullopt;
  return found->second;
}

Result<Devices::Waiting*> Devices::undecided(const std::string& user_code, SteadyTime now) {
  forget_old(now);
  const auto found = waiting_.find(user_code);
  if (found == waiting_.end() || found->second.denied || !found->second.approved_by.empty())
    return fail(ErrorCode::not_found, "no device waits with this code; it lives ten minutes");
  return &found->second;
}

Status Devices::approve(const std::string& user_code, const AccountId& account, SteadyTime now) {
  TRY(undecided(user_code, now))->approved_by = account;
  return {};
}

Status Devices::deny(const std::string& user_code, SteadyTime now) {
  TRY(undecided(user_code, now))->denied = true;
  return {};
}

Result<Devices::Waiting> Devices::take(const std::string& device_hash, SteadyTime now) {
  forget_old(now);
  const auto found = std::ranges::find_if(
      waiting_, [&](const auto& each) { return each.second.device_hash == device_hash; });
  if (found == waiting_.end())
    return fail(ErrorCode::not_found, "this sign-in is over; start it again");
  if (found->second.denied) {
    waiting_.erase(found);
    return fail(ErrorCode::forbidden, "somebody refused this sign-in");
  }
  if (found->second.approved_by.empty())
    return std::unexpected(
        Error{ErrorCode::conflict, "nobody approved this sign-in yet", {}, true, 5});
  Waiting taken = std::move(found->second);
  waiting_.erase(found);
  return taken;
}

void Devices::give_back(Waiting taken) {
  std::string user_code = taken.user_code;
  waiting_.emplace(std::move(user_code), std::move(taken));
}

}  // namespace nocturn::identity
