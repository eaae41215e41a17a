#pragma once

#include <cstdint>
#include <string_view>

#include "identity/parts.h"

// Every sign-in that was refused leaves a mark in the ledger: a bounded number a minute one by one,
// the others as one sum. Each kind has bounds of its own, so that a storm of one hides no other.
namespace nocturn::identity {

enum class Refusal : std::uint8_t {
  wrong,     // a password or a code was looked at, and is not the one
  slowed,    // too many tries: not even looked at
  provider,  // by a sign-in provider
};
std::string_view name_of(Refusal kind);

// `account` is empty when it is nobody's. Not waited for.
void note_refusal(Identity::Parts& parts, Refusal kind, const AccountId& account,
                  std::string_view address, std::string_view why);
// Records the sums of what note_refusal() only counted; once a minute.
void sum_refusals_up(Identity::Parts& parts);

}  // namespace nocturn::identity
