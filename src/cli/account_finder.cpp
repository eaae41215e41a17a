#include "cli/account_finder.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/show.h"

namespace nocturn::cli {
namespace {

std::optional<FoundAccount> among(const Json& accounts, const std::string& login) {
  for (const Json& account : accounts.as_array())
    if (text_of(account, "login") == login)
      return FoundAccount{text_of(account, "id"), text_of(account, "person"), login};
  return std::nullopt;
}

// Every page of a list, until `look` found what it looks for.
template <class Look>
Result<std::optional<FoundAccount>> search(const Shared& shared, const std::string& path,
                                           Look look) {
  std::string cursor;
  do {
    const Json page = TRY(call_hub(
        shared, "GET", cursor.empty() ? path : fmt::format("{}&cursor={}", path, cursor), nullptr));
    if (auto found = look(page)) return found;
    cursor = text_of(page, "next");
  } while (!cursor.empty());
  return std::nullopt;
}

}  // namespace

Result<FoundAccount> find_account(const Shared& shared, const std::string& login) {
  const std::string wanted = lower_ascii(trim(login));
  const auto person =
      TRY(search(shared, "/api/v1/people?limit=1000&q=" + escape_url(wanted),
                 [&](const Json& page) -> std::optional<FoundAccount> {
                   for (const Json& each : page.as_object().at("people").as_array())
                     if (auto found = among(each.as_object().at("accounts"), wanted)) return found;
                   return std::nullopt;
                 }));
  if (person) return *person;
  const auto service = TRY(search(shared, "/api/v1/accounts?limit=1000", [&](const Json& page) {
    return among(page.as_object().at("accounts"), wanted);
  }));
  if (service) return *service;
  return fail(ErrorCode::not_found, "no account has the login {}; see nocturn user list", login);
}

}  // namespace nocturn::cli
