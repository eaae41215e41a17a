#include "app/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/result.h"

namespace nocturn::app {

Signals::Signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
  CHECK(::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  CHECK(descriptor_ >= 0);
}

void Signals::wait(const std::function<void()>& reload) {
  for (;;) {
    signalfd_siginfo info{};
    const ssize_t got = ::read(descriptor_, &info, sizeof info);
    if (got < 0 && errno == EINTR) continue;
    CHECK(got == sizeof info);
    if (info.ssi_signo != SIGHUP || !reload) return;
    reload();
  }
}

}  // namespace nocturn::app
