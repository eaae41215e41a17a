#include "monitoring/probes/judge.h"

#include <gtest/gtest.h>

#include "inventory/inventory.h"
#include "monitoring/probe.h"

namespace nocturn::monitoring {
namespace {

// The faults of one check in a cloud that is else right, without their place in the file.
std::string faults_of(std::string_view check) {
  const inventory::Source sources[] = {
      {"a.yaml", fmt::format("territories: {{emea: {{name: EMEA, time_zone: Europe/Berlin}}}}\n"
                             "data_centers: {{a: {{name: A, territory: emea}}}}\n"
                             "products: {{p: {{name: P}}}}\n"
                             "instances:\n  i:\n    name: I\n    product: p\n    data_center: a\n"
                             "    checks:\n      x: {{{}}}\n",
                             check)}};
  std::string told;
  for (const inventory::Fault& fault : inventory::load_texts(sources, probe_specs()).faults)
    told += fmt::format("{}; {}\n", fault.what, fault.mend);
  return told;
}

TEST(Judge, refuses_addresses_that_no_probe_can_reach) {
  EXPECT_EQ(faults_of("tcp: {target: search.example.org}"),
            "target of tcp of check i/x is \"search.example.org\"; write host:port with a "
            "port up to 65535, like [::1]:80 for IPv6\n");
  for (const char* target : {"'h:99999'", "'h:0'", "'h h:1'", "'::1:80'", "':80'", "'-h:80'"})
    EXPECT_NE(faults_of(fmt::format("tcp: {{target: {}}}", target)), "") << target;
  for (const char* target : {"'h:1'", "'[::1]:80'", "'192.0.2.1:80'", "'a_b.example.org.:80'"})
    EXPECT_EQ(faults_of(fmt::format("tcp: {{target: {}}}", target)), "") << target;
  EXPECT_EQ(faults_of("ssh: {target: h}"), "");
  EXPECT_NE(faults_of("icmp: {target: 'h:7'}"), "");
  EXPECT_NE(faults_of("z3950: {target: 'h/', query: x}"), "");
  EXPECT_NE(faults_of("dns: {name: h, server: ns.example.org}"), "");
  EXPECT_NE(faults_of("dns: {name: 'a..b'}"), "");
}

TEST(Judge, refuses_urls_that_cannot_be_fetched_and_never_repeats_a_password) {
  for (const char* url :
       {"ftp://x/", "http:///x", "http://[::1/x", "http://x:99999/", "x", "http://x/a b"}) {
    EXPECT_NE(faults_of(fmt::format("http: {{url: '{}'}}", url)), "") << url;
    EXPECT_NE(faults_of(fmt::format("sru: {{url: '{}', query: a}}", url)), "") << url;
  }
  const std::string told = faults_of("http: {url: 'http://u:hunter2@x/'}");
  EXPECT_NE(told, "");
  EXPECT_EQ(told.find("hunter2"), std::string::npos);
}

TEST(Judge, refuses_expectations_that_no_answer_meets) {
  EXPECT_EQ(faults_of("http: {url: 'http://x/', expect: {status: [200, 700]}}"),
            "status of expect of http of check i/x is \"700\"; write 200, 2xx or 200-204\n");
  EXPECT_EQ(faults_of("http: {url: 'http://x/', expect: {json: {'a b': 1, $.c: '/(/'}}}"),
            "json of expect of http of check i/x has the pattern \"(\"; mend the regular "
            "expression: missing ): (\n"
            "json of expect of http of check i/x has the path \"a b\"; write a path like "
            "$.items[0].name\n");
  for (const char* expect : {"header: {A: '['}", "json_age: {$.a: soon}", "status: 300-200",
                             "size_min: 2MiB, size_max: 1KiB"})
    EXPECT_NE(faults_of(fmt::format("http: {{url: 'http://x/', expect: {{{}}}}}", expect)), "")
        << expect;
}

TEST(Judge, refuses_headers_that_would_be_two) {
  EXPECT_NE(faults_of(R"(http: {url: 'http://x/', headers: {A: "x\r\nB: y"}})"), "");
  EXPECT_NE(faults_of("http: {url: 'http://x/', headers: {'A: B': x}}"), "");
  EXPECT_EQ(faults_of("http: {url: 'http://x/', headers: {X-A: '1 2'}}"), "");
}

TEST(Judge, refuses_secrets_in_headers_and_two_kinds_of_them) {
  const std::string told =
      faults_of("http: {url: 'http://x/', headers: {authorization: Bearer hunter2}}");
  EXPECT_EQ(told,
            "headers of http of check i/x has the header \"authorization\"; a secret never stands "
            "in the configuration; use basic_auth or bearer\n");
  EXPECT_EQ(faults_of("http: {url: 'http://x/', bearer: {env: TOKEN}}"), "");
  EXPECT_NE(faults_of("http: {url: 'http://x/', bearer: {env: TOKEN}, basic_auth: {user: u, "
                      "password: {env: P}}}"),
            "");
}

TEST(Judge, refuses_what_cannot_be_asked_or_run) {
  EXPECT_EQ(faults_of("command: {command: ls -l}"),
            "command of command of check i/x begins with \"ls -l\"; write a list: the plug-in's "
            "absolute path, then each argument, like [/usr/lib/nagios/plugins/check_load, \"-w\", "
            "\"8,6,4\"]\n");
  EXPECT_NE(faults_of("command: {command: []}"), "");
  EXPECT_NE(faults_of("command: {command: '/bin/ls -l'}"), "");
  EXPECT_NE(faults_of("z3950: {target: 'h:210/d', query: '@and a'}"), "");
  EXPECT_NE(faults_of("ssh: {target: h, host_key: 'SHA256:short'}"), "");
}

TEST(Judge, has_no_objection_to_the_examples) {
  for (const ProbeKind& kind : probe_kinds()) {
    std::string_view example = kind.spec.example;
    example.remove_prefix(1);
    example.remove_suffix(1);
    EXPECT_EQ(faults_of(example), "") << kind.spec.name;
  }
}

}  // namespace
}  // namespace nocturn::monitoring
