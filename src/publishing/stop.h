#pragma once

namespace nocturn::publishing {

// Says to a thread that blocks that it shall come to an end. Thread-safe.
class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  void ask();
  bool asked() const;
  int descriptor() const { return descriptor_; }  // readable once asked

 private:
  int descriptor_;
};

}  // namespace nocturn::publishing
