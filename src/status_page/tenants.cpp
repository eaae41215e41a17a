#include "status_page/tenants.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/result.h"

namespace nocturn::status_page {

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

}  // namespace nocturn::status_page
