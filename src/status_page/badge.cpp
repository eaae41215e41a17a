#include "status_page/badge.h"

#include <array>

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.h"

namespace nocturn::status_page {
namespace {

struct Sign {
  std::string_view colour;
  std::string_view shape;  // in a box of 14 by 14
};

Sign sign_of(Indicator indicator) {
  switch (indicator) {
    case Indicator::normal: return {"#16794a", "<path d=\"m2.5 7.5 3 3 6-6.5\"/>"};
    case Indicator::information: return {"#1d63c4", "<path d=\"M7 6.5V11M7 3.2v.1\"/>"};
    case Indicator::maintenance:
      return {"#6a47b8", "<path d=\"M7 3v4l2.5 1.5M7 1a6 6 0 1 0 .1 0\"/>"};
    case Indicator::performance: return {"#8f5400", "<path d=\"M7 2 1.5 12h11zM7 6v2.5\"/>"};
    case Indicator::interruption: return {"#bd2130", "<path d=\"m3 3 8 8m0-8-8 8\"/>"};
  }
  return {};
}

// Width in pixels at 11 px, near enough for any font: the text is fitted into it by the viewer.
int width_of(std::string_view text) {
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  double width = 0;
  for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const UChar32 letter = wide.char32At(i);
    const int east_asian = u_getIntPropertyValue(letter, UCHAR_EAST_ASIAN_WIDTH);
    if (east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH)
      width += 11.5;
    else if (std::u32string_view(U"ijl.,:;|!' ").find(static_cast<char32_t>(letter)) !=
             std::u32string_view::npos)
      width += 3.6;
    else
      width += u_isupper(letter) ? 7.6 : 6.2;
  }
  return static_cast<int>(width) + 1;
}

}  // namespace

std::string badge(const Row& row, const Words& words) {
  const std::string name = escape_markup(row.instance->name);
  const std::string word = escape_markup(words.indicator(row.shown.indicator));
  const Sign sign = sign_of(row.shown.indicator);
  const int left = width_of(row.instance->name) + 16;
  const int text = width_of(words.indicator(row.shown.indicator));
  const int right = text + 32;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"20\" role=\"img\" "
      "aria-label=\"{name}: {word}\"><title>{name}: {word}</title>"
      "<clipPath id=\"r\"><rect width=\"{total}\" height=\"20\" rx=\"4\"/></clipPath>"
      "<g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"#1b2138\"/>"
      "<rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/></g>"
      "<g transform=\"translate({shape_x} 3)\" fill=\"none\" stroke=\"#fff\" stroke-width=\"1.8\" "
      "stroke-linecap=\"round\" stroke-linejoin=\"round\">{shape}</g>"
      "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">"
      "<text x=\"8\" y=\"14\" textLength=\"{name_width}\" lengthAdjust=\"spacingAndGlyphs\">{name}"
      "</text><text x=\"{word_x}\" y=\"14\" textLength=\"{text}\" "
      "lengthAdjust=\"spacingAndGlyphs\">{word}</text></g></svg>\n",
      fmt::arg("total", left + right), fmt::arg("name", name), fmt::arg("word", word),
      fmt::arg("left", left), fmt::arg("right", right), fmt::arg("colour", sign.colour),
      fmt::arg("shape", sign.shape), fmt::arg("shape_x", left + 6),
      fmt::arg("name_width", left - 16), fmt::arg("word_x", left + 24), fmt::arg("text", text));
}

}  // namespace nocturn::status_page
