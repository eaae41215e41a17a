#include "identity/identity.h"

#include <set>

#include <boost/json.hpp>

#include "base/log.h"
#include "crypto/private_file.h"
#include "identity/credentials.h"
#include "identity/events.h"
#include "identity/parts.h"
#include "identity/refusals.h"
#include "identity/sessions.h"
#include "identity/tries.h"
#include "identity/visitor.h"

namespace nocturn::identity {
namespace {

// One file of 256 random bits; each use has a key of its own derived from it.
Result<Keys> open_keys(const std::filesystem::path& folder, Random& random) {
  const std::filesystem::path file = folder / "identity";
  const std::string text = TRY(crypto::open_private_file(file, [&] {
    std::array<std::uint8_t, 32> bytes;
    random.fill(bytes);
    return to_hex(bytes);
  }));
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 32)
    return about(file.string(), Result<Keys>(fail(ErrorCode::corrupt, "this is no key")));
  return Keys{.sealing = crypto::SealingKey(crypto::hmac_sha256(*bytes, "second factors")),
              .device = crypto::hmac_sha256(*bytes, "device cookies"),
              .tries = crypto::hmac_sha256(*bytes, "tries to sign in")};
}

// The id of the session or token that an entry ends; empty for any other entry.
std::string ended_by(const ledger::Entry& entry) {
  const bool session = entry.event.type == events::kSessionEnded;
  if (!session && entry.event.type != events::kTokenRevoked) return {};
  const auto payload = parse_json(entry.event.payload);
  if (!payload || !payload->is_object()) return {};
  const Json* id = payload->get_object().if_contains(session ? "session" : "token");
  return id != nullptr && id->is_string() ? std::string(id->get_string()) : std::string();
}

ledger::Decide decide_on(const Unrecorded::Ending& ending) {
  return std::visit([](const auto& command) { return on_store(command); }, ending);
}

Status prepare(Identity::Parts& parts) {
  TRY_STATUS(parts.secrets.sweep());
  const std::string token = draw_secret(parts.random);
  const auto recorded = TRY(parts.ledger.record(
      invite_first({.id = parts.new_id<InvitationId>(), .hash = digest_of(token)})));
  if (!recorded.empty() && recorded.back().event.type == events::kInvitationMade)
    parts.first_invitation = token;
  return {};
}

}  // namespace

Status Identity::Parts::record(ledger::Decide decide) {
  TRY_STATUS(ledger.record(std::move(decide)));
  return {};
}

Status Identity::Parts::end(Unrecorded::Ending ending) {
  const Status recorded = record(decide_on(ending));
  if (recorded || recorded.error().code == ErrorCode::not_found) return recorded;
  if (!unrecorded->hold(ending)) return recorded;
  log::warning("identity", "a sign-out is recorded later: " + recorded.error().text());
  const std::lock_guard lock(endings->mutex);
  if (endings->reaction) endings->reaction(id_of(ending));
  return {};
}

void Identity::Parts::record_what_is_held() {
  for (const Unrecorded::Ending& ending : unrecorded->all())
    ledger.record(decide_on(ending), [unrecorded = unrecorded, id = id_of(ending)](
                                         const Result<std::vector<ledger::Entry>>& recorded) {
      // Ended in another way meanwhile: recorded, too.
      if (recorded || recorded.error().code == ErrorCode::not_found) unrecorded->forget(id);
    });
}

Identity::Identity(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Identity::~Identity() = default;

Result<std::unique_ptr<Identity>> Identity::open(Options options, store::Database& database,
                                                 ledger::Ledger& ledger, const Clock& clock,
                                                 Random& random) {
  Keys keys = TRY(open_keys(options.keys, random));
  const crypto::PasswordCost cost = options.password_cost;
  const crypto::Hash throttle_key = keys.tries;
  auto endings = std::make_shared<Endings>();
  ledger.on_committed([endings](std::span<const ledger::Entry> entries) {
    for (const ledger::Entry& entry : entries) {
      const std::string ended = ended_by(entry);
      if (ended.empty()) continue;
      const std::lock_guard lock(endings->mutex);
      if (endings->reaction) endings->reaction(ended);
    }
  });
  auto parts =
      std::unique_ptr<Parts>(new Parts{.options = std::move(options),
                                       .database = database,
                                       .ledger = ledger,
                                       .clock = clock,
                                       .random = random,
                                       .keys = std::move(keys),
                                       .secrets = Secrets(database, ledger.writer(), clock, random),
                                       .gate = PasswordGate(cost),
                                       .endings = std::move(endings),
                                       .throttle = Throttle(throttle_key)});
  if (const Status recalled = recall_tries(*parts); !recalled)
    log::error("identity", "failed sign-ins are forgotten: " + recalled.error().text());
  // A full disk must not keep the hub from starting.
  if (!ledger.refusal())
    if (const Status prepared = prepare(*parts); !prepared)
      log::error("identity", "no link for a first administrator: " + prepared.error().text());
  return std::unique_ptr<Identity>(new Identity(std::move(parts)));
}

Result<Subject> Identity::authenticate(const net::Request& request) {
  return TRY(identify(*parts_, request)).subject;
}

const std::optional<std::string>& Identity::first_invitation() const {
  return parts_->first_invitation;
}

void Identity::on_ended(std::function<void(const std::string&)> reaction) {
  const std::lock_guard lock(parts_->endings->mutex);
  parts_->endings->reaction = std::move(reaction);
}

void Identity::every_minute() {
  sum_refusals_up(*parts_);
  tidy_tries(*parts_);
  parts_->record_what_is_held();
  parts_->ledger.record(end_overdue(), [](const Result<std::vector<ledger::Entry>>& recorded) {
    if (!recorded) log::warning("identity", "not recorded: " + recorded.error().text());
  });
}

std::size_t distinct_persons(std::span<const net::Caller> callers) {
  std::set<std::string_view> persons;
  for (const net::Caller& caller : callers)
    if (!caller.person.empty()) persons.insert(caller.person);
  return persons.size();
}

}  // namespace nocturn::identity
