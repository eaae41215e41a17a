#include "ledger/ledger.h"

#include <condition_variable>
#include <limits>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "crypto/private_file.h"
#include "ledger/files.h"
#include "ledger/finding.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/publisher.h"
#include "ledger/recorder.h"
#include "ledger/records.h"
#include "ledger/recovery.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kMaxEntriesAtOnce = 10'000;
constexpr std::size_t kPseudonymKeySize = 32;

class StoredLedger final : public Ledger {
 public:
  StoredLedger(store::Database& database, Options options, const Clock& clock, Random& random,
               Signer signer, Pseudonyms pseudonyms, Recovered recovered)
      : database_(database),
        files_(options.tiles),
        verifier_(signer.verifier()),
        refusal_(std::move(recovered.refusal)),
        at_rest_(recovered.newest),
        publisher_(refusal_
                       ? nullptr
                       : std::make_unique<Publisher>(
                             database, TileFiles(options.tiles), options.memory, std::move(signer),
                             std::move(recovered.grown), std::move(recovered.newest))),
        writer_(std::make_unique<store::Writer>(database)),
        recorder_(*writer_, clock, random, std::move(pseudonyms), options.appliers,
                  [this](std::span<const Entry> entries) { tell(entries); }) {}

  ~StoredLedger() override { writer_.reset(); }  // first of all: its jobs use the others

  void on_committed(OnCommitted reaction) override { reactions_.push_back(std::move(reaction)); }

  void record(Decide decide, Recorded recorded) override {
    if (refusal_) return recorded(std::unexpected(*refusal_));
    recorder_.record(std::move(decide), std::move(recorded));
  }

  Result<std::vector<Entry>> record(Decide decide) override {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<Result<std::vector<Entry>>> answer;
    record(std::move(decide), [&](Result<std::vector<Entry>> outcome) {
      // Told under the lock: the waiting caller owns the condition variable and takes it away.
      const std::lock_guard lock(mutex);
      answer = std::move(outcome);
      answered.notify_one();
    });
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return answer.has_value(); });
    return *std::move(answer);
  }

  std::optional<Error> refusal() const override { return refusal_; }

  Checkpoint checkpoint() const override { return publisher_ ? publisher_->newest() : at_rest_; }

  Result<Checkpoint> publish() override {
    if (refusal_) return std::unexpected(*refusal_);
    return publisher_->publish();
  }

  std::string verifier_key() const override { return to_text(verifier_); }

  Result<std::vector<Entry>> entries(std::uint64_t from, std::uint64_t limit) const override {
    if (limit > kMaxEntriesAtOnce)
      return fail(ErrorCode::limited, "at most {} entries at once", kMaxEntriesAtOnce);
    std::vector<Entry> found;
    TRY_STATUS(database_.read([&](store::Reader& reader) {
      return records::entries(reader, from, limit, [&](Entry entry) -> Status {
        found.push_back(std::move(entry));
        return {};
      });
    }));
    return found;
  }

  Result<std::vector<Entry>> find(const EntryQuery& query) const override {
    if (query.limit > kMaxEntriesAtOnce)
      return fail(ErrorCode::limited, "at most {} entries at once", kMaxEntriesAtOnce);
    std::vector<Entry> found;
    TRY_STATUS(database_.read([&](store::Reader& reader) {
      return records::find(reader, query, [&](Entry entry) -> Status {
        found.push_back(std::move(entry));
        return {};
      });
    }));
    return found;
  }

  Result<Sealed> sealed(std::uint64_t index) const override {
    constexpr std::uint64_t kEnd = std::numeric_limits<std::int64_t>::max();
    std::optional<Sealed> found;
    if (index < kEnd) {
      TRY_STATUS(database_.read([&](store::Reader& reader) {
        return records::sealed_entries(reader, index, 1, [&](Sealed sealed) -> Status {
          found = std::move(sealed);
          return {};
        });
      }));
    }
    if (!found) return fail(ErrorCode::not_found, "the ledger has no entry {}", index);
    return *std::move(found);
  }

  Result<std::string> proof(std::uint64_t index) const override {
    const TreeHead head = TRY(newest_head());
    Proof proof{index, TRY(inclusion_path(index, head.size, nodes(head.size))), checkpoint().note};
    return to_text(proof);
  }

  Result<std::vector<Hash>> consistency(std::uint64_t old_size) const override {
    const TreeHead head = TRY(newest_head());
    return consistency_path(old_size, head.size, nodes(head.size));
  }

  Status erase_payload(std::uint64_t index) override {
    if (refusal_) return std::unexpected(*refusal_);
    return writer_->run(
        [index](store::Transaction& transaction) { return records::erase(transaction, index); });
  }

  store::Writer& writer() override { return *writer_; }

 private:
  void tell(std::span<const Entry> entries) {
    publisher_->wake();
    for (const OnCommitted& reaction : reactions_) reaction(entries);
  }

  Result<TreeHead> newest_head() const {
    const Checkpoint newest = checkpoint();
    if (newest.note.empty()) return fail(ErrorCode::unavailable, "nothing is published yet");
    return open_checkpoint(newest.note, verifier_);
  }

  Nodes nodes(std::uint64_t size) const {
    return nodes_of([this](const TileName& name) { return files_.read(name); }, size);
  }

  store::Database& database_;
  const TileFiles files_;
  const VerifierKey verifier_;
  const std::optional<Error> refusal_;
  const Checkpoint at_rest_;
  std::vector<OnCommitted> reactions_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<store::Writer> writer_;
  Recorder recorder_;
};

