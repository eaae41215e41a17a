#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "status_page/view.h"

// Makes the row of one instance from the facts. Inside the module: others take rows from a View.
namespace nocturn::status_page {

class RowMaker {
 public:
  // Sorts the facts by instance once. The facts must outlive the maker.
  explicit RowMaker(const Facts& facts);
  // `starts`: day starts of the instance's territory, kDaysOfHistory + 1.
  Row make(const inventory::Instance& instance, std::span<const WallTime> starts) const;

 private:
  void count_checks(Row& row) const;
  std::optional<WallTime> stale_since(const Row& row) const;
  void tell_last_known(Row& row, const History& history) const;

  const Facts& facts_;
  std::unordered_map<std::string_view, std::span<const monitoring::MeasuredInterval>> measured_;
  std::unordered_map<std::string_view, std::vector<DeclaredInterval>> declared_;
  std::unordered_map<std::string_view, std::vector<const inventory::MaintenanceEntry*>> entries_;
  std::unordered_map<std::string_view, const monitoring::CheckStand*> stands_;
};

}  // namespace nocturn::status_page
