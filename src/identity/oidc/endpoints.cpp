#include "identity/oidc/endpoints.h"

#include <boost/json.hpp>

#include "base/log.h"

namespace nocturn::identity {
namespace {

net::Answer redirect(std::string location, std::vector<net::Header> headers) {
  headers.push_back({"location", std::move(location)});
  headers.push_back({"referrer-policy", "no-referrer"});  // the address held a code
  net::Answer answer(Json(nullptr));
  answer.headers = std::move(headers);
  return answer;
}

net::Answer tell_problem(const OidcRefusal& refusal, std::vector<net::Header> headers) {
  const std::string_view problem = name_of(refusal.problem);
  log::warning("identity", "no sign-in by a provider: " + refusal.error.text(),
               {{"problem", std::string(problem)}});
  return redirect(fmt::format("/console/sign-in?problem={}", problem), std::move(headers));
}

net::Answer list_providers(const OidcSettings& settings) {
  JsonArray providers;
  for (const OidcProvider& provider : settings.providers)
    providers.push_back(JsonObject{{"id", provider.id}, {"name", provider.name}});
  return Json(JsonObject{{"providers", std::move(providers)}});
}

net::Answer send_away(OidcSignIn& sign_in, const net::Call& call) {
  auto started =
      sign_in.start(call.path_parameter("provider"), call.parameter("return_to").value_or(""));
  if (!started) return tell_problem(started.error(), {});
  return redirect(std::move(started->location), {{"set-cookie", std::move(started->cookie)}});
}

bool is_refusal(OidcProblem problem) {
  return problem == OidcProblem::provider_wrong || problem == OidcProblem::expired ||
         problem == OidcProblem::refused || problem == OidcProblem::not_allowed;
}

net::Answer take_back(OidcSignIn& sign_in, const OpenOidcSession& open_session,
                      const NoteOidcRefusal& note_refusal, const net::Call& call) {
  std::vector<net::Header> headers = {{"set-cookie", sign_in.end_cookie()}};
  auto finished = sign_in.finish(call.path_parameter("provider"), call.request);
  if (!finished) {
    if (is_refusal(finished.error().problem)) note_refusal(finished.error().problem, call.request);
    return tell_problem(finished.error(), std::move(headers));
  }
  auto opened = open_session(finished->claims, call.request);
  if (!opened)
    return tell_problem({problem_behind(opened.error()), opened.error()}, std::move(headers));
  for (net::Header& header : *opened) headers.push_back(std::move(header));
  return redirect(std::move(finished->return_to), std::move(headers));
}

Shape providers_shape() {
  return shape::object(
      "SignInProviders", "Where people may sign in besides the hub itself.",
      {{"providers", shape::list("As configured.",
                                 shape::object("SignInProvider", "One of them.",
                                               {{"id", shape::text("For the address to go to.")},
                                                {"name", shape::text("As people read it.")}}))}});
}

}  // namespace

std::vector<net::Endpoint> oidc_endpoints(OidcSignIn* sign_in, OpenOidcSession open_session,
                                          NoteOidcRefusal note_refusal) {
  return {
      {{.method = "GET",
        .path = "/api/v1/session/providers",
        .permission = net::Permission::anyone,
        .summary = "Lists where people may sign in besides the hub itself.",
        .response = providers_shape()},
       [sign_in](const net::Call&) -> Result<net::Answer> {
         return list_providers(*sign_in->settings());
       }},
      {{.method = "GET",
        .path = "/api/v1/session/oidc/{provider}",
        .permission = net::Permission::anyone,
        .summary = "Sends a browser to a sign-in provider (OpenID Connect).",
        .query = {{"return_to", shape::text("A path of the console to come back to.", 0, 2048)}},
        .status = 302},
       [sign_in](const net::Call& call) -> Result<net::Answer> {
         return send_away(*sign_in, call);
       }},
      {{.method = "GET",
        .path = "/api/v1/session/oidc/{provider}/callback",
        .permission = net::Permission::anyone,
        .summary = "Takes a browser back from a sign-in provider and opens a session.",
        .status = 302,
        .open_query = true},  // RFC 6749, section 4.1.2: unknown parameters are ignored
       [sign_in, open_session = std::move(open_session),
        note_refusal = std::move(note_refusal)](const net::Call& call) -> Result<net::Answer> {
         return take_back(*sign_in, open_session, note_refusal, call);
       }},
  };
}

}  // namespace nocturn::identity
