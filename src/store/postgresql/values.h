#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include "store/store.h"

// Values in PostgreSQL's binary form, both ways (PostgreSQL 15 sources, *send and *recv of
// src/backend/utils/adt; big-endian throughout). Included by .cpp files of this folder only.
namespace nocturn::store::postgresql {

// Parameters laid out as libpq takes them. Views into the given parameters: lives no longer.
class Bindings {
 public:
  explicit Bindings(Parameters parameters);

  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }
  const Oid* types() const { return types_.data(); }
  // A letter for each parameter's type; '0' for null, which goes with any type.
  const std::string& signature() const { return signature_; }

 private:
  void add(const char* value, std::size_t length, Oid type, char letter);

  std::vector<std::array<char, 8>> numbers_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<Oid> types_;
  std::string signature_;
};

// A row of a result in binary form.
class ResultRow final : public Row {
 public:
  ResultRow(const PGresult* result, int row) : result_(result), row_(row) {}
  bool is_null(int column) const override;
  // Also reads what PostgreSQL makes of SUM over BIGINT (NUMERIC) and of EXISTS (BOOLEAN).
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;
  std::span<const std::uint8_t> bytes(int column) const override;

 private:
  std::string_view raw(int column) const;
  Oid type(int column) const { return PQftype(result_, column); }

  const PGresult* result_;
  int row_;
};

// The error code for an SQLSTATE (PostgreSQL 15 manual, appendix A); empty means that the
// connection broke.
ErrorCode code_of_state(std::string_view state);

}  // namespace nocturn::store::postgresql
