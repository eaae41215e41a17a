#include "identity/unrecorded.h"

namespace nocturn::identity {

const std::string& id_of(const Unrecorded::Ending& ending) {
  return std::visit([](const auto& one) -> const std::string& { return one.id.text(); }, ending);
}

bool Unrecorded::hold(const Ending& ending) {
  const std::lock_guard lock(mutex_);
  if (held_.size() >= kMost && !held_.contains(id_of(ending))) return false;
  held_.insert_or_assign(id_of(ending), ending);
  any_ = true;
  return true;
}

bool Unrecorded::holds(std::string_view id) const {
  if (!any_) return false;
  const std::lock_guard lock(mutex_);
  return held_.contains(id);
}

void Unrecorded::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  held_.erase(id);
  any_ = !held_.empty();
}

std::vector<Unrecorded::Ending> Unrecorded::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Ending> list;
  for (const auto& [id, ending] : held_) list.push_back(ending);
  return list;
}

}  // namespace nocturn::identity
