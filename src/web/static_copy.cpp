#include <boost/json.hpp>

#include <set>

#include "base/json.h"
#include "web/assets.h"
#include "web/copy_links.h"
#include "web/html.h"
#include "web/pages.h"
#include "web/web.h"

namespace nocturn::web {
namespace {

using inventory::Tenancy;
using status_page::Row;
using status_page::View;
using status_page::Words;

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kJson = "application/json";

// Collects what is copied, page for page; links are set when all of it is known.
class Collector {
 public:
  explicit Collector(const View& view) : view_(view) {}

  void page(std::string target, std::string markup) {
    targets_.insert(target);
    pages_.emplace_back(std::move(target), std::move(markup));
  }
  // As the hub serves it, byte for byte.
  void document(const std::string& target, std::string_view type, std::string body) {
    targets_.insert(target);
    files_.push_back({file_of(target), std::string(type), std::move(body)});
  }

  std::vector<publishing::CopyFile> take() {
    const auto is_copied = [&](std::string_view target) { return targets_.contains(target); };
    for (auto& [target, markup] : pages_) {
      std::string file = file_of(target);
      std::string text = relinked(markup, file, view_.url(), is_copied);
      files_.push_back({std::move(file), std::string(kHtml), std::move(text)});
      markup.clear();
    }
    return std::move(files_);
  }

 private:
  const View& view_;
  std::set<std::string, std::less<>> targets_;
  std::vector<std::pair<std::string, std::string>> pages_;
  std::vector<publishing::CopyFile> files_;
};

void add_documents(Collector& copy, const View& view, const Row* row, const Words& words) {
  const std::string id = row == nullptr ? "all" : row->instance->id.text();
  copy.document(fmt::format("/feeds/{}.atom", id), "application/atom+xml; charset=utf-8",
                atom_feed(view, row, words));
  copy.document(fmt::format("/feeds/{}.rss", id), "application/rss+xml; charset=utf-8",
                rss_feed(view, row, words));
  copy.document(fmt::format("/feeds/{}.ics", id), "text/calendar; charset=utf-8",
                row == nullptr ? calendar(view, words) : calendar(view, *row, words));
}

// For the copy's script and for programs that watch the copy.
std::string facts(const View& view, const Words& words) {
  return boost::json::serialize(
      JsonObject{{"generated_at", machine_time(view.now())},
                 {"summary", summary(rows_of(view, Tenancy::multi), words)},
                 {"status_page", view.url()}});
}

}  // namespace

publishing::Copy static_copy(const View& view) {
  Collector copy(view);
  const Words& words = Words::in(default_locale(view));
  for (const status_page::Locale locale : status_page::kLocales) {
    const Words& spoken = Words::in(locale);
    const auto add = [&](const std::string& path, std::string markup) {
      copy.page(localized(path, view, locale), std::move(markup));
    };
    add("/", index_page(view, Tenancy::multi, spoken, {}, Edition::copy));
    if (view.facts().single_tenant_public)
      add("/single-tenant", index_page(view, Tenancy::single, spoken, {}, Edition::copy));
    for (const Row& row : view.rows())
      if (view.find(row.instance->id.text()) != nullptr)
        add("/instances/" + row.instance->id.text(),
            instance_page(view, row, spoken, Edition::copy));
  }
  add_documents(copy, view, nullptr, words);
  for (const Row& row : view.rows()) {
    if (view.find(row.instance->id.text()) == nullptr) continue;
    add_documents(copy, view, &row, words);
    copy.document(fmt::format("/badges/{}.svg", row.instance->id.text()), "image/svg+xml",
                  badge(row, words));
  }
  for (auto& [target, body] : statuspage_documents(view, words))
    copy.document(target, kJson, std::move(body));
  copy.document("/status.json", kJson, facts(view, words));
  copy.document(script_url(Script::copy), "text/javascript; charset=utf-8", script(Script::copy));
  return {.generated_at = view.now(), .files = copy.take()};
}

}  // namespace nocturn::web
