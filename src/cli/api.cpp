#include <CLI/CLI.hpp>

#include "cli/noun.h"

namespace nocturn::cli {

void add_api(CLI::App& app, Run& run, const Programs& programs) {
  CLI::App* noun = app.add_subcommand("api", "the HTTP API below /api/v1");
  noun->require_subcommand(1);
  noun->add_subcommand("describe", "print its description, OpenAPI 3.1; needs no hub")
      ->callback([&run, &programs] {
        run = [&programs]() -> Result<int> {
          fmt::print("{}", programs.api_description());
          return 0;
        };
      });
  noun->footer("examples:\n  nocturn api describe > openapi.json");
}

}  // namespace nocturn::cli
