#include "app/copy_maker.h"

#include "web/web.h"

namespace nocturn::app {

Result<publishing::CopyPtr> CopyMaker::newest() {
  const std::lock_guard lock(mutex_);
  const status_page::ViewPtr view = view_();
  if (!view) return fail(ErrorCode::unavailable, "the pages are not made yet");
  if (auto copy = copy_.lock(); copy && made_of_ == view->now()) return copy;
  auto copy = std::make_shared<const publishing::Copy>(web::static_copy(*view));
  copy_ = copy;
  made_of_ = view->now();
  return copy;
}

}  // namespace nocturn::app
