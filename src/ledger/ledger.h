#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "store/store.h"
#include "store/writer.h"

// The tamper-evident ledger: every event of Nocturn, in one Merkle tree (RFC 6962 section 2.1)
// published as C2SP tlog-tiles. Entries are canonical CloudEvents that carry a salted commitment
// to their payload, never the payload itself.
namespace nocturn::ledger {

// Who may be given the payload of an entry; said in the public leaf ("class").
enum class Sensitivity { open, internal, personal };
std::string_view name_of(Sensitivity sensitivity);

// What a rule decided. `type` is dotted and starts with the folder that owns it, for example
// "monitoring.verdict.changed". `object` names what it is about ("instance/catalog-eu01"); only
// a keyed pseudonym of it gets into the public leaf.
struct Event {
  std::string type;
  std::string object;
  std::string payload;     // canonical JSON; at most 1 MiB
  std::uint64_t form = 1;  // version of the payload's shape, for the applier to tell them apart
  Sensitivity sensitivity = Sensitivity::internal;
};

// An event in its place in the ledger.
struct Entry {
  std::uint64_t index = 0;  // from 0, without gaps
  WallTime time;            // when it was recorded; never less than the entry before
  std::string id;           // UUIDv7
  Event event;              // payload empty when it was erased
};

// An entry with what is in the tree for it, and what opens its commitment.
struct Sealed {
  Entry entry;
  std::string leaf;  // the public envelope, byte for byte
  std::string salt;  // 32 bytes; empty once it was erased
};

// Which entries to list: upwards with `from`; else downwards, from the newest before `before`.
struct EntryQuery {
  std::optional<std::uint64_t> from = {}, before = {};
  std::string type = {}, object = {};  // exactly these; empty: any
  std::uint64_t limit = 100;
};

// Brings the tables of one folder up to what the entry says. Plain function of its arguments:
// no clock, no chance, no I/O but the transaction, so that replaying the ledger gives the same
// tables.
using Apply = Status (*)(store::Transaction&, const Entry&);
struct Applier {
  std::string_view prefix;  // of Event::type: "monitoring."
  Apply apply;
};

// What a command hands to record(): looks at the state inside the writing transaction, and
// answers the events to record or why not. May run twice; must change nothing but through events.
using Decide = std::move_only_function<Result<std::vector<Event>>(store::Reader&, WallTime now)>;
// Called after the commit or the failure, on the writer's thread; must not block. When 65,536 wait
// already or the ledger refuses, it is called at once, on the caller's thread.
using Recorded = std::move_only_function<void(Result<std::vector<Entry>>)>;
// Called for the entries of each record(), in order, on the writer's thread; must not block.
using OnCommitted = std::function<void(std::span<const Entry>)>;

struct Checkpoint {
  std::uint64_t size = 0;
  std::string root;  // 32 bytes
  std::string note;  // the signed note, as served at /ledger/checkpoint
};

struct Options {
  std::string origin;            // the log's name, for example "status.example.org/ledger"
  std::filesystem::path tiles;   // folder of tiles and checkpoint, made if absent
  std::filesystem::path key;     // the signing key, made (0600) on first start
  std::filesystem::path memory;  // the last signed checkpoint, kept outside the data folder
  std::span<const Applier> appliers;
  std::filesystem::path pseudonyms = {};  // key of the pseudonyms; if empty, beside the signing key
};

// The one way to change anything: decide → append + apply in one transaction → publish.
// Thread-safe.
class Ledger {
 public:
  // Repairs tiles from the entries after a crash. When `memory` knows a longer or another tree
  // than the database holds (a restored backup, a copied folder), the ledger opens for reading
  // and refuses record() with `conflict`: it never signs a fork.
  static Result<std::unique_ptr<Ledger>> open(store::Database& database, Options options,
                                              const Clock& clock, Random& random);
  virtual ~Ledger() = default;

  virtual void on_committed(OnCommitted reaction) = 0;  // before the first record()
  virtual void record(Decide decide, Recorded recorded) = 0;
  // Waits until the events are durable. Not from the writer's thread.
  virtual Result<std::vector<Entry>> record(Decide decide) = 0;

  // Why record() refuses at present; nothing when it does not.
  virtual std::optional<Error> refusal() const = 0;
  // The newest signed checkpoint; at most about a second behind the entries.
  virtual Checkpoint checkpoint() const = 0;
  // Signs a checkpoint over every entry committed before the call.
  virtual Result<Checkpoint> publish() = 0;
  virtual std::string verifier_key() const = 0;  // signed-note vkey

  // Entries [from, from + limit) with payloads; limit at most 10,000.
  virtual Result<std::vector<Entry>> entries(std::uint64_t from, std::uint64_t limit) const = 0;
  // Erased entries are not found by their object.
  virtual Result<std::vector<Entry>> find(const EntryQuery& query) const = 0;
  // `not_found` beyond the end.
  virtual Result<Sealed> sealed(std::uint64_t index) const = 0;
  // c2sp.org/tlog-proof@v1 text for one entry against the newest checkpoint.
  virtual Result<std::string> proof(std::uint64_t index) const = 0;
  // The proof that the log of `old_size` entries is the beginning of the newest checkpoint's.
  virtual Result<std::vector<crypto::Hash>> consistency(std::uint64_t old_size) const = 0;
  // Forgets payload, salt and object of an entry; its leaf and all proofs stay valid. Waits until
  // that is durable. Not from the writer's thread.
  virtual Status erase_payload(std::uint64_t index) = 0;

  // The one writer, for tables that no entry speaks of (cursors, outboxes).
  virtual store::Writer& writer() = 0;
};

// Makes the tables of all appliers anew in `into` (migrated, and empty) by replaying the ledger of
// `from`. Erased entries are passed over: what was forgotten does not come back.
Status rebuild(store::Database& from, store::Database& into, std::span<const Applier> appliers);

// The migrations of the ledger's tables.
std::span<const store::Migration> migrations();

}  // namespace nocturn::ledger
