#pragma once

#include <string>
#include <string_view>

#include "monitoring/probes/dialogue.h"

// The base of probes whose protocol talks in lines: SMTP, IMAP, POP3. Lines end in LF with or
// without CR; one longer than 2 KiB ends the probe, so does the 200th.
namespace nocturn::monitoring {

class LineDialogue : public Dialogue {
 public:
  using Dialogue::Dialogue;
  ~LineDialogue() override;

 protected:
  // A line without its end.
  virtual void on_line(std::string_view line) = 0;
  // Sends a line and notes it.
  void say(std::string_view line);
  // Bytes that came after the last line. Before TLS starts there must be none: they would be taken
  // for something said under TLS (CVE-2011-0411).
  bool has_unread() const { return !unread_.empty(); }

 private:
  void on_bytes(std::string_view bytes) final;

  std::string unread_;
  bool* destroyed_ = nullptr;  // set while a line is being told
  int lines_ = 0;
};

}  // namespace nocturn::monitoring
