#pragma once

#include <string>

#include "net/address.h"

// Why talking to somebody failed, and who is to blame: a prober that lost its own network must
// not call a server broken.
namespace nocturn::net {

enum class Blame { ours, theirs };

struct Fault {
  Blame blame = Blame::theirs;
  std::string what;  // one line for a person: "connection refused"
};

// Whether our own kernel knows a way to `address`, asked without sending anything.
bool has_route(const Address& address);

// The fault behind an errno of socket(2), connect(2), send(2) or recv(2). `at_once`: the call
// itself returned it, so our kernel decided alone; otherwise it came from the network. Ours are:
// no descriptor, port, memory or route left, and our own firewall. A far router's "unreachable"
// is theirs, unless by now we have no route either.
Fault fault_of(int error_number, bool at_once, const Address& to);

// The fault behind silence: theirs, unless we have no route (any more).
Fault silence_of(const Address& to, std::string what);

}  // namespace nocturn::net
