#include "customers/import.h"

#include <gmock/gmock.h>

#include "customers/desk_test.h"

namespace nocturn::customers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImportTable : public DeskTest {
 protected:
  Json import(const std::string& csv, bool dry_run = false) {
    return must("POST", "/api/v1/customers/import", {{"csv", csv}, {"dry_run", dry_run}});
  }
  // "3 territory": line and field of each mistake.
  static std::vector<std::string> places(const Json& done) {
    std::vector<std::string> places;
    for (const Json& mistake : done.at("mistakes").as_array())
      places.push_back(std::to_string(mistake.at("line").to_number<std::int64_t>()) + " " +
                       std::string(mistake.at("field").as_string()));
    return places;
  }
  static std::vector<std::int64_t> counts(const Json& done) {
    return {done.at("added").to_number<std::int64_t>(),
            done.at("changed").to_number<std::int64_t>(),
            done.at("unchanged").to_number<std::int64_t>()};
  }
};

constexpr const char* kInstitutions =
    "id,name,territory,time_zone,language,aliases\n"
    "northgate,Northgate University,emea,Europe/Amsterdam,en,NGU|Northgate\n"
    "harbor,\"Harbor, the college\",na,America/New_York,en,\n";
constexpr const char* kContacts =
    "institution;name;email;language;products\n"
    "northgate;Mary Jones;mary@northgate.example;;catalog|discovery\n"
    "harbor;John Smith;john@harbor.example;he;\n";
constexpr const char* kAssets =
    "institution,product,instance,from,until\n"
    "northgate,catalog,catalog-eu01,2026-01-01,\n"
    "harbor,discovery,discovery-eu01,2026-06-01T00:00:00Z,2027-06-01\n";

TEST_P(ImportTable, tells_first_and_does_then) {
  EXPECT_THAT(counts(import(kInstitutions, true)), ElementsAre(2, 0, 0));
  EXPECT_TRUE(must("GET", "/api/v1/customers").at("institutions").as_array().empty());
  const Json done = import(kInstitutions);
  EXPECT_TRUE(done.at("imported").as_bool());
  EXPECT_THAT(counts(done), ElementsAre(2, 0, 0));
  EXPECT_THAT(counts(import(kContacts)), ElementsAre(2, 0, 0));
  EXPECT_THAT(counts(import(kAssets)), ElementsAre(2, 0, 0));
  // A date is the start of the day where the institution is.
  EXPECT_EQ(
      must("GET", "/api/v1/customers/northgate").at("assets").as_array()[0].at("from").as_string(),
      "2025-12-31T23:00:00Z");
  expect_equal_replay();
}

TEST_P(ImportTable, changes_what_is_otherwise_and_leaves_the_rest) {
  import(kInstitutions);
  import(kContacts);
  import(kAssets);
  EXPECT_THAT(counts(import(kInstitutions)), ElementsAre(0, 0, 2));
  EXPECT_THAT(counts(import(kContacts)), ElementsAre(0, 0, 2));
  EXPECT_THAT(counts(import(kAssets)), ElementsAre(0, 0, 2));
  EXPECT_THAT(counts(import("institution,name,email,products\n"
                            "northgate,Mary Smith,MARY@northgate.example,catalog\n"
                            "northgate,New One,new@northgate.example,\n")),
              ElementsAre(1, 1, 0));
}

TEST_P(ImportTable, tells_every_mistake_with_its_line_and_does_nothing) {
  import(kInstitutions);
  const Json done = import(
      "institution,product,instance,from,until\n"
      "northgate,catalog,catalog-eu01,2026-01-01,\n"
      "northgat,catlog,catalog-eu01,2026-01-01,\n"
      "northgate,catlog,catalog-eu01,2026-13-01,\n"
      "northgate,catalog,discovery-eu01,2026-01-01,2025-01-01\n"
      "northgate,catalog,catalog-eu01,2026-05-01,\n"
      "northgate,catalog,catalog-eu02,2026-05-01,,one too many\n");
  EXPECT_FALSE(done.at("imported").as_bool());
  EXPECT_THAT(places(done), ElementsAre("3 institution", "3 product", "4 from", "4 product",
                                        "5 instance", "5 until", "6 instance", "7 "));
  EXPECT_TRUE(must("GET", "/api/v1/customers/northgate").at("assets").as_array().empty());
}

TEST_P(ImportTable, says_which_columns_a_table_should_have) {
  EXPECT_THAT(places(import("name,age\nx,1\n")), ElementsAre("1 "));
  const Json done = import("id,name,teritory,time_zone,language,name\nx,X,emea,UTC,en,Y\n");
  EXPECT_THAT(places(done), ElementsAre("1 teritory", "1 name", "1 territory"));
  EXPECT_THAT(std::string(done.at("mistakes").as_array()[0].at("what").as_string()),
              HasSubstr("did you mean \"territory\"?"));
  EXPECT_THAT(places(import("\n")), ElementsAre("1 "));
  EXPECT_THAT(places(import("id,name\nx,\"open\n")), ElementsAre("0 "));
}

TEST_P(ImportTable, takes_what_others_make_of_a_table) {
  import(kInstitutions);
  // Every mistake is told, and quotes no more than somebody reads.
  const std::string huge(1 << 20, 'x');
  const Json done = import(
      "institution,name,email,products\n"
      "northgate,\"a\nb\",m@x.example,\n" +
      std::string("northgate,N\0L,n@x.example,\n", 27) + "northgate," + huge + "," + huge + "," +
      huge + "\n" + huge +
      ",A,a@x.example,\n"
      "northgate,=1+1,\u202Eb@x.example,\n");
  EXPECT_THAT(places(done), ElementsAre("2 name", "4 name", "5 name", "5 email", "5 products",
                                        "6 institution", "7 email"));
  EXPECT_LT(boost::json::serialize(done).size(), 4'000U);
  // Line ends of old spreadsheets; lines are told all the same.
  EXPECT_THAT(places(import("institution,name,email\rnorthgate,A,a@x.example\rnorthgate,B,\r")),
              ElementsAre("3 email"));
  EXPECT_THAT(
      counts(import("institution,name,email\rnorthgate,A,a@x.example\rnorthgate,=B,b@x.example")),
      ElementsAre(2, 0, 0));
}

TEST_P(ImportTable, takes_ten_thousand_rows) {
  std::string csv = "id,name,territory,time_zone,language\n";
  for (int i = 0; i < 10'000; ++i) csv += fmt::format("library-{0},Library {0},emea,UTC,en\n", i);
  EXPECT_THAT(counts(import(csv)), ElementsAre(10'000, 0, 0));
  EXPECT_THAT(counts(import(csv, true)), ElementsAre(0, 0, 10'000));
}

INSTANTIATE_TEST_SUITE_P(Backends, ImportTable,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::customers
