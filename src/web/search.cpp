#include "web/search.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.h"

namespace nocturn::web {
namespace {

constexpr std::size_t kShortestInstitution =
    3;  // letters, so that the list cannot be leafed through

bool holds_all(const std::string& name, const std::vector<std::string_view>& words) {
  for (const std::string_view word : words)
    if (!word.empty() && name.find(word) == std::string::npos) return false;
  return true;
}

}  // namespace

std::string folded(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(error);
  CHECK(U_SUCCESS(error));
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString apart = decompose->normalize(wide, error);
  icu::UnicodeString plain;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const UChar32 letter = apart.char32At(i);
    if (u_charType(letter) != U_NON_SPACING_MARK) plain.append(letter);
  }
  plain.foldCase();
  std::string out;
  plain.toUTF8String(out);
  return out;
}

std::optional<Match> match(const status_page::View& view, const status_page::Row& row,
                           std::string_view query) {
  const std::string wanted = folded(trim(query));
  const std::vector<std::string_view> words = split(wanted, ' ');
  const inventory::Instance& instance = *row.instance;
  const std::string product = view.cloud().products.at(instance.product).name;
  if (holds_all(folded(fmt::format("{} {} {}", instance.name, instance.id.text(), product)), words))
    return Match{Match::By::name, {}};
  for (const std::string& alias : instance.aliases)
    if (holds_all(folded(alias), words)) return Match{Match::By::alias, alias};
  for (const std::string& host : instance.hosts)
    if (folded(host) == wanted) return Match{Match::By::host, {}};
  if (wanted.size() >= kShortestInstitution)
    for (const std::string& institution : instance.institutions)
      if (holds_all(folded(institution), words)) return Match{Match::By::institution, institution};
  return std::nullopt;
}

}  // namespace nocturn::web
