#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"

// HTTP as domain code sees it: plain structs. The server lives in http_server.h.
namespace nocturn::net {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;  // upper case
  std::string target;  // as received: path and query
  // Decoded, without query. Starts with '/'; has no empty, "." or ".." parts, no '/' at its end
  // (but for "/" itself), no control characters, no backslash; is UTF-8.
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<Header> headers;                             // names in lower case
  std::string body;
  std::string peer;     // the other side's address; "unix"; "gone" when it left already
  bool secure = false;  // over TLS
  bool local = false;   // over the Unix socket: the data folder's owner

  // The first header (name in lower case) or query parameter of that name, or empty.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  // Not empty: the answer is the event stream of that name, and status and body are not looked at.
  std::string stream = {};
  std::string stream_owner = {};    // whom HttpServer::end_streams() names to end it
  std::string stream_account = {};  // whose streams are counted together; empty: not counted
};

// A page ready to be sent: complete response bytes for each encoding, made once per change and
// shared by every request for it. Immutable after make_page().
// The server adds the Date line after the status line.
struct Page {
  std::string etag;  // quoted; the same for every encoding but for a suffix
  struct Variant {
    std::string bytes;          // status line, headers, empty line, body
    std::size_t head_size = 0;  // HEAD sends only this much
    std::string etag;
  };
  Variant identity, gzip, brotli;  // gzip and brotli empty when they would not be smaller
  Variant not_modified[3];         // complete 304 answers for the three encodings
};

struct PageSource {
  std::string content_type;
  std::string body;
  std::string cache_control = "no-cache";
  std::vector<Header> headers;
  // For a page that is about to change again: compressed in a hundredth of the time, a third
  // larger.
  bool quick = false;
  // The body as it was packed beforehand (gzip, brotli); what is empty is packed now.
  std::string gzip = {}, brotli = {};
};
// Compresses as well as it can, which takes 0.4 s of CPU for 170 KB (5 ms when quick). Pure; any
// thread. The ETag tells content, not how well it was packed: parts of pages are not served.
std::shared_ptr<const Page> make_page(const PageSource& source);

// Lets a map with string keys be asked with a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// All prepared pages, keyed by exact request target ("/", "/api/v2/summary.json").
struct PageSet {
  std::unordered_map<std::string, std::shared_ptr<const Page>, TextHash, std::equal_to<>> pages;
};

// The live page set; published whole, so that a reader sees either the old or the new one.
// Thread-safe. Readers keep what current() gave them and ask again when version() has moved, so
// that the lock is taken once per publication and reader, not once per request.
class PageBoard {
 public:
  void publish(std::shared_ptr<const PageSet> pages) {
    const std::lock_guard lock(mutex_);
    pages_ = std::move(pages);
    version_.fetch_add(1, std::memory_order_release);
  }
  std::shared_ptr<const PageSet> current() const {
    const std::lock_guard lock(mutex_);
    return pages_;
  }
  // Counts publications.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const PageSet> pages_ = std::make_shared<const PageSet>();
  std::atomic<std::uint64_t> version_{1};
};

// Everything that is not a prepared page; runs on the bounded worker pool, may block for a while.
using Handler = std::function<Response(const Request&)>;

// Server-sent events (the HTML standard's event streams). Thread-safe. Each stream keeps its last
// 1,024 events for those who come back with Last-Event-ID; a client that is told too little to
// catch up gets an event named "reset". A client that reads too slowly (64 KiB behind) is let go.
inline constexpr std::string_view kPublicStream = "public";  // GET /events, for everybody
struct StreamEvent {
  std::uint64_t id;
  std::string name;
  std::string data;
  std::string stream = std::string(kPublicStream);
};

}  // namespace nocturn::net
