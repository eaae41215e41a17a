#include "monitoring/probes/z3950_answer.h"

#include <yaz/diagbib1.h>

#include <algorithm>
#include <utility>

#include "monitoring/probes/ber.h"

namespace nocturn::monitoring::z3950 {
namespace {

using ber::Element;
using ber::TagClass;

// Tags of ISO 23950, appendix 3 (ASN.1 for the protocol), context-specific unless said otherwise.
constexpr std::uint32_t kInitResponse = 21, kSearchResponse = 23, kPresentResponse = 25,
                        kClose = 48;
constexpr std::uint32_t kResult = 12, kImplementationName = 111, kImplementationVersion = 112;
constexpr std::uint32_t kSearchStatus = 22, kResultCount = 23;
constexpr std::uint32_t kRecords = 28, kDiagnostic = 130, kDiagnostics = 205;
constexpr std::uint32_t kRecord = 1, kRetrievalRecord = 1, kSurrogateDiagnostic = 2;
constexpr std::uint32_t kOctetAligned = 1, kDiagnosticInformation = 3;
constexpr std::uint32_t kUniversalInteger = 2, kUniversalObjectIdentifier = 6,
                        kUniversalExternal = 8, kUniversalSequence = 16;

constexpr std::pair<std::string_view, std::string_view> kSyntaxes[] = {
    {"1.2.840.10003.5.1", "unimarc"},  {"1.2.840.10003.5.10", "usmarc"},
    {"1.2.840.10003.5.12", "normarc"}, {"1.2.840.10003.5.14", "danmarc"},
    {"1.2.840.10003.5.101", "sutrs"},  {"1.2.840.10003.5.102", "opac"},
    {"1.2.840.10003.5.105", "grs-1"},  {"1.2.840.10003.5.109.10", "xml"},
};

std::string text_of_child(const Element& parent, std::uint32_t tag) {
  const auto found = ber::child(parent, tag);
  return found ? ber::to_text(*found) : std::string();
}

// DefaultDiagFormat: set, condition, and the addition as the last element, a string of either
// version.
Diagnostic take_diagnostic(const Element& element) {
  Diagnostic diagnostic;
  if (const auto condition = ber::universal_child(element, kUniversalInteger)) {
    diagnostic.condition = ber::to_integer(*condition).value_or(0);
  }
  ber::Walk parts(element.content);
  while (const auto part = parts.next()) {
    const bool is_text = !part->is(TagClass::universal, kUniversalInteger) &&
                         !part->is(TagClass::universal, kUniversalObjectIdentifier);
    if (is_text) diagnostic.addition = ber::to_text(*part);
  }
  return diagnostic;
}

// DiagRec: the default format, or one of another diagnostic set.
Diagnostic take_diagnostic_record(const Element& choice) {
  if (choice.is(TagClass::universal, kUniversalSequence)) return take_diagnostic(choice);
  return {.condition = 100, .addition = "in a form of the server's own"};
}

std::optional<Diagnostic> diagnostic_of(const Element& response) {
  if (const auto one = ber::child(response, kDiagnostic)) return take_diagnostic(*one);
  if (const auto several = ber::child(response, kDiagnostics)) {
    if (const auto first = ber::Walk(several->content).next()) {
      return take_diagnostic_record(*first);
    }
  }
  return std::nullopt;
}

InitAnswer take_init(const Element& response) {
  InitAnswer answer;
  const auto result = ber::child(response, kResult);
  answer.accepted = result && ber::to_boolean(*result);
  answer.implementation = text_of_child(response, kImplementationName) + ' ' +
                          text_of_child(response, kImplementationVersion);
  return answer;
}

Result<Answer> take_search(const Element& response) {
  SearchAnswer answer;
  const auto status = ber::child(response, kSearchStatus);
  const auto count = ber::child(response, kResultCount);
  const auto hits = count ? ber::to_integer(*count) : std::nullopt;
  if (!status || !hits || *hits < 0) {
    return fail(ErrorCode::corrupt, "the search response has no count of hits");
  }
  answer.succeeded = ber::to_boolean(*status);
  answer.hits = *hits;
  answer.diagnostic = diagnostic_of(response);
  return answer;
}

// EXTERNAL: which syntax, then the record. A record that is a structure of its own (SUTRS, GRS-1,
// OPAC) has its texts in its bytes as they are.
void take_record(const Element& external, PresentAnswer& answer) {
  if (const auto syntax = ber::universal_child(external, kUniversalObjectIdentifier)) {
    answer.syntax = ber::to_object_identifier(*syntax);
    const auto known = std::ranges::find(kSyntaxes, std::string_view(answer.syntax),
                                         &std::pair<std::string_view, std::string_view>::first);
    if (known != std::end(kSyntaxes)) answer.syntax = known->second;
  }
  const auto octets = ber::child(external, kOctetAligned);
  answer.record = octets ? ber::to_text(*octets) : std::string(external.content);
}

PresentAnswer take_present(const Element& response) {
  PresentAnswer answer;
  answer.diagnostic = diagnostic_of(response);
  const auto records = ber::child(response, kRecords);
  const auto first = records ? ber::Walk(records->content).next() : std::nullopt;
  const auto record = first ? ber::child(*first, kRecord) : std::nullopt;
  if (!record) return answer;
  if (const auto retrieved = ber::child(*record, kRetrievalRecord)) {
    if (const auto external = ber::universal_child(*retrieved, kUniversalExternal)) {
      take_record(*external, answer);
    }
  } else if (const auto surrogate = ber::child(*record, kSurrogateDiagnostic)) {
    const auto choice = ber::Walk(surrogate->content).next();
    answer.diagnostic = choice ? take_diagnostic_record(*choice) : Diagnostic{};
  }
  return answer;
}

}  // namespace

std::string Diagnostic::text() const {
  std::string text = fmt::format("diagnostic {}", condition);
  if (condition > 0 && condition < 100'000) {
    if (const char* meaning = yaz_diag_bib1_str(static_cast<int>(condition))) {
      text += fmt::format(": {}", meaning);
    }
  }
  if (!addition.empty()) text += " (" + addition + ")";
  return text;
}

Result<std::size_t> message_length(std::string_view bytes) {
  const auto element = TRY(ber::first_element(bytes));
  return element ? element->size : 0;
}

Result<Answer> decode(std::string_view message) {
  const auto element = ber::first_element(message);
  if (!element || !*element || !(*element)->constructed ||
      (*element)->tag_class != TagClass::context) {
    return fail(ErrorCode::corrupt, "the answer is not Z39.50");
  }
  switch ((*element)->tag) {
    case kInitResponse: return take_init(**element);
    case kSearchResponse: return take_search(**element);
    case kPresentResponse: return take_present(**element);
    case kClose: return CloseAnswer{text_of_child(**element, kDiagnosticInformation)};
    default: return OtherAnswer{};
  }
}

}  // namespace nocturn::monitoring::z3950
