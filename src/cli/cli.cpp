#include "cli/cli.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "cli/manual.h"
#include "cli/noun.h"
#include "cli/usage.h"

namespace nocturn::cli {
namespace {

void print_error(const Error& error) { fmt::print(stderr, "nocturn: {}\n", error.text()); }

// What every noun takes.
void add_flags(CLI::App& app, Shared& shared) {
  app.add_option("--data", shared.data, "the hub's data folder (its Unix socket is there)")
      ->type_name("DIR");
  app.add_option("--hub", shared.hub, "a hub elsewhere, by its URL; see nocturn login")
      ->type_name("URL");
  app.add_option("--ca-file", shared.ca_file,
                 "PEM file of the authority behind the hub's certificate")
      ->type_name("FILE");
  app.add_flag("--json", shared.json, "print JSON with stable fields");
  app.add_flag("--utc", shared.utc, "print times in UTC");
}

// What the program says of itself.
void add_about(CLI::App& app, Run& chosen) {
  app.add_subcommand("version", "print the program's version")->callback([&] {
    chosen = [] -> Result<int> {
      fmt::print("nocturn {}\n", NOCTURN_VERSION);
      return 0;
    };
  });
  app.add_subcommand("manual", "print the manual page, for man -l -")->callback([&] {
    chosen = [&app] -> Result<int> {
      fmt::print("{}", man_page(app, NOCTURN_VERSION));
      return 0;
    };
  });
  app.add_subcommand("completion", "print the completion script for bash")->callback([&] {
    chosen = [&app] -> Result<int> {
      fmt::print("{}", bash_completion(app));
      return 0;
    };
  });
}

}  // namespace

void add_all(CLI::App& app, Run& chosen, Shared& shared, const Programs& programs) {
  add_flags(app, shared);
  add_about(app, chosen);
  add_serve(app, chosen, programs);
  add_login(app, chosen, shared);
  add_status(app, chosen, shared);
  add_check(app, chosen, shared);
  add_config(app, chosen, shared);
  add_ledger(app, chosen, shared, programs);
  add_user(app, chosen, shared);
  add_token(app, chosen, shared);
  add_session(app, chosen, shared);
  add_customer(app, chosen, shared);
  add_notification(app, chosen, shared);
  add_api(app, chosen, programs);
  add_demo(app, chosen, programs);
}

int run(int argc, const char* const* argv, const Programs& programs) {
  CLI::App app{
      "Nocturn runs the operations of a private SaaS cloud and proves that it kept its word.\n",
      "nocturn"};
  app.set_version_flag("--version", "nocturn " NOCTURN_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough();

  Run chosen;
  Shared shared;
  shared.variable = programs.variable;
  add_all(app, chosen, shared, programs);
  // Last of all, since a verb takes over what its parent says by then.
  app.footer(
      "examples:\n"
      "  nocturn serve --config /etc/nocturn        run the hub\n"
      "  nocturn status                             the status page as a table\n"
      "  nocturn login --hub https://hub.example.org   sign in to a hub elsewhere\n"
      "  nocturn check run catalog-eu01/z3950       run one check now, every phase printed\n"
      "  nocturn config check ./config              every mistake with file, line and mend\n"
      "  nocturn ledger verify ./data/ledger        check a ledger with nothing but its files\n\n"
      "exit status: 0 done, 1 the answer is no, 2 input wrong, 3 no hub reached, 4 not allowed");
  give_examples(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& told) {  // help, or the version
    return app.exit(told);
  } catch (const CLI::ParseError& wrong) {
    fmt::print(stderr, "nocturn: {}\n", explain(app, wrong));
    return 2;
  }
  if (!chosen) {
    fmt::print("{}", app.help());
    return 0;
  }
  const Result<int> outcome = chosen();
  if (outcome) return *outcome;
  print_error(outcome.error());
  return exit_status(outcome.error().code);
}

}  // namespace nocturn::cli
