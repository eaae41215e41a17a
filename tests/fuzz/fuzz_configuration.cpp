// Whatever bytes stand in the configuration, loading ends with a cloud or with faults that a
// person can read. One input is up to three files, apart at lines of "#---".
#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "inventory/inventory.h"
#include "inventory/sample_kinds_test.h"

using namespace nocturn;
using namespace nocturn::inventory;

namespace {

std::vector<Source> files_of(std::string_view text) {
  constexpr std::string_view kApart = "\n#---\n";
  std::vector<Source> files;
  while (files.size() < 2 && text.contains(kApart)) {
    const std::size_t end = text.find(kApart);
    files.push_back({fmt::format("{}.yaml", files.size()), std::string(text.substr(0, end + 1))});
    text.remove_prefix(end + kApart.size());
  }
  files.push_back({fmt::format("{}.yaml", files.size()), std::string(text)});
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Loaded loaded = load_texts(files_of(as_text({data, size})), kSampleKinds);
  CHECK((loaded.cloud == nullptr) != loaded.faults.empty());
  for (const Fault& fault : loaded.faults) {
    const std::string text = fault.text();
    CHECK(is_utf8(text) && !text.contains('\n') && !fault.place.file.empty());
    CHECK(!fault.what.empty() && !fault.mend.empty() && text.size() < 4'000);
  }
  if (loaded.cloud == nullptr) return 0;
  const std::vector<Difference> differences = difference(Cloud(), *loaded.cloud);
  for (const Difference& one : differences) CHECK(!to_event(one).payload.empty());
  CHECK(difference(*loaded.cloud, *loaded.cloud).empty());
  for (const auto& [id, instance] : loaded.cloud->instances)
    CHECK(!loaded.cloud->territory_of(instance).time_zone.empty());
  return 0;
}
