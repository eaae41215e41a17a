#pragma once

#include <mutex>

#include "publishing/publishing.h"
#include "status_page/status_page.h"

namespace nocturn::app {

// Makes the static copy of the newest view, once for all targets that ask for it. Thread-safe;
// who comes while it is made waits for it.
class CopyMaker {
 public:
  explicit CopyMaker(std::function<status_page::ViewPtr()> view) : view_(std::move(view)) {}

  Result<publishing::CopyPtr> newest();

 private:
  const std::function<status_page::ViewPtr()> view_;
  std::mutex mutex_;
  WallTime made_of_{};
  std::weak_ptr<const publishing::Copy> copy_;  // kept only while somebody brings it
};

}  // namespace nocturn::app
