#include <boost/json.hpp>

#include "identity/endpoint_tables.h"
#include "identity/records.h"
#include "identity/sessions.h"
#include "identity/shapes.h"
#include "identity/sign_in.h"

// Signing in and out, and following a one-time link.
namespace nocturn::identity {
namespace {

using net::Call;
using net::Permission;
using Parts = Identity::Parts;

Result<net::Answer> answer_visitor(Parts& parts, const Visitor& visitor) {
  std::optional<Person> person;
  if (visitor.account && !visitor.account->person.empty()) {
    person = TRY(parts.read([&](store::Reader& reader) -> Result<std::optional<Person>> {
      return records::person(reader, visitor.account->person);
    }));
  }
  return net::Answer(to_json(visitor, person));
}

Result<net::Answer> answer_signed_in(Parts& parts, SignedIn signed_in) {
  net::Answer answer = TRY(answer_visitor(parts, signed_in.visitor));
  answer.headers = std::move(signed_in.cookies);
  return answer;
}

Result<net::Answer> show(Parts& parts, const Call& call) {
  return answer_visitor(parts, TRY(identify(parts, call.request)));
}

Result<net::Answer> open(Parts& parts, const Call& call) {
  return answer_signed_in(parts, TRY(sign_in(parts,
                                             {.login = call.text("login"),
                                              .password = call.text("password"),
                                              .code = call.text("code")},
                                             call.request)));
}

Result<net::Answer> close(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify(parts, call.request));
  if (visitor.session)
    TRY_STATUS(parts.end(EndSession{.account = visitor.account->id,
                                    .id = visitor.session->id,
                                    .because = "signed out",
                                    .by = call.caller.name}));
  if (visitor.token)
    TRY_STATUS(parts.end(RevokeToken{
        .account = visitor.account->id, .id = visitor.token->id, .by = visitor.actor()}));
  net::Answer answer(Json(nullptr));
  answer.headers.push_back(forget_session_cookie(call.request));
  return answer;
}

Result<net::Answer> show_invitation(Parts& parts, const Call& call) {
  const InvitationFacts facts = TRY(invitation_facts(parts, call.path_parameter("token")));
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  return Json{{"kind", name_of(facts.invitation.kind)},
              {"login", or_null(facts.login)},
              {"name", or_null(facts.name)},
              {"expires_at", to_rfc3339(facts.invitation.expires_at)}};
}

Result<net::Answer> accept(Parts& parts, const Call& call) {
  return answer_signed_in(parts, TRY(accept_invitation(parts, call.path_parameter("token"),
                                                       {.password = call.text("password"),
                                                        .code = call.text("code"),
                                                        .login = call.text("login"),
                                                        .name = call.text("name")},
                                                       call.request)));
}

Shape password() { return shape::text("The password.", 1, 1024); }
Shape code() { return shape::text("One-time or recovery code, where one is asked for.", 0, 64); }

}  // namespace

std::vector<net::Endpoint> session_endpoints(Desk desk) {
  return {
      {{.method = "GET",
        .path = "/api/v1/session",
        .permission = Permission::own_account,
        .summary = "Tells who is signed in and what they may.",
        .response = shapes::session()},
       at(desk, show)},
      {{.method = "POST",
        .path = "/api/v1/session",
        .permission = Permission::anyone,
        .summary = "Signs in with login and password; a code is asked for when the account has "
                   "a second factor.",
        .response = shapes::session(),
        .request = shape::object("SignIn", "Who somebody says to be, and the proof.",
                                 {{"login", shape::text("The account's login.", 1, 256)},
                                  {"password", password()},
                                  {"code", code(), shape::optional}}),
        .example = R"({"login": "ada", "password": "correct horse battery staple"})"},
       at(desk, open)},
      {{.method = "DELETE",
        .path = "/api/v1/session",
        .permission = Permission::own_account,
        .summary = "Signs out: ends the session, or revokes the token, that the request came with.",
        .status = 204},
       at(desk, close)}};
}

std::vector<net::Endpoint> invitation_endpoints(Desk desk) {
  return {{{.method = "GET",
            .path = "/api/v1/invitations/{token}",
            .permission = Permission::anyone,
            .summary = "Tells what a one-time link is for.",
            .response = shape::object(
                "Invitation", "What a one-time link is for.",
                {{"kind", shape::choice("The first administrator, a first or another password.",
                                        {"first", "invitation", "reset"})},
                 {"login", shape::text("The account's login.").or_null()},
                 {"name", shape::text("The person's name.").or_null()},
                 {"expires_at", shape::time("When the link ends.")}})},
           at(desk, show_invitation)},
          {{.method = "POST",
            .path = "/api/v1/invitations/{token}",
            .permission = Permission::anyone,
            .summary = "Follows a one-time link: sets the password and signs in.",
            .response = shapes::session(),
            .request = shape::object(
                "AcceptInvitation", "What the invited person chose.",
                {{"password", password()},
                 {"code", code(), shape::optional},
                 {"login", shape::text("For the first administrator.", 0, 256), shape::optional},
                 {"name", shape::text("For the first administrator.", 0, 256), shape::optional}}),
            .example = R"({"password": "correct horse battery staple"})"},
           at(desk, accept)}};
}

}  // namespace nocturn::identity
