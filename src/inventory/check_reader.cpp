#include <algorithm>

#include "base/text.h"
#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/section.h"
#include "inventory/values.h"

// One check: which kind, its options by the kind's own table, and intervals that can be kept.
namespace nocturn::inventory {
namespace {

constexpr Micros kDefaultTimeout = std::chrono::seconds(10);

// The kind whose name is a key of the check, and its options.
const KindSpec* find_kind(const Node& node, Mark mark, std::string_view what, Reading& reading) {
  const KindSpec* found = nullptr;
  for (const Member& member : node.members) {
    const auto kind = std::ranges::find(reading.kinds, member.key, &KindSpec::name);
    if (kind == reading.kinds.end()) continue;
    if (found != nullptr)
      reading.report.add(member.mark, fmt::format("{} is {} and {}", what, found->name, kind->name),
                         "a check is of one kind; make two checks of it");
    if (found == nullptr) found = &*kind;
  }
  if (found != nullptr) return found;
  std::vector<std::string_view> names;
  for (const KindSpec& kind : reading.kinds) names.push_back(kind.name);
  reading.report.add(mark, fmt::format("{} does not say what to check", what),
                     fmt::format("add one of {}, with its options", alternatives(names)));
  return nullptr;
}

Confirmation read_confirmation(const Options& options) {
  const auto section = options.find("confirm");
  if (section == options.end()) return {};
  const Options& keys = std::get<Options>(section->second.value);
  Confirmation confirm;
  if (has(keys, "failures")) confirm.failures = static_cast<int>(integer_of(keys, "failures"));
  if (has(keys, "recoveries"))
    confirm.recoveries = static_cast<int>(integer_of(keys, "recoveries"));
  if (has(keys, "slow_of")) confirm.slow_of = static_cast<int>(integer_of(keys, "slow_of"));
  if (has(keys, "flap_detection")) confirm.flap_detection = flag_of(keys, "flap_detection");
  confirm.retry = duration_of(keys, "retry");
  confirm.slow_above = duration_of(keys, "slow_above");
  confirm.slow_clear =
      has(keys, "slow_clear") ? duration_of(keys, "slow_clear") : confirm.slow_above * 4 / 5;
  return confirm;
}

void check_intervals(const Check& check, const Node& node, std::string_view what, Report& report) {
  const auto wrong = [&](Mark mark, std::string said, std::string mend) {
    report.add(mark, fmt::format("{} of {}", said, what), std::move(mend));
  };
  if (check.timeout >= check.every)
    wrong(mark_of(node, "timeout"),
          fmt::format("timeout {} is not less than every {}", to_text(check.timeout),
                      to_text(check.every)),
          fmt::format("a probe must end before the next one starts; write at most {}",
                      to_text(check.every / 2)));
  const Node* confirm_node = node.find("confirm");
  if (confirm_node == nullptr) return;
  const Confirmation& confirm = check.confirm;
  if (confirm.retry > check.every)
    wrong(mark_of(*confirm_node, "retry"),
          fmt::format("retry {} is longer than every {}", to_text(confirm.retry),
                      to_text(check.every)),
          "re-checks are meant to be faster; write less");
  if (confirm.slow_above == Micros(0)) {
    if (confirm.slow_clear > Micros(0))
      wrong(mark_of(*confirm_node, "slow_clear"), "slow_clear without slow_above",
            "add slow_above, or leave slow_clear out");
    return;
  }
  if (confirm.slow_clear > confirm.slow_above)
    wrong(mark_of(*confirm_node, "slow_clear"),
          fmt::format("slow_clear {} is above slow_above {}", to_text(confirm.slow_clear),
                      to_text(confirm.slow_above)),
          "write less, or the issue never ends");
  if (confirm.slow_above >= check.timeout)
    wrong(mark_of(*confirm_node, "slow_above"),
          fmt::format("slow_above {} is not less than timeout {}", to_text(confirm.slow_above),
                      to_text(check.timeout)),
          "no probe that passes takes so long; write less, or raise timeout");
}

// What the kind objects to, at the option it speaks of.
void add_objections(const Check& check, const KindSpec& kind, const Node& given,
                    std::string_view what, Report& report) {
  if (kind.judge == nullptr) return;
  for (const Objection& objection : kind.judge(check.options)) {
    const Node* node = &given;
    std::string place = fmt::format("{} of {}", kind.name, what);
    for (const std::string_view key : split(objection.option, '.')) {
      if (const Node* inner = node->find(key)) node = inner;
      place = fmt::format("{} of {}", key, place);
    }
    report.add(node->mark, fmt::format("{} {}", place, objection.what), objection.mend);
  }
}

Check read_check(const Member& member, const InstanceId& instance,
                 std::span<const std::string_view> kind_names, Reading& reading) {
  const Node& node = member.value;
  const std::string id = fmt::format("{}/{}", instance.text(), member.key.substr(0, 80));
  const std::string what = "check " + id;
  const std::size_t faults_before = reading.report.count();
  const Options options = read_section(node, what, kCheckKeys, reading.report, kind_names);
  Check check;
  check.id = CheckId(id);
  check.name = member.key;
  check.place = reading.report.place(member.mark);
  if (node.kind != Node::Kind::mapping) return check;

  const KindSpec* kind = find_kind(node, member.mark, what, reading);
  if (kind != nullptr) {
    check.kind = kind->name;
    const Node& given = *node.find(kind->name);
    // A kind without required options may stand there with nothing.
    const Node nothing(Node::Kind::mapping, given.mark);
    check.options =
        read_section(given.kind == Node::Kind::empty ? nothing : given,
                     fmt::format("{} of {}", kind->name, what), kind->options, reading.report);
    if (reading.report.count() == faults_before)
      add_objections(check, *kind, given, what, reading.report);
  }
  check.every = duration_of(options, "every");
  check.timeout = has(options, "timeout") ? duration_of(options, "timeout")
                                          : std::min(kDefaultTimeout, check.every / 2);
  Options layers;
  layers["layer"] = has(options, "layer") || kind == nullptr
                        ? OptionValue{text_of(options, "layer")}
                        : OptionValue{std::string(kind->default_layer)};
  check.layer = choice_of<Layer>(layers, "layer", kLayers);
  check.vantages = list_of(options, "vantages");
  check.confirm = read_confirmation(options);
  if (reading.report.count() == faults_before) check_intervals(check, node, what, reading.report);
  return check;
}

}  // namespace

std::vector<Check> read_checks(const Node& checks, const InstanceId& instance, Reading& reading) {
  std::vector<Check> result;
  if (checks.kind != Node::Kind::mapping) {
    reading.report.add(
        checks.mark, fmt::format("checks of instance {} is no mapping of checks", instance.text()),
        "write each check below it as \"name: {http: {…}}\"");
    return result;
  }
  std::vector<std::string_view> kind_names;
  for (const KindSpec& kind : reading.kinds) kind_names.push_back(kind.name);
  result.reserve(checks.members.size());
  for (const Member& member : checks.members) {
    if (!is_id(member.key))
      reading.report.add(member.mark,
                         fmt::format("{} is no name of a check in instance {}",
                                     in_quotes(member.key), instance.text()),
                         fmt::format("write {}: small letters, digits and hyphens, at most 63",
                                     as_id(member.key)));
    result.push_back(read_check(member, instance, kind_names, reading));
  }
  return result;
}

}  // namespace nocturn::inventory
