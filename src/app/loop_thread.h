#pragma once

#include <thread>

#include "net/loop.h"

// One thread that runs a loop, from start() until stop() or the end of its life, which join it.
namespace nocturn::app {

class LoopThread {
 public:
  explicit LoopThread(const Clock& clock) : loop_(clock) {}
  ~LoopThread() { stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  net::Loop& loop() { return loop_; }
  void start() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
  }

 private:
  net::Loop loop_;
  std::thread thread_;
};

}  // namespace nocturn::app
