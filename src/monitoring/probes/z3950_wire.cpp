#include "monitoring/probes/z3950_wire.h"

#include <yaz/diagbib1.h>
#include <yaz/oid_db.h>
#include <yaz/pquery.h>
#include <yaz/proto.h>

#include <memory>

#include "base/text.h"

namespace nocturn::monitoring::z3950 {
namespace {

struct OdrFree {
  void operator()(ODR odr) const { odr_destroy(odr); }
};
using OdrMemory = std::unique_ptr<std::remove_pointer_t<ODR>, OdrFree>;

struct PqfFree {
  void operator()(YAZ_PQF_Parser parser) const { yaz_pqf_destroy(parser); }
};
using PqfParser = std::unique_ptr<std::remove_pointer_t<YAZ_PQF_Parser>, PqfFree>;

// A record larger than this is refused by the server with a diagnostic, before it is sent.
constexpr Odr_int kLargestMessage = 512 * 1024;

std::string text_of(const char* text) { return text == nullptr ? std::string() : text; }

char* copy(ODR odr, const std::string& text) { return odr_strdup(odr, text.c_str()); }

std::string encode(ODR odr, Z_APDU* apdu) {
  // All of it is ours, so encoding cannot fail.
  CHECK(z_APDU(odr, &apdu, 0, nullptr) != 0);
  int length = 0;
  const char* bytes = odr_getbuf(odr, &length, nullptr);
  return {bytes, static_cast<std::size_t>(length)};
}

Diagnostic take(const Z_DefaultDiagFormat& from) {
  Diagnostic diagnostic;
  diagnostic.condition = *from.condition;
  diagnostic.addition =
      text_of(from.which == Z_DefaultDiagFormat_v2Addinfo ? from.u.v2Addinfo : from.u.v3Addinfo);
  return diagnostic;
}

Diagnostic take(const Z_DiagRec& from) {
  if (from.which == Z_DiagRec_defaultFormat) return take(*from.u.defaultFormat);
  return {.condition = 100, .addition = "a diagnostic of a set of the server's own"};
}

std::optional<Diagnostic> diagnostic_of(const Z_Records* records) {
  if (records == nullptr) return std::nullopt;
  if (records->which == Z_Records_NSD) return take(*records->u.nonSurrogateDiagnostic);
  if (records->which == Z_Records_multipleNSD) {
    const Z_DiagRecs& list = *records->u.multipleNonSurDiagnostics;
    if (list.num_diagRecs > 0) return take(*list.diagRecs[0]);
  }
  return std::nullopt;
}

std::string name_of_syntax(const Odr_oid* oid) {
  if (oid == nullptr) return {};
  oid_class kind;
  char number[OID_STR_MAX];
  return text_of(yaz_oid_to_string_buf(oid, &kind, number));
}

InitAnswer take(const Z_InitResponse& from) {
  std::string name = text_of(from.implementationName);
  if (from.implementationVersion != nullptr) name += ' ' + text_of(from.implementationVersion);
  return {.accepted = *from.result != 0, .implementation = std::move(name)};
}

SearchAnswer take(const Z_SearchResponse& from) {
  return {.succeeded = *from.searchStatus != 0,
          .hits = *from.resultCount,
          .diagnostic = diagnostic_of(from.records)};
}

// `message` stands for a record whose syntax is a structure of its own (GRS-1, OPAC): its texts
// are in there as they are.
PresentAnswer take(const Z_PresentResponse& from, std::string_view message) {
  PresentAnswer answer;
  answer.diagnostic = diagnostic_of(from.records);
  if (from.records == nullptr || from.records->which != Z_Records_DBOSD) return answer;
  const Z_NamePlusRecordList& list = *from.records->u.databaseOrSurDiagnostics;
  if (list.num_records < 1) return answer;
  const Z_NamePlusRecord& first = *list.records[0];
  if (first.which == Z_NamePlusRecord_surrogateDiagnostic) {
    answer.diagnostic = take(*first.u.surrogateDiagnostic);
  } else if (first.which == Z_NamePlusRecord_databaseRecord) {
    const Z_External& record = *first.u.databaseRecord;
    answer.syntax = name_of_syntax(record.direct_reference);
    if (record.which == Z_External_octet) {
      const Odr_oct& octets = *record.u.octet_aligned;
      answer.record.emplace(octets.buf, static_cast<std::size_t>(octets.len));
    } else {
      answer.record.emplace(message);
    }
  }
  return answer;
}

}  // namespace

std::string Diagnostic::text() const {
  std::string meaning;
  if (condition >= 0 && condition < 100'000) {
    meaning = text_of(yaz_diag_bib1_str(static_cast<int>(condition)));
  }
  std::string text = fmt::format("diagnostic {}: {}", condition, meaning);
  if (!addition.empty()) text += " (" + addition + ")";
  return text;
}

std::string init_request(const Login& login) {
  const OdrMemory odr(odr_createmem(ODR_ENCODE));
  Z_APDU* apdu = zget_APDU(odr.get(), Z_APDU_initRequest);
  Z_InitRequest& request = *apdu->u.initRequest;
  for (int option : {Z_Options_search, Z_Options_present}) ODR_MASK_SET(request.options, option);
  for (int version : {Z_ProtocolVersion_1, Z_ProtocolVersion_2, Z_ProtocolVersion_3}) {
    ODR_MASK_SET(request.protocolVersion, version);
  }
  *request.preferredMessageSize = kLargestMessage;
  *request.maximumRecordSize = kLargestMessage;
  request.implementationName = copy(odr.get(), "Nocturn");
  if (!login.user.empty()) {
    auto* authentication =
        static_cast<Z_IdAuthentication*>(odr_malloc(odr.get(), sizeof(Z_IdAuthentication)));
    auto* pair = static_cast<Z_IdPass*>(odr_malloc(odr.get(), sizeof(Z_IdPass)));
    *pair = {};
    pair->userId = copy(odr.get(), login.user);
    pair->password = copy(odr.get(), login.password);
    authentication->which = Z_IdAuthentication_idPass;
    authentication->u.idPass = pair;
    request.idAuthentication = authentication;
  }
  return encode(odr.get(), apdu);
}

Result<std::string> search_request(const std::string& database, const std::string& query) {
  const OdrMemory odr(odr_createmem(ODR_ENCODE));
  const PqfParser parser(yaz_pqf_create());
  Z_Query wanted{};
  wanted.which = Z_Query_type_1;
  wanted.u.type_1 = yaz_pqf_parse(parser.get(), odr.get(), query.c_str());
  if (wanted.u.type_1 == nullptr) {
    const char* message = nullptr;
    std::size_t offset = 0;
    yaz_pqf_error(parser.get(), &message, &offset);
    return fail(ErrorCode::invalid, "the query is no PQF: {} at character {}", text_of(message),
                offset + 1);
  }
  Z_APDU* apdu = zget_APDU(odr.get(), Z_APDU_searchRequest);
  Z_SearchRequest& request = *apdu->u.searchRequest;
  char* name = copy(odr.get(), database);
  request.num_databaseNames = 1;
  request.databaseNames = &name;
  request.query = &wanted;
  *request.smallSetUpperBound = 0;  // no records with the answer: they are asked for by present
  *request.largeSetLowerBound = 1;
  *request.mediumSetPresentNumber = 0;
  return encode(odr.get(), apdu);
}

Result<std::string> present_request(const std::string& syntax, const std::string& element_set) {
  const OdrMemory odr(odr_createmem(ODR_ENCODE));
  Z_APDU* apdu = zget_APDU(odr.get(), Z_APDU_presentRequest);
  Z_PresentRequest& request = *apdu->u.presentRequest;
  *request.resultSetStartPoint = 1;
  *request.numberOfRecordsRequested = 1;
  if (!syntax.empty()) {
    request.preferredRecordSyntax =
        yaz_string_to_oid_odr(yaz_oid_std(), CLASS_RECSYN, syntax.c_str(), odr.get());
    if (request.preferredRecordSyntax == nullptr) {
      return fail(ErrorCode::invalid, "no record syntax is called \"{}\"", syntax);
    }
  }
  Z_ElementSetNames names{};
  Z_RecordComposition composition{};
  if (!element_set.empty()) {
    names.which = Z_ElementSetNames_generic;
    names.u.generic = copy(odr.get(), element_set);
    composition.which = Z_RecordComp_simple;
    composition.u.simple = &names;
    request.recordComposition = &composition;
  }
  return encode(odr.get(), apdu);
}

std::size_t message_length(std::string_view bytes) {
  // YAZ calls a buffer whole when it is broken beyond mending; decode() refuses it then.
  const int length = completeBER(bytes.data(), static_cast<int>(bytes.size()));
  return length > 0 ? static_cast<std::size_t>(length) : 0;
}

Result<Answer> decode(std::string_view message) {
  const OdrMemory odr(odr_createmem(ODR_DECODE));
  std::string bytes(message);  // YAZ wants it writable
  odr_setbuf(odr.get(), bytes.data(), static_cast<int>(bytes.size()), 0);
  Z_APDU* apdu = nullptr;
  if (z_APDU(odr.get(), &apdu, 0, nullptr) == 0 || apdu == nullptr) {
    return fail(ErrorCode::corrupt, "the answer is not Z39.50");
  }
  switch (apdu->which) {
    case Z_APDU_initResponse: return take(*apdu->u.initResponse);
    case Z_APDU_searchResponse: return take(*apdu->u.searchResponse);
    case Z_APDU_presentResponse: return take(*apdu->u.presentResponse, message);
    case Z_APDU_close: return CloseAnswer{text_of(apdu->u.close->diagnosticInformation)};
    default: return OtherAnswer{};
  }
}

bool same_syntax(std::string_view left, std::string_view right) {
  return lower_ascii(left) == lower_ascii(right);
}

}  // namespace nocturn::monitoring::z3950
