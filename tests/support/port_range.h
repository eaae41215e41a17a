#pragma once

namespace nocturn::testing {

// A range of TCP ports of 127.0.0.1 for the servers a test starts: below the ports that the system
// gives to outgoing connections (ip_local_port_range begins at 32768), any of which may hold a
// port for a moment, and held against the other tests of this machine while the object lives.
class PortRange {
 public:
  // Ports a range has.
  static constexpr int kSize = 199;

  // Takes a range whose ports are all free; aborts when there is none.
  PortRange();
  ~PortRange();
  PortRange(const PortRange&) = delete;
  PortRange& operator=(const PortRange&) = delete;

  int first() const { return first_; }

 private:
  int first_ = 0;
  int claim_ = -1;  // a socket bound to the port behind the range: whoever has it has the range
};

}  // namespace nocturn::testing
