#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "net/smtp_mail.h"
#include "net/smtp_relay.h"
#include "net/tls_client.h"

namespace nocturn::net {

// Mails to one relay over a few connections that stay open while there is something to send. The
// owner keeps the queue, and is asked for the next mail only when there is a way for it, so that at
// most two mails a connection are held here. A relay that is down is tried by one connection at a
// time with growing pauses; mails wait meanwhile, until their own time is over. Destroying it
// closes the connections and tells nothing: what was under way counts as unsent, and may have
// arrived. Belongs to the loop's thread.
class SmtpClient {
 public:
  // Who has the mails. Called on the loop's thread, also from within wake(); must not destroy the
  // client, may call wake().
  class Source {
   public:
    virtual ~Source() = default;
    // The next mail, or nothing: then nobody asks again before wake().
    virtual std::optional<SmtpMail> next() = 0;
    // What became of a mail of next(); once for each.
    virtual void done(std::uint64_t id, const SmtpOutcome& outcome) = 0;
  };
  struct Facts {
    int connections = 0;         // open or being opened
    int mails = 0;               // taken and not told
    bool relay_is_down = false;  // the last session failed before a mail was decided
    std::string complaint = {};  // why the last failed session did
    std::uint64_t accepted = 0, deferred = 0, refused = 0, sessions = 0;
  };

  // `invalid` when the relay's description cannot work: no host, a line break in a name or a
  // secret, a password that would travel in the clear. Nothing is connected before wake(). Loop,
  // resolver, TLS client and source outlive the client.
  static Result<std::unique_ptr<SmtpClient>> make(Loop& loop, Resolver& resolver, TlsClient& tls,
                                                  SmtpRelay relay, Source& source);
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  // There may be more to send.
  void wake();
  Facts facts() const;

 private:
  struct State;
  explicit SmtpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nocturn::net
