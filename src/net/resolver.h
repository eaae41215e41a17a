#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/address.h"
#include "net/fault.h"
#include "net/loop.h"

// Names to addresses, on the loop, by c-ares: the hosts file first, then the name servers of
// resolv.conf (looked at again every 5 s, when no look-up runs). Nothing is cached: a probe wants
// to know what is true now. A fault says whether the name is wrong (theirs) or our own name servers
// do not answer, or cannot (ours). Belongs to the loop's thread and outlives its look-ups.
namespace nocturn::net {

class Resolver {
 public:
  struct Options {
    std::string servers;  // "127.0.0.1:5353,[::1]:53"; empty: those of resolv.conf
    Micros first_timeout = std::chrono::milliseconds(1000);  // doubles with each try
    int tries = 3;                                           // of each server
  };
  using Answer = std::expected<std::vector<Address>, Fault>;
  using Done = std::move_only_function<void(Answer)>;

  // A look-up under way; destroying it abandons it.
  class Lookup {
   public:
    virtual ~Lookup() = default;
  };

  explicit Resolver(Loop& loop);
  Resolver(Loop& loop, Options options);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Looks up `host` (a name; IP addresses are answered too, parse_ip() is cheaper). `done` gets at
  // least one address, the one to prefer first (RFC 6724), each with `port`; it is called once, on
  // a later turn of the loop. At most 4,096 look-ups run at a time.
  std::unique_ptr<Lookup> resolve(const std::string& host, std::uint16_t port, Family family,
                                  Done done);

  // The name servers in use, in order.
  std::vector<Address> servers() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nocturn::net
