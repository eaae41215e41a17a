#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
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
  std::string path;    // decoded, without query; starts with '/', no "..", no empty or NUL parts
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::vector<Header> headers;                             // names in lower case
  std::string body;
  std::string peer;   // the other side's address, or "unix"
  bool secure = false;  // over TLS
  bool local = false;   // over the Unix socket: the data folder's owner

  // The first header or query parameter of that name, or empty.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
};

// A page ready to be sent: complete response bytes for each encoding, made once per change and
// shared by every request for it. Immutable after make_page().
struct Page {
  std::string etag;  // quoted; the same for every encoding but for a suffix
  struct Variant {
    std::string bytes;      // status line, headers, empty line, body
    std::size_t head_size;  // HEAD sends only this much
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
};
std::shared_ptr<const Page> make_page(const PageSource& source);

// All prepared pages, keyed by exact request target ("/", "/api/v2/summary.json").
struct PageSet {
  std::unordered_map<std::string, std::shared_ptr<const Page>> pages;
};

// The live page set; published whole, so that a reader sees either the old or the new one.
// Thread-safe.
class PageBoard {
 public:
  void publish(std::shared_ptr<const PageSet> pages) { pages_.store(std::move(pages)); }
  std::shared_ptr<const PageSet> current() const { return pages_.load(); }

 private:
  std::atomic<std::shared_ptr<const PageSet>> pages_{std::make_shared<const PageSet>()};
};

// Everything that is not a prepared page; runs on the bounded worker pool, may block for a while.
using Handler = std::function<Response(const Request&)>;

// Server-sent events (the HTML standard's event streams). Thread-safe. Keeps the last 1,024
// events for those who come back with Last-Event-ID; a client that is told too little to catch
// up gets an event named "reset". A client that reads too slowly (64 KiB behind) is let go.
struct StreamEvent {
  std::uint64_t id;
  std::string name;
  std::string data;
};

}  // namespace nocturn::net
