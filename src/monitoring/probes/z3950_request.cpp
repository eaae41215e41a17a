#include "monitoring/probes/z3950_request.h"

#include <yaz/oid_db.h>
#include <yaz/pquery.h>
#include <yaz/proto.h>

#include <memory>

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

}  // namespace

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

}  // namespace nocturn::monitoring::z3950
