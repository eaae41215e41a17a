#include <CLI/CLI.hpp>

#include "cli/noun.h"

namespace nocturn::cli {

void add_serve(CLI::App& app, Run& run, const Programs& programs) {
  auto request = std::make_shared<ServeRequest>();
  CLI::App* serve = app.add_subcommand(
      "serve", "the hub: pages, API, checks, ledger; in the foreground, ends on SIGTERM");
  serve->add_option("--config", request->config, "folder of YAML files")
      ->type_name("DIR")
      ->capture_default_str();
  serve->add_option("--data", request->data, "folder for all that is kept")
      ->type_name("DIR")
      ->capture_default_str();
  serve->add_option("--listen", request->listen, "address of the public pages")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  serve
      ->add_option("--store", request->store, "postgresql://… instead of SQLite in the data folder")
      ->type_name("URL");
  CLI::Option* certificate = serve->add_option("--tls-certificate", request->certificate,
                                               "PEM chain; with --tls-key, pages are HTTPS");
  serve->add_option("--tls-key", request->key, "PEM key")->needs(certificate);
  serve->add_flag("--log-json", request->json_log, "log JSON lines instead of text");
  serve->add_flag("--log-debug", request->debug, "log more");
  serve->add_flag("--check-answers", request->check_answers,
                  "hold every answer of the API against its description; for tests");
  serve->footer(
      "examples:\n"
      "  nocturn serve --config ./config --data ./data --listen 127.0.0.1:8080\n"
      "reload the configuration with SIGHUP, nocturn config apply, or by saving a file");
  serve->callback([&run, &programs, request] {
    run = [&programs, request] -> Result<int> { return programs.serve(*request); };
  });
}

void add_demo(CLI::App& app, Run& run, const Programs& programs) {
  auto request = std::make_shared<DemoRequest>();
  CLI::App* demo = app.add_subcommand("demo", "the sample cloud: real servers on loopback");
  demo->add_option("--dir", request->dir, "the only folder it uses")
      ->type_name("DIR")
      ->capture_default_str();
  demo->require_subcommand(1);
  const auto verb = [&](const char* name, const char* sentence, bool takes_instance) {
    CLI::App* command = demo->add_subcommand(name, sentence);
    command->fallthrough();
    if (takes_instance)
      command->add_option("instance", request->instance, "for example catalog-eu01")->required();
    command->callback([&run, &programs, request, name] {
      request->verb = name;
      run = [&programs, request] -> Result<int> { return programs.demo(*request); };
    });
    return command;
  };
  CLI::App* whole = verb("run", "start the servers and the hub; Ctrl-C stops both", false);
  whole->add_option("--listen", request->listen, "address of the public pages")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  whole->add_option("--base-port", request->base_port, "first port of the sample servers")
      ->capture_default_str();
  verb("up", "start the servers alone, in the background", false)
      ->add_option("--base-port", request->base_port, "first port of the sample servers")
      ->capture_default_str();
  verb("outage", "really stop the server of an instance", true);
  verb("slow", "delay the server of an instance", true);
  verb("freeze", "stop it with SIGSTOP: TCP still accepts, nothing answers", true);
  verb("break", "truncate its index: it answers, with 0 hits", true);
  verb("restore", "undo outage, slow, freeze and break", true);
  verb("down", "stop everything it started, and nothing else", false);
  demo->footer(
      "examples:\n  nocturn demo outage catalog-eu01\n  nocturn demo restore catalog-eu01");
}

}  // namespace nocturn::cli
