#include "crypto/jws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64url.h"

// Published vectors, and what attackers of JWS libraries have tried (RFC 8725, section 2).
namespace nocturn::crypto {
namespace {

// RFC 7515, appendix A.2.
constexpr std::string_view kRs256 =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGF"
    "tcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu"
    "3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdi"
    "uB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x"
    "i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A"
    "XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kRsaModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz"
    "P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf6"
    "3kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5Zw"
    "Kh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
    "yuXpoQ";
// RFC 7515, appendix A.3.
constexpr std::string_view kEs256 =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGF"
    "tcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw"
    "5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
// RFC 8037, appendix A.4.
constexpr std::string_view kEdDsa =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7"
    "-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
// Made with node:crypto; the key id is "ps".
constexpr std::string_view kPs256 =
    "eyJhbGciOiJQUzI1NiIsImtpZCI6InBzIn0.RXhhbXBsZSBvZiBQUzI1Ng.rnEwb1pghRofENcwQEl92Hsy_"
    "lV0JFQ0Dc6m8Sl3dDWu8SoQuYvlAM-fV5GuqgoKuEIc-I4XL68u9bwaqVOgmJzXDL_Lyfu9iOYYCHc0DzmjG"
    "urQwoj7AaaLDrY4SMaAROnYACRkC2qDZMgXmnOzKlCxGDNpqZdGxbdkdLgQgZ4NGo4XS30-Xec1GuqO41fQL"
    "sIHPERsh8d9hYltdAOMbhvSlCOeKXVJkYUeV0wySHS-8GrdzTguGdALvC6EE9OG1vLPYhkV3nM0vJQJYD-H_"
    "c4JP4ZxSoAlR7G3VP-JYBnKHlI6ZmCChxynD99TtOLRHSV7Lz4N7Tmaz1_nfNKbUg";
constexpr std::string_view kPsModulus =
    "t5lVZFoJJBqmvg6LM8E0KfH8W8gbUymkgPg0aCldujjQgln82tujoyuFQUrf46mt2vh_nBW3T_gnJ-lzxPlh"
    "NLY1XZTTRz1X3SwTilnyBRBfOVqWhpB7iC9TUA0DrESg_k3D2LJVsWuQUd51HaqD_kAH4_KlcrGnUxTb5GAQ"
    "Dg_g3fzhnt3IW6g_flQGGqGabCkeRX-hERRxaA6BE7qdMZn1HpLHsUQqdlAVE6gPQDy88-RUvkb6RulBsTqU"
    "smhqdzVIDh1_yepFUJ5woTqLR7huWhW0dPKZc_5NhwSk_cWNFNdOw9aXUepFJ6lXluxHSih1zj0C-JgPzuiv"
    "8U59aw";
// 1,024 bits.
constexpr std::string_view kSmallModulus =
    "xtSs_44O0U6yHPdHVf0py8oDLflQQZNUBpikI9THAp27BtqJTP_fWlZB0geUKJvxBbbMcQau4j7-uOlkJAOu"
    "cY9ypuoH7B23xd5R5rRnlaubpwSbYC6XW8ZjYVeTZuWt0AMTDtRXRpmp3D_LKKY-RVCMAGyfunJdvC-5Tt4I"
    "fG8";

std::string rsa_key(std::string_view modulus, std::string_view more = "") {
  return fmt::format(R"({{"kty":"RSA","e":"AQAB","n":"{}"{}}})", modulus, more);
}
std::string ec_key(std::string_view more = "") {
  return fmt::format(R"({{"kty":"EC","crv":"P-256",)"
                     R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"{}}})",
                     more);
}
const std::string kEdKey =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

std::string set_of(const std::vector<std::string>& keys) {
  return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
}

ErrorCode refusal(std::string_view compact, const std::string& set) {
  const auto keys = parse_jwk_set(set);
  if (!keys) return keys.error().code;
  const auto opened = open_jws(compact, *keys);
  return opened ? ErrorCode::internal : opened.error().code;
}

bool opens(std::string_view compact, const std::string& set) {
  const auto keys = parse_jwk_set(set);
  return keys && open_jws(compact, *keys).has_value();
}

// The message of RFC 7515 with another header.
std::string with_header(std::string_view header) {
  return to_base64url(as_bytes(header)) + std::string(kRs256.substr(kRs256.find('.')));
}

TEST(Jws, opens_the_published_vectors) {
  const auto keys =
      parse_jwk_set(set_of({rsa_key(kRsaModulus), ec_key(), kEdKey, rsa_key(kPsModulus)}));
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 4u);
  for (const std::string_view compact : {kRs256, kEs256}) {
    const auto opened = open_jws(compact, *keys);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->payload,
              "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
  }
  const auto edwards = open_jws(kEdDsa, *keys);
  ASSERT_TRUE(edwards) << edwards.error().text();
  EXPECT_EQ(edwards->payload, "Example of Ed25519 signing");
  EXPECT_EQ(edwards->algorithm, SignatureAlgorithm::eddsa);
}

TEST(Jws, opens_rsa_pss) {
  EXPECT_TRUE(opens(kPs256, set_of({rsa_key(kPsModulus, R"(,"kid":"ps")")})));
  EXPECT_TRUE(opens(kPs256, set_of({rsa_key(kPsModulus, R"(,"kid":"ps","alg":"PS256")")})));
}

TEST(Jws, says_so_when_the_key_id_is_unknown) {
  EXPECT_EQ(refusal(kPs256, set_of({rsa_key(kPsModulus, R"(,"kid":"other")")})),
            ErrorCode::not_found);
  EXPECT_EQ(refusal(kEs256, set_of({rsa_key(kRsaModulus)})), ErrorCode::not_found);
}

TEST(Jws, keeps_a_key_to_its_declared_algorithm) {
  EXPECT_EQ(refusal(kRs256, set_of({rsa_key(kRsaModulus, R"(,"alg":"PS256")")})),
            ErrorCode::not_found);
  EXPECT_EQ(refusal(kRs256, set_of({rsa_key(kRsaModulus, R"(,"alg":"RS512")")})),
            ErrorCode::not_found);
}

TEST(Jws, refuses_a_signature_of_another_key_and_a_changed_payload) {
  EXPECT_EQ(refusal(kRs256, set_of({rsa_key(kPsModulus)})), ErrorCode::forbidden);
  for (const std::string_view compact : {kRs256, kEs256, kEdDsa}) {
    std::string changed(compact);
    changed[compact.find('.') + 5] ^= 1;
    EXPECT_FALSE(opens(changed, set_of({rsa_key(kRsaModulus), ec_key(), kEdKey})));
    std::string cut(compact.substr(0, compact.rfind('.') + 1));
    EXPECT_FALSE(opens(cut, set_of({rsa_key(kRsaModulus), ec_key(), kEdKey})));
  }
}

TEST(Jws, refuses_every_algorithm_that_is_not_on_the_list) {
  for (const char* algorithm :
       {"none", "None", "NONE", "", "HS256", "HS512", "RS384", "RS512", "ES384", "rs256"})
    EXPECT_EQ(refusal(with_header(fmt::format(R"({{"alg":"{}"}})", algorithm)),
                      set_of({rsa_key(kRsaModulus)})),
              ErrorCode::unsupported)
        << algorithm;
}

TEST(Jws, believes_no_key_that_the_message_brings_along) {
  const std::string own = rsa_key(kRsaModulus);
  const std::string header = fmt::format(R"({{"alg":"RS256","jwk":{}}})", own);
  EXPECT_EQ(refusal(with_header(header), set_of({rsa_key(kPsModulus)})), ErrorCode::forbidden);
}

TEST(Jws, refuses_headers_that_it_cannot_understand_whole) {
  const std::string set = set_of({rsa_key(kRsaModulus)});
  EXPECT_EQ(refusal(with_header(R"({"alg":"RS256","crit":["exp"],"exp":1})"), set),
            ErrorCode::unsupported);
  for (const char* header : {R"({"alg":"none","alg":"RS256"})", R"({"alg":["RS256"]})",
                             R"({"alg":"RS256","kid":1})", R"([])", "", "{", "\xff\xff"})
    EXPECT_EQ(refusal(with_header(header), set), ErrorCode::invalid) << header;
}

TEST(Jws, refuses_what_is_no_compact_form) {
  const std::string set = set_of({rsa_key(kRsaModulus)});
  for (const std::string_view compact : {"", "a.b", "a.b.c.d", ".", "..", "...", "=.=.="})
    EXPECT_EQ(refusal(compact, set), ErrorCode::invalid) << compact;
  for (const std::string& compact : {fmt::format("{}=", kRs256), fmt::format("{}\n", kRs256),
                                     fmt::format(" {}", kRs256), std::string(70'000, 'a')})
    EXPECT_EQ(refusal(compact, set), ErrorCode::invalid) << compact.substr(0, 40);
}

TEST(JwkSet, leaves_out_keys_that_are_weak_or_for_something_else) {
  for (const std::string& key :
       {rsa_key(kSmallModulus), rsa_key(kRsaModulus, R"(,"use":"enc")"),
        rsa_key(kRsaModulus, R"(,"key_ops":["encrypt"])"), rsa_key(kRsaModulus, R"(,"kid":1)"),
        std::string(R"({"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"),
        std::string(R"({"kty":"RSA"})"), std::string(R"({})"), std::string("1"),
        std::string(R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})"),
        // No point of the curve.
        std::string(R"({"kty":"EC","crv":"P-256",)"
                    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                    R"("y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})")}) {
    const auto alone = parse_jwk_set(set_of({key}));
    ASSERT_FALSE(alone) << key;
    EXPECT_EQ(alone.error().code, ErrorCode::not_found);
    const auto together = parse_jwk_set(set_of({key, kEdKey}));
    ASSERT_TRUE(together) << key;
    EXPECT_EQ(together->size(), 1u);
  }
}

TEST(JwkSet, refuses_what_is_no_set_and_too_many_keys) {
  for (const char* text : {"", "{}", "[]", R"({"keys":{}})", R"({"keys":[],"keys":[]})"})
    EXPECT_FALSE(parse_jwk_set(text)) << text;
  const auto many = parse_jwk_set(set_of(std::vector<std::string>(101, kEdKey)));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code, ErrorCode::limited);
}

}  // namespace
}  // namespace nocturn::crypto