Result<Signer> open_signer(const Options& options, Random& random) {
  const std::string text = TRY(crypto::open_private_file(
      options.key, [&] { return Signer::make_text(options.origin, random); }));
  Signer signer = TRY(about(options.key.string(), Signer::parse(text)));
  if (signer.verifier().name != options.origin)
    return about(
        options.key.string(),
        Result<Signer>(fail(ErrorCode::conflict, "this key signs for \"{}\", not for \"{}\"",
                            signer.verifier().name, options.origin)));
  return signer;
}

Result<Pseudonyms> open_pseudonyms(const Options& options, Random& random) {
  std::filesystem::path file = options.pseudonyms;
  if (file.empty()) file = options.key.string() + ".pseudonyms";
  const std::string text = TRY(crypto::open_private_file(file, [&] {
    Bytes key(kPseudonymKeySize);
    random.fill(key);
    return to_hex(key) + '\n';
  }));
  const Bytes key = TRY(about(file.string(), from_hex(trim(text))));
  if (key.size() != kPseudonymKeySize)
    return about(file.string(),
                 Result<Pseudonyms>(fail(ErrorCode::corrupt, "not a key of pseudonyms")));
  return Pseudonyms(std::string(as_text(key)));
}

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error)
    return about(folder.string(), Status(fail(ErrorCode::unavailable, "{}", error.message())));
  return {};
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(store::Database& database, Options options,
                                             const Clock& clock, Random& random) {
  if (options.origin.empty() || options.origin.find_first_of(" +\n") != std::string::npos)
    return fail(ErrorCode::invalid, "\"{}\" cannot be the name of a log", options.origin);
  Signer signer = TRY(open_signer(options, random));
  Pseudonyms pseudonyms = TRY(open_pseudonyms(options, random));
  TRY_STATUS(make_folder(options.tiles));
  TRY_STATUS(make_folder(options.memory.parent_path()));
  TileFiles files(options.tiles);
  Recovered recovered = TRY(recover(database, files, options.memory, signer.verifier()));
  const bool refused = recovered.refusal.has_value();
  if (refused)
    log::error("ledger", "opened for reading only", {{"why", recovered.refusal->text()}});
  const std::filesystem::path key_file = options.tiles / "vkey";
  const std::string key_text = to_text(signer.verifier()) + '\n';
  if (!refused && read_file(key_file).value_or("") != key_text)
    TRY_STATUS(replace_file(key_file, key_text));
  auto ledger =
      std::make_unique<StoredLedger>(database, std::move(options), clock, random, std::move(signer),
                                     std::move(pseudonyms), std::move(recovered));
  // A full disk must not keep the program from starting: it is tried again, and reading goes on.
  if (const auto published = refused ? Result<Checkpoint>() : ledger->publish(); !published)
    log::warning("ledger", "cannot publish yet", {{"why", published.error().text()}});
  return ledger;
}

Status rebuild(store::Database& from, store::Database& into, std::span<const Applier> appliers) {
  constexpr std::uint64_t kEntriesAtOnce = 1'000;
  store::Writer writer(into);
  for (std::uint64_t next = 0;; next += kEntriesAtOnce) {
    std::vector<Entry> some;
    TRY_STATUS(from.read([&](store::Reader& reader) {
      return records::entries(reader, next, kEntriesAtOnce, [&](Entry entry) -> Status {
        some.push_back(std::move(entry));
        return {};
      });
    }));
    if (some.empty()) return {};
    TRY_STATUS(writer.run([&](store::Transaction& transaction) -> Status {
      for (const Entry& entry : some)
        if (!entry.event.payload.empty()) TRY_STATUS(apply(appliers, transaction, entry));
      return {};
    }));
  }
}

}  // namespace nocturn::ledger
