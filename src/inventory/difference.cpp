#include "inventory/difference.h"

namespace nocturn::inventory {

std::string_view name_of(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::added: return "added";
    case Difference::Kind::changed: return "changed";
    case Difference::Kind::removed: return "removed";
  }
  return "changed";
}

std::vector<Difference> difference(const Objects& before, const Objects& after) {
  std::vector<Difference> differences;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->first < now->first)) {
      differences.push_back({Difference::Kind::removed, old->first, old->second, {}});
      ++old;
    } else if (old == before.end() || now->first < old->first) {
      differences.push_back({Difference::Kind::added, now->first, {}, now->second});
      ++now;
    } else {
      if (old->second != now->second)
        differences.push_back({Difference::Kind::changed, old->first, old->second, now->second});
      ++old;
      ++now;
    }
  }
  return differences;
}

std::vector<Difference> difference(const Cloud& before, const Cloud& after) {
  return difference(describe(before), describe(after));
}

}  // namespace nocturn::inventory
