#pragma once

#include <memory>
#include <string>

#include <fmt/format.h>

#include "net/smtp_dialogue.h"

// What tests of the dialogue share: a short mail, and what was told as one line.
namespace nocturn::net::test {

inline SmtpMail mail(std::uint64_t id, std::string bytes = "Subject: x\r\n\r\nhello\r\n") {
  return {.id = id,
          .sender = "status@cloud.example",
          .recipient = fmt::format("reader{}@library.example", id),
          .bytes = std::make_shared<const std::string>(std::move(bytes))};
}

inline std::string show(const SmtpDialogue::Told& told) {
  const auto& outcome = told.outcome;
  return fmt::format("{} {} {} {} ({}){}", told.id, name_of(outcome.kind), outcome.code,
                     outcome.enhanced, outcome.text, outcome.in_doubt ? " in doubt" : "");
}

}  // namespace nocturn::net::test
