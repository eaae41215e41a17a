#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What comes back to the address that letters are sent from: reports of failure (RFC 3464, and
// what servers write that never heard of it), complaints (RFC 5965), and what looks like one and is
// none: delays, receipts, answers of people who are away (RFC 3834). Anybody can send such a mail:
// what is read here is a claim, and only a token that was made here (LinkKey) makes it count.
namespace nocturn::notifications {

inline constexpr std::size_t kLongestBounce = 1 << 20;  // bytes; what comes after is not read
// A letter's header with its bounce token: some servers answer to another address than the
// envelope's, but most return the letter's headers.
inline constexpr std::string_view kDeliveryHeader = "Nocturn-Delivery";

struct Bounce {
  enum class Kind : std::uint8_t {
    none,       // nobody's failure
    hard,       // the address is wrong or gone: no letter will ever get there
    soft,       // this letter failed for good; another may arrive
    complaint,  // the recipient calls our letters unwanted
  };
  Kind kind = Kind::none;
  std::string recipient = {};   // as the server names it; may be empty
  std::string status = {};      // RFC 3463, "5.1.1"; may be empty
  std::string said = {};        // by the server: one clean line of at most 300 characters
  std::string token = {};       // unproven: lower-case letters and digits; may be empty
  std::string message_id = {};  // of the letter that came back, without brackets; may be empty
};
std::string_view name_of(Bounce::Kind kind);

// Reads a mail. `sent_to` is its envelope recipient, "bounces+<token>@…", or its local part; empty
// where that is not known. Never fails: what cannot be understood is no bounce. Thread-safe; a
// hostile mail of the greatest length takes up to a second, so not on a loop.
Bounce read_bounce(std::string_view mail, std::string_view sent_to);

}  // namespace nocturn::notifications
