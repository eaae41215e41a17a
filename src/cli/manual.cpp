#include "cli/manual.h"

#include <CLI/CLI.hpp>

#include "cli/noun.h"

namespace nocturn::cli {
namespace {

using Apps = std::vector<const CLI::App*>;

Apps verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return !option->get_group().empty(); });
}

// man(7): a backslash or a hyphen means itself only when escaped; a line must not begin with a dot.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\\\";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_start = c == '\n';
  }
  return out;
}

std::string label_of(const CLI::Option& option) {
  const std::string name =
      option.get_positional() ? option.get_name(true) : option.get_name(false, true);
  const std::string type = option.get_positional() ? "" : option.get_type_name();
  return type.empty() ? name : name + " " + type;
}

void tell_options(const CLI::App& app, std::string& out) {
  for (const CLI::Option* option : options_of(app)) {
    if (option->get_name() == "--help") continue;
    out += fmt::format(
        ".TP\n.B {}\n{}\n", roff(label_of(*option)),
        roff(option->get_description().empty() ? "see above" : option->get_description()));
  }
}

void tell_command(const CLI::App& app, const std::string& words, std::string& out) {
  out += fmt::format(".SS {}\n{}\n", roff(words), roff(app.get_description()));
  tell_options(app, out);
  // The parser hands a footer down to verbs that have none of their own.
  if (const std::string footer = app.get_footer();
      !footer.empty() && footer != app.get_parent()->get_footer())
    out += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(footer));
  for (const CLI::App* verb : verbs_of(app))
    tell_command(*verb, words + " " + verb->get_name(), out);
}

// One case of the completion: what may follow these words.
void offer(const CLI::App& app, const std::string& words, std::string& out) {
  std::string follow;
  for (const CLI::App* verb : verbs_of(app)) follow += verb->get_name() + " ";
  for (const CLI::Option* option : options_of(app))
    if (!option->get_positional()) follow += "--" + option->get_lnames().front() + " ";
  out += fmt::format("    '{}') offered='{}' ;;\n", words, follow);
  for (const CLI::App* verb : verbs_of(app))
    offer(*verb, words.empty() ? verb->get_name() : words + " " + verb->get_name(), out);
}

}  // namespace

std::string man_page(const CLI::App& app, std::string_view version) {
  std::string out = fmt::format(
      ".TH NOCTURN 1 \"\" \"Nocturn {}\" \"User Commands\"\n.SH NAME\nnocturn \\- operations of a "
      "private library cloud, with proof\n.SH SYNOPSIS\n.B nocturn\n[OPTIONS] NOUN [VERB] "
      "…\n.SH DESCRIPTION\n{}\n.PP\n.nf\n{}\n.fi\n.SH OPTIONS\n",
      version, roff(app.get_description()), roff(app.get_footer()));
  tell_options(app, out);
  out += ".SH COMMANDS\n";
  for (const CLI::App* noun : verbs_of(app)) tell_command(*noun, noun->get_name(), out);
  return out;
}

std::string bash_completion(const CLI::App& app) {
  std::string cases;
  offer(app, "", cases);
  return fmt::format(R"(# bash completion for nocturn
_nocturn() {{
  local words='' word offered
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    [[ $word == -* ]] || words+="${{words:+ }}$word"
  done
  while :; do # an argument that is no verb: go back to the words before it
    case $words in
{}    *) [[ $words == *' '* ]] && {{ words=${{words% *}}; continue; }}; offered= ;;
    esac
    break
  done
  COMPREPLY=($(compgen -W "$offered" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _nocturn nocturn
)",
                     cases);
}

}  // namespace nocturn::cli
