#include "notifications/recipients.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace nocturn::notifications {
namespace {

inventory::Cloud cloud_of(const std::vector<std::pair<std::string, std::string>>& instances) {
  inventory::Cloud cloud;
  for (const auto& [id, product] : instances) {
    inventory::Instance instance;
    instance.id = inventory::InstanceId(id);
    instance.product = inventory::ProductId(product);
    cloud.instances[instance.id] = instance;
  }
  return cloud;
}

const std::vector<std::pair<std::string, std::string>> kInstances{
    {"cat-1", "catalog"}, {"cat-2", "catalog"}, {"dis-1", "discovery"}, {"dis-2", "discovery"}};
const std::vector<std::string> kAll{"cat-1", "cat-2", "dis-1", "dis-2"};

Subscription subscription(const std::string& id, const std::string& address, Choices choices) {
  Subscription one;
  one.id = SubscriptionId(id);
  one.address = address;
  one.choices = std::move(choices);
  one.state = Subscription::State::active;
  return one;
}

customers::Institution institution(const std::string& id) {
  return {.id = customers::InstitutionId(id),
          .name = "The " + id,
          .territory = "emea",
          .time_zone = "Europe/Amsterdam",
          .language = "he"};
}

TEST(Recipients, follow_instances_products_and_institutions) {
  const auto cloud = cloud_of(kInstances);
  Audience audience;
  audience.subscriptions = {subscription("1", "a@x.org", {.instances = {"dis-2"}}),
                            subscription("2", "b@x.org", {.products = {"catalog"}}),
                            subscription("3", "c@x.org", {.institutions = {"northgate"}}),
                            subscription("4", "d@x.org", {.institutions = {"elsewhere"}})};
  audience.tenants["dis-1"] = {institution("northgate")};
  const auto found = addressees(audience, cloud, Topic::trouble, kAll);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].instances, std::vector<std::string>{"dis-2"});
  EXPECT_EQ(found[1].instances, (std::vector<std::string>{"cat-1", "cat-2"}));
  EXPECT_EQ(found[2].instances, std::vector<std::string>{"dis-1"});
}

TEST(Recipients, of_a_product_are_told_of_an_instance_that_left_the_cloud) {
  const auto cloud = cloud_of({{"cat-1", "catalog"}});
  Audience audience;
  audience.subscriptions = {subscription("1", "a@x.org", {.products = {"catalog"}}),
                            subscription("2", "b@x.org", {.instances = {"cat-2"}}),
                            subscription("3", "c@x.org", {.products = {"discovery"}})};
  const std::vector<std::string> gone{"cat-2"};
  EXPECT_EQ(addressees(audience, cloud, Topic::trouble, gone).size(), 1U) << "as far as is known";
  const auto found = addressees(audience, cloud, Topic::trouble, gone, {{"cat-2", "catalog"}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].instances, gone);
}

TEST(Recipients, come_once_for_an_address_whoever_shares_it_with_all_their_rows) {
  const auto cloud = cloud_of(kInstances);
  Audience audience;
  audience.subscriptions = {
      subscription("2", "Ann@x.org", {.instances = {"cat-1"}, .language = "en"})};
  audience.contacts = {{.contact = {.id = customers::ContactId("1"), .email = "ann@X.org"},
                        .institution = institution("northgate"),
                        .instances = {"cat-2", "dis-1"}}};
  const auto found = addressees(audience, cloud, Topic::trouble, kAll);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].recipient.id.text(), "2") << "what somebody chose stands first";
  EXPECT_EQ(found[0].recipient.language, "en");
  EXPECT_EQ(found[0].instances, (std::vector<std::string>{"cat-1", "cat-2", "dis-1"}));
}

TEST(Recipients, are_not_those_who_left_or_chose_other_topics_or_cannot_be_reached) {
  const auto cloud = cloud_of(kInstances);
  Audience audience;
  audience.subscriptions = {
      subscription("1", "a@x.org", {.instances = {"cat-1"}, .topics = {Topic::maintenance}}),
      subscription("2", "b@x.org", {.instances = {"cat-1"}})};
  for (const char* id : {"3", "4", "5"})
    audience.contacts.push_back(
        {.contact = {.id = customers::ContactId(id), .email = fmt::format("{}@x.org", id)},
         .institution = institution("northgate"),
         .instances = {"cat-1"}});
  audience.choices[RecipientId("3")] = {.topics = {Topic::trouble}, .left = true};
  audience.choices[RecipientId("4")] = {.topics = {Topic::analysis}};
  audience.quarantined = {RecipientId("2")};
  const auto found = addressees(audience, cloud, Topic::trouble, kAll);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].recipient.id.text(), "5");
  EXPECT_TRUE(found[0].recipient.contact);
  EXPECT_EQ(found[0].recipient.language, "he");
  EXPECT_EQ(found[0].recipient.time_zone, "Europe/Amsterdam");
}

// The same, said without an index: every pair of a follower and a row is looked at.
RC_GTEST_PROP(Recipients, are_those_that_looking_at_every_pair_finds, ()) {
  const auto cloud = cloud_of(kInstances);
  const auto some_of = [](const std::vector<std::string>& all) {
    std::vector<std::string> some;
    for (const std::string& one : all)
      if (*rc::gen::inRange(0, 3) == 0) some.push_back(one);
    return some;
  };
  const std::vector<std::string> institutions{"east", "west"};
  Audience audience;
  for (const std::string& instance : kAll)
    for (const std::string& one : some_of(institutions))
      audience.tenants[instance].push_back(institution(one));
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i)
    audience.subscriptions.push_back(subscription(std::to_string(i),
                                                  fmt::format("{}@x.org", *rc::gen::inRange(0, 4)),
                                                  {.instances = some_of(kAll),
                                                   .products = some_of({"catalog", "discovery"}),
                                                   .institutions = some_of(institutions)}));
  const std::vector<std::string> asked = some_of(kAll);

  std::map<std::string, std::set<std::string>> expected;  // address → rows
  for (const Subscription& one : audience.subscriptions) {
    for (const std::string& instance : asked) {
      const auto has = [](const auto& list, const std::string& what) {
        return std::ranges::find(list, what) != list.end();
      };
      bool follows = has(one.choices.instances, instance);
      for (const auto& [id, product] : kInstances)
        follows = follows || (id == instance && has(one.choices.products, product));
      for (const auto& tenant : audience.tenants[instance])
        follows = follows || has(one.choices.institutions, tenant.id.text());
      if (follows) expected[one.address].insert(instance);
    }
  }
  std::map<std::string, std::set<std::string>> got;
  for (const Addressee& one : addressees(audience, cloud, Topic::trouble, asked)) {
    RC_ASSERT(!got.contains(one.recipient.address));
    got[one.recipient.address] = {one.instances.begin(), one.instances.end()};
  }
  RC_ASSERT(got == expected);
}

}  // namespace
}  // namespace nocturn::notifications
