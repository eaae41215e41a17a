// Serves one file as a prepared page, for bench/status_page.sh:
//   bench_serve_page HOST:PORT FILE [CERTIFICATE KEY]
// Prints its address and runs until SIGTERM or SIGINT.
#include <pthread.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "net/http_server.h"

using namespace nocturn;

int main(int count, char** arguments) {
  if (count != 3 && count != 5) {
    std::fputs("usage: bench_serve_page HOST:PORT FILE [CERTIFICATE KEY]\n", stderr);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGTERM);
  sigaddset(&endings, SIGINT);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);

  std::ifstream file(arguments[2], std::ios::binary);
  if (!file) {
    fmt::print(stderr, "{}: cannot be read\n", arguments[2]);
    return 2;
  }
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  auto pages = std::make_shared<net::PageSet>();
  pages->pages["/page.html"] = net::make_page({"text/html; charset=utf-8", body, "no-cache", {}});
  net::PageBoard board;
  board.publish(pages);

  net::ServerOptions options;
  options.listen = arguments[1];
  if (count == 5) options.tls = {arguments[3], arguments[4]};
  const SystemClock clock;
  const auto server = net::HttpServer::start(
      options, clock, board, [](const net::Request&) { return net::Response{404, {}, ""}; });
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().text());
    return exit_status(server.error().code);
  }
  fmt::print("{}\n", (*server)->address());
  std::fflush(stdout);
  int ending = 0;
  sigwait(&endings, &ending);
  return 0;
}
