#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// Runs every file of a corpus through a fuzzer's entry, so that an input that once broke a parser
// is tried in every build. An empty or missing corpus is a failure: it would test nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int count = 0;
  std::error_code missing;
  for (const auto& file : std::filesystem::directory_iterator(argv[1], missing)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++count;
  }
  std::printf("%d inputs of %s replayed\n", count, argv[1]);
  return count == 0 ? 1 : 0;
}
