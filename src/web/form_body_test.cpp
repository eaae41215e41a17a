#include "web/form_body.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace nocturn::web {
namespace {

net::Request post(std::string type, std::string body) {
  net::Request request;
  request.method = "POST";
  request.headers = {{"content-type", std::move(type)}};
  request.body = std::move(body);
  return request;
}

constexpr const char* kUrlencoded = "application/x-www-form-urlencoded";

TEST(FormBody, reads_what_browsers_send) {
  const auto form = read_form(post("Application/X-WWW-Form-Urlencoded; charset=UTF-8",
                                   "email=a%40b.c&instance=x&instance=y+z&empty=&bare"));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->text("email"), "a@b.c");
  EXPECT_EQ(form->all("instance"), (std::vector<std::string>{"x", "y z"}));
  EXPECT_TRUE(form->has("empty", ""));
  EXPECT_TRUE(form->has("bare", ""));
  EXPECT_EQ(form->text("missing"), "");
}

TEST(FormBody, reads_what_mail_programs_send_to_leave) {
  const auto form = read_form(post("multipart/form-data; boundary=\"--x y\"",
                                   "a preamble\r\n----x y\r\nContent-Type: text/plain\r\n"
                                   "Content-Disposition: form-data; name=\"List-Unsubscribe\"\r\n"
                                   "\r\nOne-Click\r\n----x y--\r\n"));
  ASSERT_TRUE(form) << form.error().text();
  EXPECT_TRUE(form->has("List-Unsubscribe", "One-Click"));
}

TEST(FormBody, refuses_what_is_no_form_broken_or_too_much) {
  const auto code = [](const net::Request& request) { return read_form(request).error().code; };
  EXPECT_EQ(code(post("application/json", "{}")), ErrorCode::unsupported);
  EXPECT_EQ(code(post("", "a=b")), ErrorCode::unsupported);
  EXPECT_EQ(code(post(kUrlencoded, "a=%zz")), ErrorCode::invalid);
  EXPECT_EQ(code(post(kUrlencoded, "a=%ff")), ErrorCode::invalid);
  EXPECT_EQ(code(post(kUrlencoded, std::string(1024 * 1024, 'a'))), ErrorCode::limited);
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "i=1&";
  EXPECT_EQ(code(post(kUrlencoded, many)), ErrorCode::limited);
  for (const char* body : {"--b", "--b\r\n\r\nno name\r\n--b--", "--b\r\nno gap\r\n--b--", "x"})
    EXPECT_EQ(code(post("multipart/form-data; boundary=b", body)), ErrorCode::invalid) << body;
  EXPECT_EQ(code(post("multipart/form-data", "--b--")), ErrorCode::invalid);
  EXPECT_EQ(code(post("multipart/form-data; boundary=b", std::string(20'000, 'a'))),
            ErrorCode::limited);
  EXPECT_TRUE(read_form(post("application/json", "")));
}

RC_GTEST_PROP(FormBody, any_fields_come_through_as_they_were, ()) {
  const auto fields =
      *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(rc::gen::pair(
          rc::gen::nonEmpty(rc::gen::string<std::string>()), rc::gen::string<std::string>()));
  std::string body;
  bool text = true;
  for (const auto& [name, value] : fields) {
    text = text && is_utf8(name) && is_utf8(value);
    body += fmt::format("&{}={}", escape_url(name), escape_url(value));
  }
  const auto form = read_form(post(kUrlencoded, body));
  RC_ASSERT(form.has_value() == (text || fields.empty()));
  if (!form) return;
  for (const auto& [name, value] : fields) RC_ASSERT(form->has(name, value));
}

RC_GTEST_PROP(FormBody, no_multipart_body_leads_astray, (const std::string& noise)) {
  const auto form = read_form(
      post("multipart/form-data; boundary=b",
           "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n" + noise + "\r\n--b--\r\n"));
  // A field's value may hold anything but the line that ends it.
  const bool plain = is_utf8(noise) && ("\r\n" + noise).find("\r\n--b") == std::string::npos;
  RC_ASSERT(!plain || (form && form->has("x", noise)));
  RC_ASSERT(form || form.error().code == ErrorCode::invalid);
}

}  // namespace
}  // namespace nocturn::web
