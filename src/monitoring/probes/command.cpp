#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/spawn.h"
#include "base/text.h"
#include "monitoring/probes/judge.h"
#include "monitoring/probes/kinds.h"
#include "monitoring/probes/options.h"
#include "monitoring/probes/plugin_output.h"
#include "monitoring/probes/timed_probe.h"
#include "monitoring/probes/transcript.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr std::size_t kMostOutput = 64 * 1024;  // of each stream; the rest is read and dropped
constexpr rlim_t kMostDescriptors = 256;
constexpr rlim_t kLargestFile = 64 * 1024 * 1024;

constexpr OptionSpec kOptions[] = {
    {.name = "command",
     .type = OptionType::text_list,
     .required = true,
     .sentence =
         "The plug-in's absolute path and its arguments, one by one; no shell is involved."},
    {.name = "environment",
     .type = OptionType::text_map,
     .sentence = "Variables the plug-in gets besides PATH and LANG; nothing else is passed on."},
    {.name = "memory",
     .type = OptionType::size,
     .default_text = "2GiB",
     .sentence = "Most address space the plug-in may take."},
};

void limit(pid_t pid, int resource, rlim_t most) {
  const rlimit both{most, most};
  ::prlimit(pid, static_cast<__rlimit_resource>(resource), &both, nullptr);
}

// A running plug-in: leads a process group of its own, has no standard input, and nothing of ours
// open but the two pipes we read.
struct Plugin {
  pid_t pid = -1;
  int handle = -1;  // pidfd: readable when it ended
  int output = -1, errors = -1;
};

struct Pipes {
  int output[2] = {-1, -1}, errors[2] = {-1, -1};
  bool open() {
    return ::pipe2(output, O_CLOEXEC | O_NONBLOCK) == 0 &&
           ::pipe2(errors, O_CLOEXEC | O_NONBLOCK) == 0;
  }
  static void close(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
  }
  ~Pipes() {
    for (int* end : {&output[0], &output[1], &errors[0], &errors[1]}) close(*end);
  }
};

class CommandProbe final : public TimedProbe {
 public:
  using TimedProbe::TimedProbe;
  ~CommandProbe() override {
    if (!finished()) release();
  }

  void begin(const inventory::Options& options) {
    std::vector<std::string> arguments = list_option(options, "command");
    if (arguments.empty() || !arguments[0].starts_with('/')) {
      return finish(Outcome::cannot_tell, "the command must start with an absolute path");
    }
    std::vector<std::string> environment;
    for (const auto& [name, value] : section_option(options, "environment")) {
      if (const auto* text = std::get_if<std::string>(&value.value)) {
        environment.push_back(name + "=" + *text);
      }
    }
    Pipes pipes;
    if (!pipes.open()) return finish(Outcome::cannot_tell, "no descriptors are left");
    enter(&Phases::first_byte);
    name_ = arguments[0];
    const Result<pid_t> started = spawn({.arguments = std::move(arguments),
                                         .environment = std::move(environment),
                                         .output = pipes.output[1],
                                         .errors = pipes.errors[1]});
    if (!started)
      return finish(Outcome::cannot_tell,
                    fmt::format("cannot start {}: {}", name_, started.error().message));
    plugin_.pid = *started;
    set_limits(static_cast<rlim_t>(integer_option(options, "memory", 2LL << 30)));
    plugin_.handle = static_cast<int>(::syscall(SYS_pidfd_open, plugin_.pid, 0));
    if (plugin_.handle < 0) {
      end_now();
      return finish(Outcome::cannot_tell, "no descriptors are left");
    }
    plugin_.output = std::exchange(pipes.output[0], -1);
    plugin_.errors = std::exchange(pipes.errors[0], -1);
    watch(plugin_.output, said_);
    watch(plugin_.errors, complained_);
    world().loop.watch(plugin_.handle, net::Interest::read, [this](bool, bool) { on_end(); });
  }

