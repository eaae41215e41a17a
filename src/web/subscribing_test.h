#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/subscription_site.h"
#include "web/response_test.h"
#include "web/web.h"

// Calls of the subscription pages, over a real desk and store.
namespace nocturn::web {

using notifications::Use;
using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string body_of(const Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += fmt::format("{}{}={}", body.empty() ? "" : "&", escape_url(name), escape_url(value));
  return body;
}

class Subscribing : public ::testing::Test {
 protected:
  net::Response ask(net::Request request) {
    auto response = subscriptions(site_.view(), site_.desk(), request);
    EXPECT_TRUE(response) << request.path;
    return response.value_or(net::Response{});
  }
  net::Response get(const std::string& path, const Fields& query = {}) {
    net::Request request;
    request.method = "GET";
    request.path = request.target = path;
    request.query = query;
    return ask(std::move(request));
  }
  net::Response post(const std::string& path, const Fields& fields, const Fields& query = {}) {
    net::Request request;
    request.method = "POST";
    request.path = request.target = path;
    request.query = query;
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
    request.body = body_of(fields);
    request.peer = "192.0.2.7";
    return ask(std::move(request));
  }

  static Fields wanted(const std::string& email) {
    return {{"email", email},     {"institution", "Northgate"}, {"instance", "catalog-eu01"},
            {"topic", "trouble"}, {"language", "en"},           {"pace", "at_once"},
            {"channel", "email"}, {"do", "subscribe"}};
  }
  // Asked for and confirmed; the id.
  std::string subscribed(const Fields& fields) {
    EXPECT_EQ(post("/subscribe", fields).status, 200);
    const std::string id = site_.subscriptions_of(fields[0].second).back();
    EXPECT_EQ(post(path(Use::confirm, id), {{"do", "confirm"}}).status, 200);
    return id;
  }
  std::string path(Use use, const std::string& id) {
    return "/subscriptions/" + site_.token(use, id);
  }

  testing::SubscriptionSite site_;
};

}  // namespace nocturn::web
