#include "app/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace nocturn::app {
namespace {

// Listens as systemd does, and gives what came.
class Supervisor {
 public:
  explicit Supervisor(const std::string& place) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(place, address.sun_path);
    if (place.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + place.size());
    EXPECT_EQ(0, ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size));
  }
  ~Supervisor() { ::close(socket_); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  std::string heard() const {
    std::string text(100, '\0');
    const ssize_t got = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

 private:
  const int socket_;
};

TEST(Supervisor, hears_that_the_hub_is_ready_by_a_path_and_by_an_abstract_name) {
  const nocturn::testing::TemporaryFolder folder;
  const std::string path = folder.path() / "notify";
  for (const std::string& place : {path, fmt::format("@nocturn-test-{}", ::getpid())}) {
    const Supervisor supervisor(place);
    ASSERT_TRUE(tell_supervisor(place, "READY=1"));
    EXPECT_EQ("READY=1", supervisor.heard());
  }
}

TEST(Supervisor, that_is_gone_or_wrongly_named_is_an_error_and_no_wait) {
  const nocturn::testing::TemporaryFolder folder;
  EXPECT_EQ(ErrorCode::unavailable,
            tell_supervisor(folder.path() / "nobody", "READY=1").error().code);
  for (const std::string& place : {std::string(), std::string("relative"), std::string(200, '/')})
    EXPECT_EQ(ErrorCode::invalid, tell_supervisor(place, "READY=1").error().code);
}

}  // namespace
}  // namespace nocturn::app
