#include "customers/endpoint_tables.h"

#include <boost/json.hpp>

#include "customers/rules.h"
#include "customers/shapes.h"

namespace nocturn::customers {
namespace {

using net::Call;
using net::Permission;

Result<Asset> asset_of(const Desk& desk, const Call& call) {
  return one_of(TRY(Work(desk, call).account()).assets, call.path_parameter("asset"),
                "account asset");
}

Result<net::Answer> add_asset(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  Asset wanted{.id = work.new_id<AssetId>(),
               .product = call.text("product"),
               .instance = call.text("instance"),
               .from = desk.clock->wall()};
  const Given given(call);
  TRY_STATUS(given.time("from", wanted.from));
  TRY_STATUS(given.time("until", wanted.until));
  return put_row(desk, call, std::move(wanted), 0);
}

Result<net::Answer> change_asset(const Desk& desk, const Call& call) {
  Asset wanted = TRY(asset_of(desk, call));
  const std::uint64_t seen = wanted.version;
  const Given given(call);
  TRY_STATUS(given.time("from", wanted.from));
  TRY_STATUS(given.time("until", wanted.until));
  return put_row(desk, call, std::move(wanted), seen);
}

Result<net::Answer> move_asset(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  const Asset here = TRY(asset_of(desk, call));
  Asset there = here;
  there.id = work.new_id<AssetId>();
  there.instance = call.text("instance");
  there.from = desk.clock->wall();
  there.until.reset();  // as long as it was to last here
  TRY_STATUS(Given(call).time("from", there.from));
  there = TRY(right(desk, call, std::move(there)));
  const std::string expected = expected_version(call).value_or(std::to_string(here.version));
  TRY_STATUS(work.record([=, by = work.by()](const auto& account, WallTime) -> Events {
    if (!account) return fail(ErrorCode::not_found, "there is no such institution");
    TRY_STATUS(unchanged_since(expected, account->assets, here.id));
    return move(*account, here.id, there, by);
  }));
  const Account after = TRY(work.account());
  return net::Answer(to_json(TRY(one_of(after.assets, there.id.text(), "account asset"))));
}

Result<net::Answer> remove_asset(const Desk& desk, const Call& call) {
  const Work work(desk, call);
  TRY_STATUS(
      work.record([id = AssetId(call.path_parameter("asset")), by = work.by(),
                   expected = expected_version(call)](const auto& account, WallTime) -> Events {
        if (!account) return fail(ErrorCode::not_found, "there is no such institution");
        TRY_STATUS(unchanged_since(expected, account->assets, id));
        return remove(*account, id, by);
      }));
  return Json(nullptr);
}

}  // namespace

std::vector<net::Endpoint> asset_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  constexpr std::string_view kOne = "/api/v1/customers/{institution}/assets/{asset}";
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers/{institution}/assets",
                      .permission = Permission::manage_customers,
                      .summary = "Adds an account asset: a product at an instance, from now on "
                                 "when nothing else is said.",
                      .response = shapes::asset(),
                      .request = shapes::asset_to_add(),
                      .example = R"({"product": "catalog", "instance": "catalog-eu01"})",
                      .status = 201},
                     add_asset));
  table.push_back(at(desk,
                     {.method = "PATCH",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Changes the time of an account asset.",
                      .response = shapes::asset(),
                      .request = shapes::asset_to_change(),
                      .example = R"({"until": "2027-01-01T00:00:00Z"})"},
                     change_asset));
  table.push_back(at(desk,
                     {.method = "POST",
                      .path = "/api/v1/customers/{institution}/assets/{asset}/move",
                      .permission = Permission::manage_customers,
                      .summary = "Moves an account asset to another instance of its product, from "
                                 "now on when nothing else is said: it ends there and begins here.",
                      .response = shapes::asset(),
                      .request = shapes::asset_to_move(),
                      .example = R"({"instance": "catalog-eu02", "from": "2027-01-01T00:00:00Z"})",
                      .status = 201},
                     move_asset));
  table.push_back(at(desk,
                     {.method = "DELETE",
                      .path = kOne,
                      .permission = Permission::manage_customers,
                      .summary = "Takes back an account asset that never was.",
                      .status = 204},
                     remove_asset));
  return table;
}

}  // namespace nocturn::customers
