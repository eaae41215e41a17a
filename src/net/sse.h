#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

// Server-sent events (the HTML standard, section 9.2).
namespace nocturn::net {

// One event as its stream's bytes. Line breaks in the data make several data lines; those in the
// name are left out.
std::string format_event(const StreamEvent& event);

// The last events, for those who come back. Entries count up from 1 in the order in which they
// were broadcast, whatever their ids. Not thread-safe.
class EventHistory {
 public:
  struct Entry {
    std::uint64_t sequence;
    std::shared_ptr<const std::string> bytes;
  };

  explicit EventHistory(std::size_t capacity = 1024) : capacity_(capacity) {}

  Entry add(const StreamEvent& event);

  // What a new stream starts with, given its Last-Event-ID field (empty: none). A client that was
  // told everything gets nothing; one that missed events we still have gets those; any other is
  // told to start afresh by an event "reset".
  struct Start {
    std::uint64_t sequence;  // of the newest event: the live ones go on after it
    std::string bytes;
  };
  Start start(std::string_view last_event_id) const;

 private:
  struct Kept {
    std::uint64_t id;
    std::shared_ptr<const std::string> bytes;
  };

  std::size_t capacity_;
  std::uint64_t newest_ = 0;                 // sequence of kept_.back()
  std::optional<std::uint64_t> dropped_id_;  // of the event before kept_.front()
  std::deque<Kept> kept_;
};

}  // namespace nocturn::net
