// What one change costs: 1,000 instances from facts to a view, to HTML, and to every prepared page
// with its compressed forms.
#include <benchmark/benchmark.h>

#include "support/sample_facts.h"
#include "web/pages.h"
#include "web/web.h"

namespace {

using namespace nocturn;

void make_view(benchmark::State& state) {
  const status_page::Facts facts = testing::large_facts(static_cast<int>(state.range(0)));
  for (auto turn : state) benchmark::DoNotOptimize(status_page::View::make(facts));
}
BENCHMARK(make_view)->Arg(1000)->Unit(benchmark::kMillisecond);

void render_index(benchmark::State& state) {
  const auto view = status_page::View::make(testing::large_facts(static_cast<int>(state.range(0))));
  const auto& words = status_page::Words::in(status_page::Locale::en);
  for (auto turn : state)
    benchmark::DoNotOptimize(web::index_page(**view, inventory::Tenancy::multi, words));
}
BENCHMARK(render_index)->Arg(1000)->Unit(benchmark::kMillisecond);

void prepare_everything(benchmark::State& state) {
  const auto view = status_page::View::make(testing::large_facts(static_cast<int>(state.range(0))));
  for (auto turn : state) benchmark::DoNotOptimize(web::prepare(**view));
}
BENCHMARK(prepare_everything)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
