#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/smtp_dialogue.h"

// Whatever a relay says, in pieces: the first byte chooses the options, a byte 0xFF in the input
// ends a piece. Each mail is told at most once before the end and exactly once by then; accepted
// only behind a 250; what is written is whole lines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nocturn::net;
  using Kind = SmtpOutcome::Kind;
  static const auto kBytes = std::make_shared<const std::string>("Subject: x\r\n\r\n.\r\n..\r\n");
  if (size == 0) return 0;
  const unsigned choice = data[0];
  SmtpDialogue dialogue({.hello = "fuzz",
                         .security = static_cast<SmtpSecurity>(choice & 3),
                         .user = (choice & 4) != 0 ? "user" : "",
                         .password = "password",
                         .private_way = (choice & 8) != 0,
                         .pipelining = (choice & 16) != 0});
  std::map<std::uint64_t, int> told;
  std::uint64_t begun = 0;
  std::string_view said(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool says_250 = said.contains("250");
  const auto turn = [&] {
    while (begun < 8 && dialogue.wants_mail()) {
      dialogue.send({.id = begun++,
                     .sender = "a@example.org",
                     .recipient = begun % 4 == 3 ? "\xC3\xBC@example.org" : "b@example.org",
                     .bytes = kBytes});
    }
    if (begun == 8) dialogue.quit();
    if (!dialogue.output().empty() && !dialogue.output().ends_with("\r\n")) __builtin_trap();
    dialogue.written();
    if (dialogue.wants_tls()) dialogue.secured();
    for (const auto& one : dialogue.take_told()) {
      if (++told[one.id] > 1 || one.id >= begun) __builtin_trap();
      if (one.outcome.text.size() > 800) __builtin_trap();
      if (one.outcome.kind == Kind::accepted && (!says_250 || one.outcome.code != 250))
        __builtin_trap();
    }
  };
  while (!said.empty()) {
    const auto piece = said.substr(0, said.find('\xFF'));
    dialogue.receive(piece);
    turn();
    said.remove_prefix(std::min(said.size(), piece.size() + 1));
  }
  dialogue.end("the end");
  turn();
  if (told.size() != begun || !dialogue.is_over()) __builtin_trap();
  return 0;
}
