// The victim of crash tests: opens the ledger in a folder and appends as fast as its callers can,
// until it is killed. Says on standard output, line by line, what it has promised: "open", then
// "entry INDEX ID" for each entry acknowledged, and "signed SIZE ROOT" for each checkpoint seen.

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "end_to_end/ledger_crash/tally.h"

namespace {

using namespace nocturn;

// One write a line: what is said is in the pipe when the process dies.
void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(3);
}

class Load {
 public:
  explicit Load(ledger::Ledger& ledger) : ledger_(ledger) {}

  void next() {
    const int number = number_++;
    auto decide = [number](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
      // Several at a time now and then: all of them, or none, must survive.
      return std::vector(number % 10 == 0 ? 3 : 1, testing::event_of(number));
    };
    ledger_.record(decide, [this](Result<std::vector<ledger::Entry>> outcome) {
      if (!outcome) {
        std::fprintf(stderr, "%s\n", outcome.error().text().c_str());
        ::_exit(4);
      }
      for (const ledger::Entry& entry : *outcome)
        say(fmt::format("entry {} {}\n", entry.index, entry.id));
      next();
    });
  }

 private:
  ledger::Ledger& ledger_;
  std::atomic<int> number_ = 0;
};

int complain(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return 1;
}

int run(const std::filesystem::path& folder, int callers) {
  const auto opened = testing::TalliedLedger::open(folder);
  if (!opened) return complain(opened.error());
  ledger::Ledger& log = *opened->ledger;
  if (const auto refusal = log.refusal()) return complain(*refusal);
  say("open\n");
  Load load(log);
  for (int caller = 0; caller < callers; ++caller) load.next();
  while (true) {
    const auto checkpoint = log.publish();
    if (!checkpoint) return complain(checkpoint.error());
    say(fmt::format("signed {} {}\n", checkpoint->size, to_hex(as_bytes(checkpoint->root))));
  }
}

}  // namespace

int main(int count, char** arguments) {
  return count == 3 ? run(arguments[1], std::atoi(arguments[2])) : 2;
}
