#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inventory/kind.h"
#include "inventory/model.h"
#include "monitoring/probes/judge.h"
#include "net/http_exchange.h"

namespace re2 {
class RE2;
}

// What an HTTP answer must look like, and the judgement of one; pure.
namespace nocturn::monitoring {

class HttpExpectation {
 public:
  // The options of `expect`, for the kind's declaration.
  static std::span<const inventory::OptionSpec> specs();
  // What make() would fail at, and sizes that exclude each other.
  static void judge(const inventory::Options& expect, Objections& objections);
  // Fails when a pattern, a status or a path cannot be read.
  static Result<HttpExpectation> make(const inventory::Options& expect);
  HttpExpectation();
  ~HttpExpectation();
  HttpExpectation(HttpExpectation&&) noexcept;
  HttpExpectation& operator=(HttpExpectation&&) noexcept;

  bool wants_status(int status) const;
  // Days the certificate must still be valid; negative: not asked for.
  double certificate_days() const { return certificate_days_; }
  // What is wrong at that moment, in one line; empty when the answer is as expected.
  std::string objection(const net::ClientResponse& response, WallTime now) const;

 private:
  using Pattern = std::unique_ptr<re2::RE2>;
  struct Named {  // a header or a JSON path, and what its value must be
    std::string name;
    std::string value;  // the exact text, where there is no pattern
    Pattern pattern;
  };

  std::string body_objection(const net::ClientResponse& response, WallTime now) const;
  std::string json_objection(const net::ClientResponse& response, WallTime now) const;

  std::vector<std::pair<int, int>> statuses_;  // ranges, both ends included
  std::vector<Named> headers_, json_;
  std::vector<std::pair<std::string, Micros>> json_ages_;  // by path
  std::vector<std::string> contains_, contains_not_;
  Pattern matches_;
  std::int64_t size_min_ = 0, size_max_ = -1;
  double certificate_days_ = -1;
};

}  // namespace nocturn::monitoring
