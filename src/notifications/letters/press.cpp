#include "notifications/letters/press.h"

#include "notifications/letters/content.h"
#include "notifications/letters/parts.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kMostKept = 256;  // some 10 KB each; a fan-out has few at a time

// Everything that head and body depend on.
std::string key_of(const LetterScene& scene, const Telling& telling,
                   std::span<const ToldRow> mine) {
  const std::string& zone = scene.occasion().recipient.time_zone;
  std::string key = fmt::format("{} {} {} {}", telling.notice.text(), telling.number,
                                tag_of(scene.words().locale()), zone);
  for (const ToldRow& row : mine) key.append("\n").append(row.instance);
  return key;
}

}  // namespace

LetterPress::LetterPress(const inventory::Cloud& cloud, std::string page)
    : cloud_(cloud), page_(std::move(page)) {}

Letter LetterPress::letter(const Recipient& recipient, Links links, const Telling& telling,
                           std::span<const ToldRow> mine) {
  links.page = page_;
  const Occasion occasion{cloud_, recipient, std::move(links)};
  const LetterScene scene(occasion);
  std::string key = key_of(scene, telling, mine);
  auto found = kept_.find(key);
  if (found == kept_.end()) {
    if (kept_.size() == kMostKept) kept_.clear();
    const LetterContent content = news_content(scene, telling, mine);
    found = kept_
                .emplace(std::move(key), Shared{.subject = content.subject,
                                                .text_head = text_head(content),
                                                .text_body = text_body(content),
                                                .html_head = html_head(content),
                                                .html_body = html_body(content)})
                .first;
  }
  const Shared& shared = found->second;
  LetterContent own;
  own.locale = scene.words().locale();
  own.cloud = scene.cloud();
  address(scene, own);
  return {.subject = shared.subject,
          .text = shared.text_head + text_salutation(own) + shared.text_body + text_foot(own),
          .html = shared.html_head + html_salutation(own) + shared.html_body + html_foot(own)};
}

}  // namespace nocturn::notifications
