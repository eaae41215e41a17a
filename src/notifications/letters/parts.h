#pragma once

#include <span>
#include <string>
#include <vector>

#include "notifications/letters/content.h"
#include "notifications/letters/scene.h"

// The pieces that letters are put together from: titles, rows, facts, what to do. Pure.
namespace nocturn::notifications {

inline constexpr std::size_t kRowsInLetter = 50;

// What is shown of a row: one that is no longer watched is not said to be normal.
status_page::Indicator shown(const ToldRow& row);
// Worst first, otherwise in their order.
std::vector<const ToldRow*> by_weight(std::span<const ToldRow> rows);
status_page::Indicator worst(std::span<const ToldRow> rows);

// "Service interruption: Catalog EU01 and 4 more". Says what holds now and does not repeat the
// first letter's subject: who reads subjects only must not take a recovery for an interruption. The
// thread is kept by References (RFC 5322 section 3.6.4).
std::string title(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine);
// What the title's mark shows.
status_page::Indicator mark(const Telling& telling, std::span<const ToldRow> mine);
// One sentence: what happened.
std::string lead(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine);
// A sentence for each indicator that is there, worst first.
std::vector<std::string> what_to_do(const LetterScene& scene, const Telling& telling,
                                    std::span<const ToldRow> mine);
// When a maintenance takes place, or was to, and when the next update comes.
std::vector<LetterFact> times(const LetterScene& scene, const Telling& telling,
                              std::span<const ToldRow> mine);

// What is left for rows and words in one letter: at most `rows` rows, and bytes of text and HTML
// together. Keeps a letter below the size that mail servers refuse, whatever names and reasons say.
struct Room {
  std::size_t rows = kRowsInLetter;
  std::size_t row_bytes = 50'000;
  std::size_t word_bytes = 15'000;
};
// Puts rows into the block as far as there is room, and how many were left out.
void put_rows(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine,
              Room& room, LetterBlock& block);
std::vector<std::string> operators_words(const Telling& telling, Room& room);

// All of a letter about one telling but what address() adds.
LetterContent news_content(const LetterScene& scene, const Telling& telling,
                           std::span<const ToldRow> mine);
// Salutation, reasons and links: what is the recipient's own.
void address(const LetterScene& scene, LetterContent& content);

// What the block weighs as text and HTML together, in bytes; no less than it will.
std::size_t weight(const LetterBlock& block);

}  // namespace nocturn::notifications
