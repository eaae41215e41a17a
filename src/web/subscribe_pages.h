#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "notifications/subscription_desk.h"
#include "status_page/status_page.h"
#include "web/subscribe_draft.h"

// The pages of subscriptions as text. Pure functions of what they show.
namespace nocturn::web {

// Something above a form: what went wrong with all of it, or that it went well.
struct Banner {
  std::string text = {};
  bool bad = true;
};

// GET and POST /subscribe.
std::string subscribe_page(const status_page::View& view, const status_page::Words& words,
                           const Draft& draft, const FieldFaults& faults, const Banner& banner);

// What was chosen through a token's link, as it can be changed. `draft` is what the form shows;
// that may be more than what is kept in `held`.
std::string manage_page(const status_page::View& view, const status_page::Words& words,
                        std::string_view token, const SubscriptionDesk::Holding& held,
                        const Draft& draft, const FieldFaults& faults, const Banner& banner);

// What a confirmation is about, with the button that confirms.
std::string confirm_page(const status_page::View& view, const status_page::Words& words,
                         std::string_view token, const SubscriptionDesk::Holding& held,
                         const std::vector<InstitutionChoice>& followed);

// A page that tells something and offers what to do next.
struct Told {
  std::string heading = {};
  std::string text = {};
  std::string path{"/subscribe"};       // of the page itself, for the other languages
  std::vector<std::string> notes = {};  // paragraphs
  struct Secret {
    std::string label, value, about;
  };
  std::vector<Secret> secrets = {};  // shown now and never again
  struct Link {
    std::string href, label;
  };
  std::vector<Link> links = {};
  std::string button = {};  // not empty: posts `button_does` to `path`
  std::string button_does = {};
  bool asks_for_link = false;  // the form that mails the link to one's choices
  std::string address = {};    // what was typed into it
  std::string address_fault = {};
};
std::string told_page(const status_page::View& view, const status_page::Words& words,
                      const Told& told);

}  // namespace nocturn::web