 private:
  // Set right after the start: the program loader alone takes longer than that.
  void set_limits(rlim_t memory) const {
    limit(plugin_.pid, RLIMIT_CORE, 0);
    limit(plugin_.pid, RLIMIT_NOFILE, kMostDescriptors);
    limit(plugin_.pid, RLIMIT_FSIZE, kLargestFile);
    limit(plugin_.pid, RLIMIT_AS, memory);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout()).count();
    limit(plugin_.pid, RLIMIT_CPU, static_cast<rlim_t>(seconds) + 1);
  }

  // Kills it and waits for that, where its end cannot be watched.
  void end_now() {
    ::kill(-plugin_.pid, SIGKILL);
    ::waitpid(plugin_.pid, nullptr, 0);
    plugin_.pid = -1;
  }

  void watch(int descriptor, std::string& into) {
    world().loop.watch(descriptor, net::Interest::read, [this, descriptor, &into](bool, bool) {
      if (!drain(descriptor, into)) world().loop.change(descriptor, net::Interest::none);
    });
  }

  // Reads what there is; false at the end of the stream.
  bool drain(int descriptor, std::string& into) {
    std::array<char, 4096> buffer;
    for (int turn = 0; turn < 16; ++turn) {  // others want the loop, too
      const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
      if (got == 0) return false;
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      if (is_in(&Phases::first_byte)) enter(&Phases::transfer);
      const std::size_t room = kMostOutput - std::min(kMostOutput, into.size());
      into.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
    }
    return true;
  }

  void on_end() {
    siginfo_t ended{};
    if (::waitid(P_PIDFD, static_cast<id_t>(plugin_.handle), &ended, WEXITED | WNOHANG) != 0 ||
        ended.si_pid == 0) {
      return finish(Outcome::cannot_tell, "the plug-in's end cannot be learned");
    }
    drain(plugin_.output, said_);
    drain(plugin_.errors, complained_);
    ::kill(-plugin_.pid, SIGKILL);  // whom it left behind
    plugin_.pid = -1;
    if (ended.si_code != CLD_EXITED) {
      note_output({});
      return finish(Outcome::cannot_tell,
                    fmt::format("{} was ended by signal {}", name_, ended.si_status));
    }
    judge(ended.si_status);
  }

  // Monitoring Plugins Development Guidelines, section 2.3.
  void judge(int status) {
    PluginOutput output = parse_plugin_output(said_);
    note_output(output);
    observation().metrics = std::move(output.metrics);
    std::string reason = output.line;
    if (reason.empty()) reason = fmt::format("{} said nothing, status {}", name_, status);
    switch (status) {
      case 0: return finish(Outcome::passed, {});
      case 1: observation().degraded = true; return finish(Outcome::passed, std::move(reason));
      case 2: return finish(Outcome::failed, std::move(reason));
      case 3: return finish(Outcome::cannot_tell, std::move(reason));
      default:
        return finish(Outcome::cannot_tell,
                      fmt::format("status {} is none of a plug-in's: {}", status, reason));
    }
  }

  void note_output(const PluginOutput& output) {
    auto& transcript = observation().transcript;
    if (!output.line.empty()) add_line(transcript, "< " + output.line);
    for (const std::string& line : output.more) add_line(transcript, "< " + line);
    for (std::string_view line : split(complained_, '\n')) {
      if (!trim(line).empty()) add_line(transcript, fmt::format("< (stderr) {}", line));
    }
  }

  void on_deadline() override {
    note_output(parse_plugin_output(said_));
    finish(Outcome::failed,
           fmt::format("{} did not end within {} and was killed", name_, to_text(timeout())));
  }

  void release() override {
    net::Loop& loop = world().loop;
    for (int* descriptor : {&plugin_.output, &plugin_.errors}) {
      if (*descriptor < 0) continue;
      loop.forget(*descriptor);
      Pipes::close(*descriptor);
    }
    if (plugin_.handle >= 0) loop.forget(plugin_.handle);
    if (plugin_.pid > 0) {
      ::kill(-plugin_.pid, SIGKILL);
      if (!reap(plugin_.pid)) return reap_later();
    }
    Pipes::close(plugin_.handle);
  }

  static bool reap(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; }

  // The kernel takes a moment, or long when the plug-in hangs in a disk. Nobody waits for it here.
  void reap_later() {
    const Plugin dying = std::exchange(plugin_, {});
    if (dying.handle < 0) return;
    net::Loop& loop = world().loop;
    loop.watch(dying.handle, net::Interest::read, [&loop, dying](bool, bool) {
      const Plugin dead = dying;  // this function ends with forget()
      loop.forget(dead.handle);
      reap(dead.pid);
      ::close(dead.handle);
    });
  }

  Plugin plugin_;
  std::string name_;
  std::string said_, complained_;
};

std::unique_ptr<RunningProbe> start(const inventory::Check& check, ProbeWorld& world,
                                    ProbeDone done) {
  auto probe = std::make_unique<CommandProbe>(check, world, std::move(done));
  probe->begin(check.options);
  return probe;
}

std::vector<inventory::Objection> judge(const inventory::Options& options) {
  const std::vector<std::string>& words = list_option(options, "command");
  if (!words.empty() && words.front().starts_with('/') && !words.front().contains(' ')) return {};
  return {{"command",
           words.empty() ? std::string("is empty")
                         : fmt::format("begins with \"{}\"", words.front().substr(0, 80)),
           "write a list: the plug-in's absolute path, then each argument, like "
           "[/usr/lib/nagios/plugins/check_load, \"-w\", \"8,6,4\"]"}};
}

}  // namespace

ProbeKind command_kind() {
  return {.spec = {.name = "command",
                   .sentence = "A Nagios plug-in ends with status 0; 1 is a performance issue.",
                   .example = R"({command: {command: [/usr/lib/nagios/plugins/check_load, )"
                              R"("-w", "8,6,4", "-c", "16,12,8"]}})",
                   .options = kOptions,
                   .default_layer = "host",
                   .judge = &judge},
          .start = &start};
}

}  // namespace nocturn::monitoring
