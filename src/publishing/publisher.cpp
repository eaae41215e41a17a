#include <map>

#include "publishing/target_keeper.h"

namespace nocturn::publishing {
namespace {

class RunningPublisher final : public Publisher {
 public:
  RunningPublisher(PublisherOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock), loop_(clock) {
    for (const KnownFailure& failure : options_.known) known_[failure.target] = failure.since;
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningPublisher() override {
    loop_.stop();
    thread_.join();
  }

  void use(std::vector<inventory::CopyTarget> targets) override {
    loop_.post([this, targets = std::move(targets)]() mutable { change(std::move(targets)); });
  }

  void mark_changed() override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, keeper] : keepers_) keeper->mark_changed();
  }

  std::vector<TargetState> states() const override {
    std::vector<TargetState> states;
    for (const auto& [id, keeper] : keepers()) states.push_back(keeper->state());
    return states;
  }

  Result<std::vector<TargetState>> publish(const std::string& id, Micros patience) override {
    Keepers asked = keepers();
    if (!id.empty()) std::erase_if(asked, [&](const auto& each) { return each.first != id; });
    if (asked.empty()) {
      if (id.empty())
        return fail(ErrorCode::not_found,
                    "no copy is kept anywhere; say where below publish: of status_page: in the "
                    "configuration");
      return fail(ErrorCode::not_found, "no target of copies is called {}", id);
    }
    std::vector<std::pair<std::shared_ptr<TargetKeeper>, std::uint64_t>> waiting;
    for (const auto& [name, keeper] : asked) waiting.emplace_back(keeper, keeper->demand());
    const SteadyTime until = clock_.steady() + patience;
    std::vector<TargetState> states;
    for (const auto& [keeper, demand] : waiting) {
      keeper->wait_for(demand, std::max(until - clock_.steady(), Micros(0)));
      states.push_back(keeper->state());
    }
    return states;
  }

 private:
  using Keepers = std::map<std::string, std::shared_ptr<TargetKeeper>>;

  // On the loop's thread alone, since it waits for what comes to an end.
  void change(std::vector<inventory::CopyTarget> targets) {
    Keepers next, gone;
    {
      const std::lock_guard lock(mutex_);
      gone = keepers_;
    }
    for (const inventory::CopyTarget& target : targets) {
      const auto kept = gone.find(target.id);
      if (kept == gone.end() || kept->second->signature() != inventory::describe(target)) continue;
      next.insert(gone.extract(kept));
    }
    for (const auto& [id, keeper] : gone) known_[id] = keeper->state().failing_since;
    {
      const std::lock_guard lock(mutex_);
      keepers_ = next;
    }
    gone.clear();  // before another of the same place starts
    for (const inventory::CopyTarget& target : targets)
      if (!next.contains(target.id)) next[target.id] = keep(target);
    const std::lock_guard lock(mutex_);
    keepers_ = std::move(next);
  }

  std::shared_ptr<TargetKeeper> keep(const inventory::CopyTarget& target) {
    TargetKeeper::Setting setting{.target = target,
                                  .work = {},
                                  .variable = options_.variable,
                                  .newest = options_.newest,
                                  .tell = options_.tell,
                                  .failing_since = {}};
    setting.work = options_.work / setting.target.id;
    if (const auto known = known_.find(setting.target.id); known != known_.end())
      setting.failing_since = known->second;
    return std::make_shared<TargetKeeper>(std::move(setting), clock_);
  }

  Keepers keepers() const {
    const std::lock_guard lock(mutex_);
    return keepers_;
  }

  const PublisherOptions options_;
  const Clock& clock_;
  net::Loop loop_;
  std::map<std::string, std::optional<WallTime>> known_;  // of the loop's thread, after the start
  mutable std::mutex mutex_;
  Keepers keepers_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Publisher> Publisher::start(PublisherOptions options, const Clock& clock) {
  return std::make_unique<RunningPublisher>(std::move(options), clock);
}

}  // namespace nocturn::publishing
