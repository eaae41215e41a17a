#include "cli/usage.h"

#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/noun.h"

namespace nocturn::cli {
namespace {

struct Line {
  CLI::App app{"", "nocturn"};
  Run chosen;
  Shared shared;
  Programs programs;
  Line() {
    app.require_subcommand(0, 1);
    app.fallthrough();
    add_all(app, chosen, shared, programs);
    give_examples(app);
  }
  // Empty when it can be run.
  std::string objection(std::vector<std::string> words) {
    std::ranges::reverse(words);
    try {
      app.parse(std::move(words));
    } catch (const CLI::ParseError& wrong) {
      return explain(app, wrong);
    }
    return {};
  }
};

// As a shell would part it; what comes after | < or > is not ours.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  bool quoted = false, open = false;
  for (const char c : line) {
    if (!quoted && (c == '|' || c == '<' || c == '>')) break;
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      open = false;
    } else {
      if (!open) words.emplace_back();
      open = true;
      words.back() += c;
    }
  }
  return words;
}

void collect(CLI::App& app, std::vector<CLI::App*>& leaves) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  for (CLI::App* verb : verbs) collect(*verb, leaves);
  if (verbs.empty()) leaves.push_back(&app);
}

TEST(Usage, gives_every_verb_an_example_that_runs) {
  Line line;
  std::vector<CLI::App*> leaves;
  collect(line.app, leaves);
  EXPECT_GT(leaves.size(), 50u);
  for (const CLI::App* leaf : leaves) {
    std::string path = leaf->get_name();
    for (const CLI::App* up = leaf->get_parent(); up != nullptr; up = up->get_parent())
      path = up->get_name() + " " + path;
    int examples = 0;
    const std::string footer = leaf->get_footer();
    for (const std::string_view text : split(footer, '\n')) {
      if (!text.starts_with("  " + path)) continue;
      ++examples;
      std::vector<std::string> words = words_of(text.substr(2));
      words.erase(words.begin());
      EXPECT_EQ(Line().objection(words), "") << text;
    }
    EXPECT_GT(examples, 0) << path;
  }
}

TEST(Usage, names_what_was_wrong_and_what_would_be_right) {
  EXPECT_EQ(Line().objection({"statu"}), "nocturn has no \"statu\"; did you mean nocturn status?");
  EXPECT_EQ(Line().objection({"config"}),
            "nocturn config needs one of check, diff, apply or schema; see nocturn config --help");
  EXPECT_EQ(Line().objection({"config", "shema"}),
            "nocturn config has no \"shema\"; did you mean nocturn config schema?");
  EXPECT_EQ(Line().objection({"status", "--bogus"}),
            "nocturn status has no option --bogus; see nocturn status --help");
  EXPECT_EQ(Line().objection({"config", "check", "a", "b"}),
            "nocturn config check takes no \"b\"; see nocturn config check --help");
  EXPECT_EQ(Line().objection({"status", "declare", "a", "normal"}),
            "--because is required; see nocturn status declare --help");
}

}  // namespace
}  // namespace nocturn::cli
