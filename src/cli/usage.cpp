#include "cli/usage.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace nocturn::cli {
namespace {

// Of verbs; each is held against the parser by a test.
constexpr std::string_view kExamples[] = {
    "nocturn version",
    "nocturn manual | man -l -",
    "nocturn completion > /etc/bash_completion.d/nocturn",
    "nocturn logout --hub https://hub.example.org",
    "nocturn whoami",
    "nocturn status declare catalog-eu01 information --because \"the index is being rebuilt\"",
    "nocturn status withdraw catalog-eu01",
    "nocturn status copies --utc",
    "nocturn check list --json",
    "nocturn check run catalog-eu01/z3950",
    "nocturn check kinds",
    "nocturn check kind http",
    "nocturn config check ./config",
    "nocturn config diff ./config",
    "nocturn config apply",
    "nocturn config schema > nocturn.schema.json",
    "nocturn ledger verify https://status.example.org/ledger --key \"$(cat kept.vkey)\"",
    "nocturn ledger verify .nocturn/data/ledger --kept yesterday.checkpoint",
    "nocturn ledger proof 42 .nocturn/data/ledger",
    "nocturn ledger entries --limit 20",
    "nocturn ledger export ./ledger-2026-11",
    "nocturn ledger replay .nocturn/data/nocturn.db",
    "nocturn user list lovelace",
    "nocturn user show ada",
    "nocturn user add ada --name \"Ada Lovelace\" --role operator --role approver",
    "nocturn user roles ada change_manager",
    "nocturn user invite ada",
    "nocturn user disable ada",
    "nocturn user enable ada",
    "nocturn user forget-code ada",
    "nocturn user remove ada",
    "nocturn token list reporter",
    "nocturn token create reporter --name \"nightly report\" --scope read_status",
    "nocturn token revoke reporter 0190…",
    "nocturn session list ada",
    "nocturn session end ada 0190…",
    "nocturn customer list north --territory emea",
    "nocturn customer show northgate",
    "nocturn customer add northgate --name Northgate --territory emea --zone Europe/Amsterdam",
    "nocturn customer import institutions.csv --dry-run",
    "nocturn customer move northgate catalog-eu01 catalog-eu02 --at 2026-12-01T02:00:00Z",
    "nocturn customer add-contact northgate mary@northgate.example --name \"Mary Reed\"",
    "nocturn customer add-asset northgate catalog catalog-eu01",
    "nocturn customer remove northgate",
    "nocturn customer export northgate mary@northgate.example > mary.json",
    "nocturn customer erase northgate mary@northgate.example",
    "nocturn notification list catalog-eu01",
    "nocturn notification show 0190…",
    "nocturn notification preview catalog-eu01 --topic maintenance",
    "nocturn notification send catalog-eu01 --title \"New search\" --words \"It opens on Monday.\"",
    "nocturn notification subscriptions --state quarantined",
    "nocturn notification remove 0190…",
    "nocturn notification release 0190…",
    "nocturn notification bounce --to bounces@example.org < mail",
    "nocturn api describe > openapi.json",
    "nocturn demo run --listen 127.0.0.1:8080",
    "nocturn demo up",
    "nocturn demo outage catalog-eu01",
    "nocturn demo slow catalog-eu01",
    "nocturn demo freeze catalog-eu01",
    "nocturn demo break catalog-eu01",
    "nocturn demo restore catalog-eu01",
    "nocturn demo down",
};

class HelpWriter : public CLI::Formatter {
  std::string make_footer(const CLI::App* app) const override {
    std::string footer = CLI::Formatter::make_footer(app);
    if (app->get_parent() != nullptr)
      footer += "\nevery command takes --data, --hub, --json and --utc, too: nocturn --help\n";
    return footer;
  }
};

std::vector<CLI::App*> verbs_of(CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

void give_examples(CLI::App& app, const std::string& words) {
  app.formatter(std::make_shared<HelpWriter>());
  const std::vector<CLI::App*> verbs = verbs_of(app);
  for (CLI::App* verb : verbs) give_examples(*verb, words + " " + verb->get_name());
  if (!verbs.empty() || app.get_parent() == nullptr) return;
  if (!app.get_footer().empty() && app.get_footer() != app.get_parent()->get_footer()) return;
  std::string footer = "example:";
  for (const std::string_view line : kExamples)
    if (line == words || line.starts_with(words + " ")) footer += fmt::format("\n  {}", line);
  app.footer(footer);
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string lower_first(std::string text) {
  if (text.size() > 1 && text[1] >= 'a' && text[1] <= 'z') text[0] = lower_ascii(text).front();
  return text;
}

}  // namespace

void give_examples(CLI::App& app) { give_examples(app, "nocturn"); }

std::string explain(const CLI::App& app, const CLI::ParseError& wrong) {
  const CLI::App* at = &app;
  std::string words = "nocturn";
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    words += " " + at->get_name();
  }
  const std::string help = fmt::format("see {} --help", words);
  std::vector<std::string> names;
  for (const CLI::App* verb : at->get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  const std::vector<std::string_view> verbs(names.begin(), names.end());

  const std::vector<std::string> extra = app.remaining(true);
  const bool lacks = wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (lacks && extra.empty() && !verbs.empty())
    return fmt::format("{} needs one of {}; {}", words, joined(verbs), help);
  const bool too_much = wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  if (extra.empty() || (!too_much && verbs.empty()))
    return fmt::format("{}; {}", lower_first(wrong.what()), help);
  const std::string& word = extra.front();
  if (word.starts_with('-')) return fmt::format("{} has no option {}; {}", words, word, help);
  if (verbs.empty()) return fmt::format("{} takes no \"{}\"; {}", words, word, help);
  const std::string_view near = nearest(word, verbs);
  return fmt::format("{} has no \"{}\"; {}", words, word,
                     near.empty() ? help : fmt::format("did you mean {} {}?", words, near));
}

}  // namespace nocturn::cli
