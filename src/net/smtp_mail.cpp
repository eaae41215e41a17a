#include "net/smtp_mail.h"

namespace nocturn::net {

std::string_view name_of(SmtpOutcome::Kind kind) {
  switch (kind) {
    case SmtpOutcome::Kind::accepted: return "accepted";
    case SmtpOutcome::Kind::deferred: return "deferred";
    case SmtpOutcome::Kind::refused: return "refused";
  }
  return {};
}

}  // namespace nocturn::net
