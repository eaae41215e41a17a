#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "notifications/subscription_desk.h"
#include "status_page/status_page.h"
#include "web/form_body.h"

// What somebody is writing into a subscription's form, and what is wrong with it. Nothing typed is
// lost: whatever was posted is shown again, right or wrong. Pure.
namespace nocturn::web {

using notifications::SubscriptionDesk;
using InstitutionChoice = SubscriptionDesk::InstitutionChoice;

struct Draft {
  std::string email = {};
  std::string institution = {};  // their own, in their words
  bool shared = false;
  std::string channel{notifications::kEmail};
  std::string url = {};  // of a webhook or chat
  std::string code = {};
  notifications::Choices choices = {};

  // Looking for an institution to follow: what is looked for, what was looked for last, and what
  // was found; `followed` are the chosen ones with their names.
  std::string find = {};
  std::string found = {};
  std::vector<InstitutionChoice> matches = {};
  std::vector<InstitutionChoice> followed = {};
};

// Letters of an institution's name without which none is looked for: nobody leafs through them.
inline constexpr std::size_t kShortestSearch = 3;

// A field of the form, and what is wrong with it in words for its reader.
using FieldFaults = std::map<std::string, std::string, std::less<>>;

// A fresh form with the instances, products and institutions that its link names.
Draft draft_from(const net::Request& request, const status_page::Words& words);
// What was posted.
Draft draft_from(const Form& form);

// The subscription that the draft asks for, as it is kept; what is wrong with it is added to
// `faults`. Rows that the public does not see are as unknown as those that do not exist.
notifications::Subscription subscription_of(const Draft& draft, const status_page::View& view,
                                            const status_page::Words& words, FieldFaults& faults);
notifications::Choices choices_of(const Draft& draft, const status_page::View& view,
                                  const status_page::Words& words, FieldFaults& faults);

}  // namespace nocturn::web
