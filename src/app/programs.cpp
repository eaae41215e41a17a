#include "app/programs.h"

#include <sys/resource.h>

#include <cstdio>

#include "app/api_tables.h"
#include "app/demo/demo_cloud.h"
#include "app/environment.h"
#include "app/hub.h"
#include "app/replay.h"
#include "app/supervisor.h"
#include "base/log.h"

namespace nocturn::app {
namespace {

constexpr Micros kDemoDelay = std::chrono::milliseconds(1500);

// The sample cloud's files: in the source tree the program was built from, else where the package
// puts them; and what people there call the program.
struct Home {
  std::filesystem::path resources;
  std::string_view program;
};

Home home() {
  const std::filesystem::path built_from = NOCTURN_DEMO_RESOURCES;
  std::error_code error;
  if (std::filesystem::exists(built_from, error)) return {built_from, "build/nocturn"};
  return {"/usr/share/nocturn/demo", "nocturn"};
}

int give_up(const Error& error) {
  fmt::print(stderr, "nocturn: {}\n", error.text());
  return exit_status(error.code);
}

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// A connection or a probe each takes a descriptor; the soft limit of a shell is far below what the
// hub is allowed.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// systemd counts the service as started when it hears so (deploy/nocturn.service).
void tell_supervisor_if_any(std::string_view state) {
  const auto place = environment_variable("NOTIFY_SOCKET");
  if (!place) return;
  if (const Status told = tell_supervisor(*place, state); !told)
    log::warning("app", told.error().text());
}

enum class Hangup { reloads, ends };

// Runs a hub until SIGTERM or SIGINT.
int run_hub(HubOptions options, Signals& signals, Hangup hangup, std::string_view hint) {
  raise_descriptor_limit();
  const SystemClock clock;
  SystemRandom random;
  auto hub = Hub::start(std::move(options), clock, random);
  if (!hub) return give_up(hub.error());
  std::string console = (*hub)->url() + "/console";
  if (const auto first = (*hub)->first_administrator_url())
    console += "\nnobody can sign in yet; become the first administrator within a day at " + *first;
  say(fmt::format("nocturn is ready at {}/\nthe console is at {}{}", (*hub)->url(), console, hint));
  tell_supervisor_if_any("READY=1");
  if (hangup == Hangup::reloads)
    signals.wait([&] { (*hub)->reload(); });
  else
    signals.wait({});
  tell_supervisor_if_any("STOPPING=1");
  say("stopping");
  return 0;
}

int serve(const cli::ServeRequest& request, Signals& signals) {
  log::configure(request.json_log ? log::Format::json : log::Format::readable,
                 request.debug ? log::Level::debug : log::Level::info);
  return run_hub({.config = request.config,
                  .data = request.data,
                  .ledger_memory = {},
                  .listen = request.listen,
                  .store = request.store,
                  .certificate = request.certificate,
                  .key = request.key,
                  .check_answers = request.check_answers},
                 signals, Hangup::reloads, "");
}

Status command(demo::DemoCloud& cloud, const cli::DemoRequest& request) {
  if (request.verb == "up") return cloud.up();
  if (request.verb == "down") return cloud.down();
  if (request.verb == "outage") return cloud.outage(request.instance);
  if (request.verb == "slow") return cloud.slow(request.instance, kDemoDelay);
  if (request.verb == "freeze") return cloud.freeze(request.instance);
  if (request.verb == "break") return cloud.break_index(request.instance);
  if (request.verb == "restore") return cloud.restore(request.instance);
  return fail(ErrorCode::invalid, "no such verb: {}", request.verb);
}

// What finds a sample cloud that is not in its usual folder.
std::string where(const std::filesystem::path& dir) {
  return dir == cli::DemoRequest{}.dir ? "" : fmt::format(" --dir {}", dir.string());
}

std::string what_was_done(const cli::DemoRequest& request) {
  const std::string& instance = request.instance;
  const auto until = [&](std::string_view done) {
    return fmt::format("{} until {} demo restore {}{}", done, home().program, instance,
                       where(request.dir));
  };
  if (request.verb == "up") return "the sample cloud's servers run";
  if (request.verb == "down") return "everything that it started is stopped";
  if (request.verb == "slow") return until(fmt::format("{} answers late", instance));
  if (request.verb == "freeze") return until(fmt::format("{} accepts and says nothing", instance));
  if (request.verb == "break") return until(fmt::format("{} finds nothing", instance));
  if (request.verb == "outage") return until(fmt::format("{} is stopped", instance));
  return fmt::format("{} runs as before", instance);
}

std::string what_to_try(const std::filesystem::path& dir) {
  const bool is_usual = dir == cli::DemoRequest{}.dir;
  return fmt::format(
      "\n\n  in another terminal, make something happen:\n"
      "    {0} demo outage catalog-eu01{1}\n"
      "    {0} status{2}\n"
      "    {0} demo restore catalog-eu01{1}\n\n"
      "  subscribe on the page to be told by mail: what the hub sends is kept in {3}\n\n"
      "  Ctrl-C stops the hub and every server it started",
      home().program, where(dir),
      is_usual ? "" : fmt::format(" --data {}", (dir / "data").string()),
      (dir / "mail/new").string());
}

int run_demo(const cli::DemoRequest& request, Signals& signals) {
  auto cloud = demo::DemoCloud::open(request.dir, request.base_port, home().resources);
  if (!cloud) return give_up(cloud.error());
  if (request.verb != "run") {
    if (const Status done = command(*cloud, request); !done) return give_up(done.error());
    say(what_was_done(request));
    return 0;
  }
  const auto claimed = cloud->claim();
  if (!claimed) return give_up(claimed.error());
  say("starting the sample cloud's servers (the first time takes some seconds) …");
  if (const Status up = cloud->up(); !up) {
    (void)cloud->down();  // what started before it failed
    if (home().program == "nocturn")
      fmt::print(stderr,
                 "nocturn: its servers are packages that this one suggests: dpkg -s nocturn\n");
    return give_up(up.error());
  }
  const int exit = run_hub({.config = cloud->configuration(),
                            .data = request.dir / "data",
                            .ledger_memory = {},
                            .listen = request.listen,
                            .store = {},
                            .certificate = {},
                            .key = {},
                            .links_to_itself = true},
                           signals, Hangup::ends, what_to_try(request.dir));
  const Status down = cloud->down();
  if (!down) return give_up(down.error());
  return exit;
}

int report_replay(const std::string& place) {
  const auto report = replay(place);
  if (!report) return give_up(report.error());
  for (const std::string& difference : report->differences) say(difference);
  say(fmt::format(
      "{} tables, {} rows: {}", report->tables, report->rows,
      report->differences.empty() ? "what the ledger says" : "NOT what the ledger says"));
  return report->differences.empty() ? 0 : 1;
}

}  // namespace

cli::Programs programs(Signals& signals) {
  return {
      .serve = [&signals](const cli::ServeRequest& request) { return serve(request, signals); },
      .demo = [&signals](const cli::DemoRequest& request) { return run_demo(request, signals); },
      .variable = environment_variable,
      .replay = report_replay,
      .api_description = api_description};
}

}  // namespace nocturn::app
