#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// One mail on its way to a relay, and what became of it. One mail has one recipient, so that an
// outcome is one recipient's.
namespace nocturn::net {

struct SmtpMail {
  std::uint64_t id = 0;     // the owner's
  std::string sender = {};  // of the envelope, as parse_mail_address() takes it; empty: nobody
  std::string recipient = {};
  std::shared_ptr<const std::string> bytes = {};  // as compose() makes them
  bool needs_smtputf8 = false;                    // the headers do
};

struct SmtpOutcome {
  enum class Kind : std::uint8_t {
    accepted,  // the relay said 250 to the whole mail, and answers for it from now on
    deferred,  // not now: try again with the same bytes
    refused,   // never: the relay said so, or the mail cannot be said to it
  };
  Kind kind = Kind::deferred;
  int code = 0;               // of the relay's reply; 0: none came, the text is ours
  std::string enhanced = {};  // RFC 3463: "5.1.1"; empty when none was given
  std::string text = {};      // one line of at most 200 characters
  // Deferred after the whole mail was sent and before an answer came: the relay may have it. Only
  // then can trying again bring it to its reader twice.
  bool in_doubt = false;
};

// "accepted", "deferred" or "refused".
std::string_view name_of(SmtpOutcome::Kind kind);

}  // namespace nocturn::net
