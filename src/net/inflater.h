#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct z_stream_s;

// Takes compressed content apart as it comes (RFC 9110, section 8.4.1: gzip and deflate), never
// keeping more than a limit of what comes out: a bomb of a few kilobytes stays one.
namespace nocturn::net {

class Inflater {
 public:
  enum class Coding { gzip, deflate };
  explicit Inflater(Coding coding);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Appends what `bytes` unfold to, until `out` has `limit` bytes. False when the limit was
  // reached and there is more. Fails when the bytes are not of that coding.
  Result<bool> unfold(std::string_view bytes, std::string& out, std::size_t limit);
  // Whether the stream ended where it should.
  bool whole() const { return whole_; }

 private:
  Coding coding_;
  std::unique_ptr<z_stream_s> stream_;
  bool started_ = false, whole_ = false;
};

}  // namespace nocturn::net
