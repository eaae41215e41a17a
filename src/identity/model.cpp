#include "identity/model.h"

namespace nocturn::identity {

std::string_view name_of(AccountKind kind) {
  return kind == AccountKind::person ? "person" : "service";
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::password: return "password";
    case Method::recovery_code: return "recovery_code";
    case Method::oidc: return "oidc";
    case Method::token: return "token";
    case Method::socket: return "socket";
  }
  return "password";
}

std::string_view name_of(InvitationKind kind) {
  switch (kind) {
    case InvitationKind::first: return "first";
    case InvitationKind::invitation: return "invitation";
    case InvitationKind::reset: return "reset";
  }
  return "invitation";
}

}  // namespace nocturn::identity
