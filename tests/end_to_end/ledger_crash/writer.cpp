// The victim of crash_test.cpp: opens the ledger in a folder and appends as fast as it can, until
// it is killed. Says on standard output, line by line, what it has promised: "open", then
// "entry INDEX ID" for each entry acknowledged, and "signed SIZE ROOT" for each checkpoint seen.

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "ledger/ledger.h"

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
      const ledger::Event event{.type = number % 3 == 0 ? "test.one" : "test_other.two",
                                .object = fmt::format("instance/i{}", number % 5),
                                .payload = fmt::format(R"({{"number":{}}})", number)};
      // Several at a time now and then: all of them, or none, must survive.
      return std::vector(number % 10 == 0 ? 3 : 1, event);
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

int run(const std::filesystem::path& folder) {
  auto database = store::Database::open((folder / "data.db").string());
  if (!database) return std::fprintf(stderr, "%s\n", database.error().text().c_str()), 1;
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()}};
  if (const Status migrated = (*database)->migrate(modules); !migrated)
    return std::fprintf(stderr, "%s\n", migrated.error().text().c_str()), 1;
  const SystemClock clock;
  SystemRandom random;
  auto ledger = ledger::Ledger::open(**database,
                                     {.origin = "crash.example/ledger",
                                      .tiles = folder / "tiles",
                                      .key = folder / "key",
                                      .memory = folder / "memory",
                                      .appliers = {}},
                                     clock, random);
  if (!ledger) return std::fprintf(stderr, "%s\n", ledger.error().text().c_str()), 1;
  if (const auto refusal = (*ledger)->refusal())
    return std::fprintf(stderr, "%s\n", refusal->text().c_str()), 1;
  say("open\n");
  Load load(**ledger);
  for (int caller = 0; caller < 16; ++caller) load.next();
  while (true) {
    const auto checkpoint = (*ledger)->publish();
    if (!checkpoint) return std::fprintf(stderr, "%s\n", checkpoint.error().text().c_str()), 1;
    say(fmt::format("signed {} {}\n", checkpoint->size, to_hex(as_bytes(checkpoint->root))));
  }
}

}  // namespace

int main(int count, char** arguments) { return count == 2 ? run(arguments[1]) : 2; }
