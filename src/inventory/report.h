#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/inventory.h"

namespace nocturn::inventory {

// Where a node stands, before its file has a name: cheap to keep in every node.
struct Mark {
  std::uint32_t file = 0;    // index of the source
  int line = 0, column = 0;  // from 1; 0: the file as a whole
};

// Collects what is wrong, so that a reader goes on and tells everything at once. Keeps the first
// kMaxFaults; what comes after is only counted, so hostile input costs no more than this.
class Report {
 public:
  static constexpr std::size_t kMaxFaults = 1'000;

  explicit Report(std::vector<std::string> files) : files_(std::move(files)) {}

  void add(Mark mark, std::string what, std::string mend);
  bool full() const { return faults_.size() >= kMaxFaults; }
  std::size_t count() const { return count_; }

  Place place(Mark mark) const;
  // "cloud.yaml:12:7"
  std::string where(Mark mark) const;

  // "did you mean "tenancy"?" when a candidate is near; else `otherwise`.
  std::string suggestion(std::string_view word, std::span<const std::string_view> candidates,
                         std::string otherwise) const;

  // All faults in the order of files, lines and columns.
  std::vector<Fault> take();

 private:
  struct Found {
    Mark mark;
    std::string what, mend;
  };
  std::vector<std::string> files_;
  std::vector<Found> faults_;
  std::size_t count_ = 0;
};

// The word in double quotes, cut and without control characters, fit for one line.
std::string in_quotes(std::string_view word);
// "a, b or c"
std::string alternatives(std::span<const std::string_view> words);

}  // namespace nocturn::inventory
