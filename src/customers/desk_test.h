#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "customers/customers.h"
#include "customers/endpoints.h"
#include "support/store_contract.h"

// Customers as the hub puts them together, on both stores: database, ledger, a small cloud, and the
// endpoints called as the router does, without its door.
namespace nocturn::customers {

class DeskTest : public store::ContractTest {
 protected:
  void SetUp() override;

  // The path's parameters are taken from it as it is written: "/api/v1/customers/northgate".
  Result<Json> call(const std::string& method, const std::string& path, Json body = nullptr,
                    const std::string& if_match = "");
  // As above, and expects success.
  Json must(const std::string& method, const std::string& path, Json body = nullptr);
  // Payloads and objects of the whole ledger as one text.
  std::string whole_ledger();
  // The tables made anew from the ledger say the same as the ones that grew.
  void expect_equal_replay();
  std::string all_tables(store::Database& database);

  void add_institution(const std::string& id);
  std::string add_contact(const std::string& institution, const std::string& email);

  VirtualClock clock_{from_rfc3339("2026-11-22T06:00:00Z").value()};
  SystemRandom random_;
  inventory::CloudPtr cloud_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::vector<net::Endpoint> table_;
};

// Three territories, two products, three instances.
inventory::CloudPtr small_cloud();

}  // namespace nocturn::customers
