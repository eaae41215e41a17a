#include "store/postgresql/values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace nocturn::store::postgresql {
namespace {

// src/include/catalog/pg_type.dat
enum Type : Oid {
  kBool = 16,
  kBytea = 17,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kFloat4 = 700,
  kFloat8 = 701,
  kUnknown = 705,
  kVarchar = 1043,
  kNumeric = 1700,
};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

std::array<char, 8> to_big_endian(std::uint64_t value) {
  std::array<char, 8> bytes;
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return bytes;
}

std::int16_t int16_at(std::string_view bytes, std::size_t offset) {
  CHECK(bytes.size() >= offset + 2);
  return static_cast<std::int16_t>(big_endian(bytes.substr(offset, 2)));
}

// numeric_send: number of digits, weight of the first, sign, scale, digits to base 10,000.
struct Numeric {
  std::string_view bytes;
  int digits() const { return int16_at(bytes, 0); }
  int weight() const { return int16_at(bytes, 2); }
  bool negative() const { return int16_at(bytes, 4) == 0x4000; }
  bool finite() const { return (int16_at(bytes, 4) & 0xc000) != 0xc000; }
  int digit(int i) const { return i < digits() ? int16_at(bytes, 8 + 2 * i) : 0; }

  std::int64_t integer() const {
    CHECK(finite() && weight() <= 4);
    __extension__ __int128 value = 0;
    for (int i = 0; i <= weight(); ++i) value = value * 10'000 + digit(i);
    for (int i = std::max(weight() + 1, 0); i < digits(); ++i) CHECK(digit(i) == 0);
    if (negative()) value = -value;
    CHECK(value >= std::numeric_limits<std::int64_t>::min() &&
          value <= std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(value);
  }
  double real() const {
    if (!finite()) return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    for (int i = 0; i < digits(); ++i) value += digit(i) * std::pow(10'000.0, weight() - i);
    return negative() ? -value : value;
  }
};

}  // namespace

Bindings::Bindings(Parameters parameters) {
  const std::size_t count = parameters.size();
  numbers_.reserve(count);  // views into it must stay
  values_.reserve(count);
  lengths_.reserve(count);
  formats_.reserve(count);
  types_.reserve(count);
  struct Adder {
    Bindings& to;
    void number(std::uint64_t value, Oid type, char letter) const {
      to.numbers_.push_back(to_big_endian(value));
      to.add(to.numbers_.back().data(), 8, type, letter);
    }
    void operator()(std::monostate) const { to.add(nullptr, 0, 0, '0'); }
    void operator()(std::int64_t value) const {
      number(static_cast<std::uint64_t>(value), kInt8, 'i');
    }
    void operator()(double value) const {
      number(std::bit_cast<std::uint64_t>(value), kFloat8, 'r');
    }
    void operator()(std::string_view value) const {
      to.add(value.data() == nullptr ? "" : value.data(), value.size(), kText, 't');
    }
    void operator()(std::span<const std::uint8_t> value) const {
      const auto* data = reinterpret_cast<const char*>(value.data());
      to.add(data == nullptr ? "" : data, value.size(), kBytea, 'b');
    }
  };
  for (const Parameter& parameter : parameters) std::visit(Adder{*this}, parameter);
}

void Bindings::add(const char* value, std::size_t length, Oid type, char letter) {
  values_.push_back(value);
  lengths_.push_back(static_cast<int>(length));
  formats_.push_back(1);
  types_.push_back(type);
  signature_ += letter;
}

bool ResultRow::is_null(int column) const {
  CHECK(column >= 0 && column < PQnfields(result_));
  return PQgetisnull(result_, row_, column) != 0;
}

std::string_view ResultRow::raw(int column) const {
  CHECK(!is_null(column));
  return {PQgetvalue(result_, row_, column),
          static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t ResultRow::integer(int column) const {
  const std::string_view value = raw(column);
  switch (type(column)) {
    case kInt8: return static_cast<std::int64_t>(big_endian(value));
    case kInt4: return static_cast<std::int32_t>(big_endian(value));
    case kInt2: return static_cast<std::int16_t>(big_endian(value));
    case kBool: return value[0];
    case kNumeric: return Numeric{value}.integer();
    default: CHECK(!"the column is no integer"); return 0;
  }
}

double ResultRow::real(int column) const {
  const std::string_view value = raw(column);
  switch (type(column)) {
    case kFloat8: return std::bit_cast<double>(big_endian(value));
    case kFloat4: return std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(value)));
    case kNumeric: return Numeric{value}.real();
    default: return static_cast<double>(integer(column));
  }
}

std::string_view ResultRow::text(int column) const {
  const Oid oid = type(column);
  CHECK(oid == kText || oid == kVarchar || oid == kName || oid == kUnknown);
  return raw(column);
}

std::span<const std::uint8_t> ResultRow::bytes(int column) const {
  CHECK(type(column) == kBytea);
  const std::string_view value = raw(column);
  return {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()};
}

ErrorCode code_of_state(std::string_view state) {
  const std::string_view kind = state.substr(0, 2);
  if (state == "53100") return ErrorCode::disk_full;
  if (state == "57014") return ErrorCode::timeout;
  if (state == "XX001" || state == "XX002") return ErrorCode::corrupt;
  if (state == "42501") return ErrorCode::forbidden;
  if (state == "25006") return ErrorCode::forbidden;  // a reader may not write
  if (kind == "23" || kind == "40") return ErrorCode::conflict;
  if (kind.empty() || kind == "08" || kind == "53" || kind == "57" || kind == "58") {
    return ErrorCode::unavailable;
  }
  if (kind == "54") return ErrorCode::limited;
  return ErrorCode::internal;
}

}  // namespace nocturn::store::postgresql
