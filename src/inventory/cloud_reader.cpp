#include "inventory/cloud_reader.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "inventory/cloud_keys.h"
#include "inventory/section.h"
#include "inventory/values.h"

namespace nocturn::inventory {
namespace {

std::string_view without_slash(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

bool is_locale(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '-');
  if (parts[0].size() < 2 || parts[0].size() > 3) return false;
  return std::ranges::all_of(parts, [](std::string_view part) {
    return !part.empty() && part.size() <= 8 && std::ranges::all_of(part, [](unsigned char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
  });
}

void read_top(const Node& node, Cloud& cloud, Reading& reading) {
  const Options options = read_section(node, "cloud", kCloudKeys, reading.report);
  cloud.name = text_of(options, "name");
  cloud.url = without_slash(text_of(options, "url"));
  cloud.default_locale = text_of(options, "default_locale");
  if (has(options, "default_locale") && !is_locale(cloud.default_locale))
    reading.report.add(mark_of(node, "default_locale"),
                       fmt::format("default_locale is {}", in_quotes(cloud.default_locale)),
                       "write a language tag like en, nl or pt-BR");
  const auto contact = options.find("contact");
  if (contact == options.end()) return;
  const Options& lines = std::get<Options>(contact->second.value);
  cloud.contact = {text_of(lines, "name"), text_of(lines, "phone"), text_of(lines, "email"),
                   text_of(lines, "url")};
  const std::string& email = cloud.contact.email;
  const std::size_t at = email.find('@');
  const bool address = at != 0 && at != std::string::npos &&
                       email.find('@', at + 1) == email.npos && !email.contains(' ') &&
                       is_host(email.substr(at + 1));
  if (!email.empty() && !address)
    reading.report.add(mark_of(*node.find("contact"), "email"),
                       fmt::format("email of contact is {}", in_quotes(email)),
                       "write an address like hub@example.org");
}

// Calls `read(id, member, what)` for every member whose key is an id; other keys are faults.
template <class Read>
void each_id(const Node& part, const Part& described, Reading& reading, Read read) {
  for (const Member& member : part.members) {
    if (!is_id(member.key)) {
      const std::string near = as_id(member.key);
      reading.report.add(member.mark, fmt::format("{} is no id", in_quotes(member.key)),
                         near.empty() ? "write small letters, digits and hyphens"
                                      : fmt::format("write {}: small letters, digits and hyphens, "
                                                    "at most 63",
                                                    near));
    }
    read(member.key, member, fmt::format("{} {}", described.one, member.key.substr(0, 80)));
  }
}

void read_territories(const Node& part, Cloud& cloud, Reading& reading) {
  each_id(part, kParts[1], reading,
          [&](const std::string& key, const Member& member, const std::string& what) {
            const Options options =
                read_section(member.value, what, kTerritoryKeys, reading.report);
            const TerritoryId id(key);
            cloud.territories[id] = {id, text_of(options, "name"), text_of(options, "time_zone")};
          });
}

double degrees(const std::string& text) { return std::stod(text); }

void read_data_centers(const Node& part, Cloud& cloud, Reading& reading) {
  each_id(part, kParts[2], reading,
          [&](const std::string& key, const Member& member, const std::string& what) {
            const Options options =
                read_section(member.value, what, kDataCenterKeys, reading.report);
            DataCenter center;
            center.id = DataCenterId(key);
            center.name = text_of(options, "name");
            center.territory = TerritoryId(text_of(options, "territory"));
            center.role = choice_of<Role>(options, "role", kRoles);
            if (const auto location = list_of(options, "location"); location.size() == 2)
              center.location = {degrees(location[0]), degrees(location[1])};
            if (has(options, "territory"))
              known(center.territory, cloud.territories, mark_of(member.value, "territory"),
                    "territory", what, reading);
            cloud.data_centers[center.id] = std::move(center);
          });
}

// An off-site center keeps the copies of a primary one: there must be one, and it must be
// elsewhere.
void check_off_site(const Node& part, const Cloud& cloud, Reading& reading) {
  if (reading.incomplete) return;
  for (const Member& member : part.members) {
    const DataCenter& center = cloud.data_centers.at(DataCenterId(member.key));
    if (center.role != Role::off_site || !cloud.territories.contains(center.territory)) continue;
    bool primary = false;
    for (const auto& [id, other] : cloud.data_centers) {
      if (other.territory != center.territory || other.role != Role::primary) continue;
      primary = true;
      if (center.location && center.location == other.location)
        reading.report.add(mark_of(member.value, "location"),
                           fmt::format("off-site data center {} stands where {} stands",
                                       center.id.text(), id.text()),
                           "an off-site center must be elsewhere; mend one of the two locations");
    }
    if (!primary)
      reading.report.add(mark_of(member.value, "role"),
                         fmt::format("data center {} is off_site, but territory {} has no primary",
                                     center.id.text(), center.territory.text()),
                         "make it primary, or declare the primary data center");
  }
}

void read_products(const Node& part, Cloud& cloud, Reading& reading) {
  each_id(part, kParts[3], reading,
          [&](const std::string& key, const Member& member, const std::string& what) {
            const Options options = read_section(member.value, what, kProductKeys, reading.report);
            cloud.products[ProductId(key)] = {ProductId(key), text_of(options, "name")};
          });
}

void check_hosts(const Instance& instance, const Node& node, std::string_view what,
                 Reading& reading) {
  for (const std::string& host : instance.hosts) {
    if (!is_host(host))
      reading.report.add(mark_of(node, "hosts"),
                         fmt::format("{} is no host name in {}", in_quotes(host), what),
                         "write a name like catalog.example.org, without https:// and path");
  }
}

void read_instances(const Node& part, Cloud& cloud, Reading& reading) {
  each_id(part, kParts[4], reading,
          [&](const std::string& key, const Member& member, const std::string& what) {
            const Node& node = member.value;
            const Options options = read_section(node, what, kInstanceKeys, reading.report);
            Instance instance;
            instance.id = InstanceId(key);
            instance.name = text_of(options, "name");
            instance.aliases = list_of(options, "aliases");
            instance.hosts = list_of(options, "hosts");
            instance.institutions = list_of(options, "institutions");
            instance.product = ProductId(text_of(options, "product"));
            instance.data_center = DataCenterId(text_of(options, "data_center"));
            instance.tenancy = choice_of<Tenancy>(options, "tenancy", kTenancies);
            instance.environment = choice_of<Environment>(options, "environment", kEnvironments);
            instance.hosting = choice_of<Hosting>(options, "hosting", kHostings);
            instance.sla = real_of(options, "sla");
            instance.place = reading.report.place(member.mark);
            if (has(options, "sla") && instance.sla == 0)
              reading.report.add(mark_of(node, "sla"), fmt::format("sla of {} is 0", what),
                                 "write a percentage above 0 and up to 100, like 99.9");
            if (has(options, "product"))
              known(instance.product, cloud.products, mark_of(node, "product"), "product", what,
                    reading);
            if (has(options, "data_center"))
              known(instance.data_center, cloud.data_centers, mark_of(node, "data_center"),
                    "data center", what, reading);
            check_hosts(instance, node, what, reading);
            if (const Node* checks = node.find("checks"))
              instance.checks = read_checks(*checks, instance.id, reading);
            cloud.instances[instance.id] = std::move(instance);
          });
}

// Names by which a person or a request finds an instance; each may belong to one instance only.
class Claims {
 public:
  Claims(std::string_view what, Reading& reading) : what_(what), reading_(reading) {}

  void claim(const std::string& name, const std::string& instance, Mark mark) {
    if (name.empty()) return;
    const auto [found, fresh] = owners_.try_emplace(lower_ascii(name), Owner{instance, mark});
    if (fresh || found->second.instance == instance) return;
    reading_.report.add(
        mark, fmt::format("{} {} of instance {}", what_, in_quotes(name), instance),
        fmt::format("instance {} at {} has it already; a name belongs to one instance",
                    found->second.instance, reading_.report.where(found->second.mark)));
  }

 private:
  struct Owner {
    std::string instance;
    Mark mark;
  };
  std::string_view what_;
  Reading& reading_;
  std::unordered_map<std::string, Owner> owners_;
};

// The item of a list of texts, for its place.
Mark item_mark(const Node& node, std::string_view key, std::size_t index) {
  const Node* list = node.find(key);
  if (list == nullptr) return node.mark;
  return index < list->items.size() ? list->items[index].mark : list->mark;
}

void check_names(const Node& part, const Cloud& cloud, Reading& reading) {
  Claims names("name", reading), hosts("host", reading);
  // Ids first: an alias that is another instance's id is the alias's fault.
  for (const Member& member : part.members) names.claim(member.key, member.key, member.mark);
  for (const Member& member : part.members) {
    const Instance& instance = cloud.instances.at(InstanceId(member.key));
    names.claim(instance.name, member.key, mark_of(member.value, "name"));
  }
  for (const Member& member : part.members) {
    const Instance& instance = cloud.instances.at(InstanceId(member.key));
    for (std::size_t i = 0; i < instance.aliases.size(); ++i) {
      const Mark mark = item_mark(member.value, "aliases", i);
      names.claim(instance.aliases[i], member.key, mark);
      const auto before = instance.aliases.begin() + static_cast<std::ptrdiff_t>(i);
      if (i < 100 && std::find(instance.aliases.begin(), before, instance.aliases[i]) != before)
        reading.report.add(mark,
                           fmt::format("alias {} stands twice in instance {}",
                                       in_quotes(instance.aliases[i]), member.key),
                           "keep one");
    }
    for (std::size_t i = 0; i < instance.hosts.size(); ++i)
      hosts.claim(instance.hosts[i], member.key, item_mark(member.value, "hosts", i));
  }
}

}  // namespace

Cloud read_cloud(const Node& root, Reading& reading) {
  Cloud cloud;
  const auto part = [&](std::size_t index) -> const Node& { return root.members[index].value; };
  read_top(part(0), cloud, reading);
  read_territories(part(1), cloud, reading);
  read_data_centers(part(2), cloud, reading);
  check_off_site(part(2), cloud, reading);
  read_products(part(3), cloud, reading);
  read_instances(part(4), cloud, reading);
  check_names(part(4), cloud, reading);
  cloud.maintenance = read_maintenance(part(5), cloud, reading);
  cloud.sign_in = read_sign_in(part(6), cloud, reading);
  cloud.copy_targets = read_copy_targets(part(7), reading);
  cloud.notifications = read_notifications(part(8), reading);
  return cloud;
}

}  // namespace nocturn::inventory
