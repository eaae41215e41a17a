#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "end_to_end/copy_servers.h"
#include "end_to_end/hub_alone.h"
#include "support/eventually.h"
#include "support/port_range.h"
#include "support/text_file.h"

// Nocturn watched from outside: a second hub, configured as docs/watching-nocturn.md says, sees
// that the first one is gone, that its copy ages and that its mail server sleeps, and tells it on
// ways of its own.
namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void replace(std::string& text, std::string_view what, const std::string& by) {
  ASSERT_NE(text.find(what), text.npos) << "the page no longer says " << what;
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
}

// What the page gives to copy.
std::string configuration_of_the_page() {
  const std::string page = text_of(fs::path(NOCTURN_DOCS) / "watching-nocturn.md");
  const std::string begin = "```yaml\n";
  const std::size_t from = page.find(begin) + begin.size();
  return page.substr(from, page.find("```", from) - from);
}

class MailServer {
 public:
  explicit MailServer(int port) : port_(port) {}
  bool start() {
    auto started = ChildProcess::start(
        {{"/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", fmt::format("127.0.0.1:{}", port_),
          "-c", "aiosmtpd.handlers.Mailbox", (folder_ / "mail").string()}});
    if (!started) return false;
    process_ = std::move(*started);
    return process_->wait_for_port(static_cast<std::uint16_t>(port_)).has_value();
  }
  void stop() { process_->kill(); }
  int port() const { return port_; }

 private:
  const int port_;
  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
};

// Takes any POST and writes its body to its output, one a line.
class Receiver {
 public:
  bool start(int port) {
    const std::string program = fmt::format(
        "import http.server\n"
        "class Taker(http.server.BaseHTTPRequestHandler):\n"
        "  def do_POST(self):\n"
        "    body = self.rfile.read(int(self.headers['Content-Length']))\n"
        "    self.send_response(204)\n"
        "    self.end_headers()\n"
        "    print(body.decode(), flush=True)\n"
        "http.server.HTTPServer(('127.0.0.1', {}), Taker).serve_forever()\n",
        port);
    auto started = ChildProcess::start({{"/usr/bin/python3", "-c", program}});
    if (!started) return false;
    process_ = std::move(*started);
    return process_->wait_for_port(static_cast<std::uint16_t>(port)).has_value();
  }
  // How many notices of that step told of that instance.
  int told(const std::string& step, const std::string& instance) const {
    int count = 0;
    std::istringstream lines(process_->output());
    for (std::string line; std::getline(lines, line);) {
      boost::json::error_code error;
      const auto event = boost::json::parse(line, error);
      if (error || event.at("type").as_string() != "org.nocturn.notice." + step) continue;
      for (const auto& row : event.at("data").at("rows").as_array())
        if (row.at("instance") == boost::json::string_view(instance)) ++count;
    }
    return count;
  }

 private:
  std::unique_ptr<ChildProcess> process_;
};

