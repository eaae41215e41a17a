#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inventory/model.h"
#include "ledger/ledger.h"
#include "status_page/model.h"
#include "store/store.h"

// What persons declare about instances: the command, the rule, the events and the table made of
// them. At most one declaration stands for an instance; a new one takes the place of the old.
namespace nocturn::status_page {

inline constexpr std::string_view kDeclarationMade = "status_page.declaration.made";
inline constexpr std::string_view kDeclarationWithdrawn = "status_page.declaration.withdrawn";
inline constexpr std::size_t kLongestReason = 500;  // characters

struct Declare {
  inventory::InstanceId instance;
  Indicator indicator = Indicator::information;
  std::string because;  // for the public, one line
  std::string by;       // who says so
};
struct Withdraw {
  inventory::InstanceId instance;
  std::string by;
};

// The rules; pure. `standing` is the declaration that stands for the instance now. Refuses an
// unknown instance (not_found), an empty, overlong or unprintable reason or name (invalid), what
// stands already in the same words (conflict), and a withdrawal where nothing stands (conflict).
Result<std::vector<ledger::Event>> decide(const inventory::Cloud& cloud,
                                          const std::optional<Declaration>& standing,
                                          const Declare& command);
Result<std::vector<ledger::Event>> decide(const inventory::Cloud& cloud,
                                          const std::optional<Declaration>& standing,
                                          const Withdraw& command);

// The whole command on the stored state: for ledger::Ledger::record().
ledger::Decide declare(inventory::CloudPtr cloud, Declare command);
ledger::Decide withdraw(inventory::CloudPtr cloud, Withdraw command);

// Brings the table up to an entry whose type starts with "status_page.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
std::span<const store::Migration> migrations();

// The declaration that stands for an instance.
Result<std::optional<Declaration>> standing_declaration(store::Reader& reader,
                                                        const inventory::InstanceId& instance);
// Declared intervals that overlap [from, until), in order of instance and time.
Result<std::vector<DeclaredInterval>> declared_intervals(store::Reader& reader, WallTime from,
                                                         WallTime until);

}  // namespace nocturn::status_page
