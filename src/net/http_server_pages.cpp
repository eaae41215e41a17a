#include "net/http_server_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "net/http_response.h"

namespace nocturn::net {
namespace {

// What one second's copies may take together; beyond it they are made anew.
constexpr std::size_t kMaxCopiedBytes = 16 * 1024 * 1024;

// Above this, sending from pages the kernel has already beats copying into new ones.
constexpr std::size_t kSendfileFrom = 16 * 1024;
constexpr int kMaxFiles = 64;  // descriptors are few; the pages asked for most come first

const Page::Variant& variant_of(const Page& page, PageShelf::Form form) {
  switch (form) {
    case PageShelf::Form::identity: return page.identity;
    case PageShelf::Form::gzip: return page.gzip;
    case PageShelf::Form::brotli: return page.brotli;
    case PageShelf::Form::identity_304: return page.not_modified[0];
    case PageShelf::Form::gzip_304: return page.not_modified[1];
    case PageShelf::Form::brotli_304: break;
  }
  return page.not_modified[2];
}

// -1 when there is no memory or descriptor left: sending the bytes themselves always works.
int memory_file(std::string_view bytes) {
  const int file = ::memfd_create("page", MFD_CLOEXEC);
  if (file < 0) return -1;
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count <= 0) {
      ::close(file);
      return -1;
    }
    written += static_cast<std::size_t>(count);
  }
  return file;
}

std::shared_ptr<ReadyBytes> with_date(const Page::Variant& variant, const std::string& date_line) {
  auto ready = std::make_shared<ReadyBytes>();
  const std::string_view bytes = variant.bytes;
  const std::size_t after_status = bytes.find("\r\n") + 2;
  ready->bytes.reserve(bytes.size() + date_line.size());
  ready->bytes.append(bytes.substr(0, after_status))
      .append(date_line)
      .append(bytes.substr(after_status));
  ready->head_size = variant.head_size + date_line.size();
  return ready;
}

}  // namespace

ReadyBytes::~ReadyBytes() {
  if (memory >= 0) ::close(memory);
}

const std::string& PageShelf::date_line() {
  if (loop_.now() >= second_ends_) turn_second();
  return date_line_;
}

void PageShelf::turn_second() {
  const WallTime wall = loop_.clock().wall();
  const auto second = std::chrono::floor<std::chrono::seconds>(wall);
  second_ends_ = loop_.now() + (std::chrono::seconds(1) - (wall - second));
  date_line_ = fmt::format("Date: {}\r\n", http_date(wall));
  drop_copies();
}

void PageShelf::drop_copies() {
  copies_.clear();
  copied_bytes_ = 0;
  files_ = 0;
}

const Page* PageShelf::find(std::string_view target) {
  date_line();
  if (const std::uint64_t version = board_.version(); version != version_) {
    version_ = version;
    pages_ = board_.current();
    drop_copies();
  }
  auto known = copies_.find(target);
  if (known == copies_.end()) {
    const auto listed = pages_->pages.find(target);
    if (listed == pages_->pages.end()) return nullptr;
    if (copied_bytes_ > kMaxCopiedBytes) drop_copies();
    known = copies_.emplace(std::string(target), Copies{listed->second, {}}).first;
  }
  found_ = &known->second;
  return found_->page.get();
}

const std::shared_ptr<const ReadyBytes>& PageShelf::ready(Form form) {
  auto& copy = found_->forms[static_cast<std::size_t>(form)];
  if (!copy) {
    auto fresh = with_date(variant_of(*found_->page, form), date_line_);
    copied_bytes_ += fresh->bytes.size();
    if (with_files_ && fresh->bytes.size() >= kSendfileFrom && files_ < kMaxFiles) {
      fresh->memory = memory_file(fresh->bytes);
      ++files_;
    }
    copy = std::move(fresh);
  }
  return copy;
}

}  // namespace nocturn::net