class Watching : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(mail_server_.start());
    first_ = std::make_unique<HubAlone>(HubAlone::Options{
        .configuration = fmt::format(
            "notifications: {{from: status@example.org, smtp: {{host: 127.0.0.1, port: {}, "
            "security: none}}}}\n"
            "status_page: {{publish: {{copy: {{folder: {}, every: 10s}}}}}}\n",
            mail_server_.port(), copies().string()),
        .listen = fmt::format("127.0.0.1:{}", ports_.first() + 1)});
    ASSERT_TRUE(first_->start()) << first_->log();
    fs::permissions(folder_.path(), fs::perms(0755));  // nginx reads as another account
    ASSERT_TRUE(copy_.start());
    ASSERT_TRUE(eventually([&] { return copy_.get("/status.json").contains("generated_at"); }))
        << first_->log();
    ASSERT_TRUE(receiver_.start(ports_.first() + 2));
    second_ = std::make_unique<HubAlone>();
    configure_second();
    ASSERT_TRUE(second_->start()) << second_->log();
  }

  fs::path copies() const { return folder_ / "copies"; }
  fs::path mailbox() const { return second_->folder() / "mail"; }

  // The page's own configuration, with the addresses of this test and a quicker rhythm.
  void configure_second() {
    std::string text = configuration_of_the_page();
    replace(text, "https://status.example.org", first_->url());
    replace(text, "https://status-copy.example.net", copy_.url());
    replace(text, "\"mail.example.org:587\", tls: starttls, certificate_days: 14",
            fmt::format("\"127.0.0.1:{}\"", mail_server_.port()));
    replace(text, "every: 15s", "every: 1s");
    replace(text, "every: 30s", "every: 1s");
    replace(text, "5m}", "1m}");  // a page is made anew twice a minute
    const std::size_t way = text.find("  smtp: {host: mail.example.net");
    ASSERT_NE(way, text.npos);
    text.replace(way, text.find('\n', way) - way,
                 "  maildir: " + mailbox().string() + "\n  private_webhooks: true");
    std::ofstream(second_->folder() / "config" / "cloud.yaml") << text;
  }

  std::string component(const std::string& instance) {
    boost::json::error_code error;
    const auto answer = boost::json::parse(second_->get("/api/v2/components.json"), error);
    if (error) return "";
    for (const auto& one : answer.at("components").as_array())
      if (one.at("id") == boost::json::string_view(instance))
        return std::string(one.at("status").as_string());
    return "";
  }
  bool becomes(const std::string& instance, bool operational) {
    return eventually([&] {
      const std::string now = component(instance);
      return !now.empty() && (now == "operational") == operational;
    });
  }
  // Mails with these words in their subject, by the reader's address.
  int mails(const std::string& words) {
    int count = 0;
    std::error_code missing;
    for (const auto& file : fs::directory_iterator(mailbox() / "new", missing)) {
      const std::string mail = text_of(file.path());
      const std::size_t at = mail.find("\nSubject: ");
      if (at != mail.npos && mail.substr(at, mail.find("\nTo: ", at) - at).contains(words)) ++count;
    }
    return count;
  }
  std::string post(const std::string& path, const std::string& form) {
    const auto outcome = run_to_end({{"curl", "-s", "-m", "10", "-o", "/dev/null", "-w",
                                      "%{http_code}", "-d", form, second_->url() + path}});
    return outcome ? outcome->output : outcome.error().text();
  }
  // Follows the link of the newest request to confirm.
  void confirm_newest(std::size_t mail_count) {
    std::vector<fs::path> files;
    ASSERT_TRUE(eventually([&] {
      files.clear();
      std::error_code missing;
      for (const auto& file : fs::directory_iterator(mailbox() / "new", missing))
        files.push_back(file.path());
      return files.size() >= mail_count;
    })) << second_->log();
    for (const fs::path& file : files) {
      std::string mail = text_of(file);
      for (std::size_t at; (at = mail.find("=\n")) != mail.npos;) mail.erase(at, 2);
      const std::string link = "/subscriptions/";
      const std::size_t at = mail.find(link);
      ASSERT_NE(at, mail.npos) << mail;
      post(mail.substr(at, link.size() + 44), "");  // a second time changes nothing
    }
  }
  void subscribe() {
    const std::string rows =
        "&instance=status-page&instance=status-copy&instance=mailer&topic=trouble&language=en";
    ASSERT_EQ(post("/subscribe", "email=ann@example.com&channel=email" + rows), "200");
    confirm_newest(1);
    ASSERT_EQ(post("/subscribe",
                   fmt::format("email=ann@example.com&channel=webhook&url=http://127.0.0.1:{}/in{}",
                               ports_.first() + 2, rows)),
              "200");
    confirm_newest(2);
  }

  PortRange ports_;
  TemporaryFolder folder_;
  MailServer mail_server_{ports_.first()};
  WebServer copy_{copies() / "current"};
  Receiver receiver_;
  std::unique_ptr<HubAlone> first_, second_;
};

TEST_F(Watching, tells_that_the_first_hub_is_gone_its_copy_old_and_its_mail_server_asleep) {
  for (const char* row : {"status-page", "status-copy", "mailer"})
    ASSERT_TRUE(becomes(row, true)) << row << first_->log() << second_->log();
  subscribe();

  first_->kill();
  EXPECT_TRUE(becomes("status-page", false)) << second_->log();
  EXPECT_TRUE(eventually([&] { return receiver_.told("began", "status-page") == 1; }))
      << second_->log();
  EXPECT_TRUE(eventually([&] { return mails("Status Page") >= 1; })) << second_->log();
  EXPECT_EQ(component("mailer"), "operational");
  EXPECT_TRUE(becomes("status-copy", false)) << "nobody makes it any more";

  ASSERT_TRUE(first_->start()) << first_->log();
  EXPECT_TRUE(becomes("status-page", true)) << second_->log();
  EXPECT_TRUE(becomes("status-copy", true)) << copy_.get("/status.json") << first_->log();
  EXPECT_TRUE(eventually([&] { return receiver_.told("over", "status-page") == 1; }))
      << second_->log();

  mail_server_.stop();
  EXPECT_TRUE(becomes("mailer", false)) << second_->log();
  EXPECT_TRUE(eventually([&] { return receiver_.told("began", "mailer") == 1; })) << second_->log();
  EXPECT_EQ(component("status-page"), "operational");
  ASSERT_TRUE(mail_server_.start());
  EXPECT_TRUE(becomes("mailer", true)) << second_->log();
  EXPECT_TRUE(eventually([&] { return receiver_.told("over", "mailer") == 1; })) << second_->log();
  EXPECT_EQ(receiver_.told("began", "status-page"), 1) << "each once";
}

}  // namespace
}  // namespace nocturn::testing
