#include "ledger/verify.h"

#include <fstream>

#include <gtest/gtest.h>

#include "ledger/envelope.h"
#include "ledger/export.h"
#include "ledger/files.h"
#include "ledger/fixture_test.h"
#include "ledger/serve.h"

// The tamper suite stands in tests/end_to_end/ledger_checker, where an outside checker sees the
// same logs.
namespace nocturn::ledger {
namespace {

class VerifyTest : public LedgerTest {
 protected:
  Expectation expectation() const { return {ledger_->verifier_key(), ""}; }
  static std::string first_fault(const Result<Report>& report) {
    if (!report) return report.error().text();
    return report->sound() ? "" : report->faults.front().where + ": " + report->faults.front().what;
  }
};

TEST_F(VerifyTest, a_sound_ledger_has_no_faults_and_tells_how_far_it_is) {
  append(600);
  std::uint64_t last = 0;
  const auto report = verify(files_in(tiles()), expectation(), [&](auto done, auto of) {
    EXPECT_LT(last, done);
    EXPECT_EQ(of, 600U);
    last = done;
  });
  EXPECT_EQ(first_fault(report), "");
  EXPECT_EQ(report->entries, 600U);
  EXPECT_EQ(report->origin, "log.example/ledger");
  EXPECT_EQ(last, 600U);
}

TEST_F(VerifyTest, an_empty_ledger_is_sound) {
  EXPECT_EQ(first_fault(verify(files_in(tiles()), expectation())), "");
}

TEST_F(VerifyTest, a_kept_checkpoint_must_be_the_beginning) {
  append(10);
  Expectation kept = expectation();
  kept.kept_checkpoint = ledger_->checkpoint().note;
  append(300);
  EXPECT_EQ(first_fault(verify(files_in(tiles()), kept)), "");
  kept.kept_checkpoint = "nonsense";
  EXPECT_FALSE(verify(files_in(tiles()), kept));
}

TEST_F(VerifyTest, erased_payloads_leave_it_sound) {
  append(20);
  ASSERT_TRUE(ledger_->erase_payload(7));
  append(1);
  EXPECT_EQ(first_fault(verify(files_in(tiles()), expectation())), "");
  ASSERT_TRUE(export_lines(*database_, tiles(), folder_ / "lines"));
  const std::string lines = read_file(folder_ / "lines").value();
  EXPECT_EQ(lines.find(R"({\"number\":7})"), std::string::npos);
  EXPECT_NE(lines.find(R"({\"number\":8})"), std::string::npos);
  EXPECT_EQ(first_fault(verify_lines(folder_ / "lines", expectation())), "");
}

TEST_F(VerifyTest, exported_lines_are_sound_until_a_payload_or_a_leaf_is_changed) {
  append(30);
  const auto file = folder_ / "lines";
  ASSERT_TRUE(export_lines(*database_, tiles(), file));
  EXPECT_EQ(first_fault(verify_lines(file, expectation())), "");
  const std::string whole = read_file(file).value();
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{R"(\"number\":12)", R"(\"number\":13)"},
        {R"(\"class\":\"internal)", R"(\"class\":\"personal)"}}) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    std::ofstream(file) << changed;
    EXPECT_NE(first_fault(verify_lines(file, expectation())), "") << from;
  }
  std::ofstream(file) << whole.substr(0, whole.size() / 2);
  EXPECT_NE(first_fault(verify_lines(file, expectation())), "");
}

TEST_F(VerifyTest, an_exported_folder_is_a_whole_ledger) {
  append(600);
  const auto out = folder_ / "export";
  ASSERT_TRUE(export_folder(*database_, tiles(), out));
  EXPECT_FALSE(export_folder(*database_, tiles(), out)) << "never into a folder that is there";
  append(1);
  EXPECT_EQ(first_fault(verify(files_in(out), expectation())), "");
  EXPECT_EQ(first_fault(verify_lines(out / "entries.jsonl", expectation())), "");
}

TEST_F(VerifyTest, proofs_can_be_made_from_the_files_alone) {
  append(300);
  const std::string bundle = read_file(tiles() / "tile/entries/000").value();
  const auto leaves = parse_bundle(bundle, 256).value();
  const std::string key = ledger_->verifier_key();
  const auto proof = prove(files_in(tiles()), key, 200);
  ASSERT_TRUE(proof) << proof.error().text();
  EXPECT_EQ(*proof, ledger_->proof(200).value());
  EXPECT_TRUE(verify_proof_text(*proof, leaves[200], key));
  EXPECT_FALSE(verify_proof_text(*proof, leaves[201], key));
  EXPECT_FALSE(prove(files_in(tiles()), key, 300));
}

TEST_F(VerifyTest, only_the_public_files_are_served) {
  append(300);
  EXPECT_EQ(serve(tiles(), "checkpoint").value().body, ledger_->checkpoint().note);
  EXPECT_EQ(serve(tiles(), "vkey").value().body, ledger_->verifier_key() + '\n');
  EXPECT_EQ(serve(tiles(), "tile/0/000").value().cache_control,
            "public, max-age=31536000, immutable");
  EXPECT_EQ(serve(tiles(), "tile/0/000").value().body.size(), 8'192U);
  EXPECT_EQ(serve(tiles(), "tile/0/001.p/44").value().body.size(), 44 * 32U);
  EXPECT_EQ(serve(tiles(), "tile/0/001.p/40").value().body.size(), 40 * 32U);
  EXPECT_EQ(serve(tiles(), "checkpoint").value().cache_control, "public, max-age=1");
  for (const char* path : {"", "/", "..", "../nocturn.db", "tile/../../nocturn.db", "tile/0",
                           "tile/0/001", "tile/0/001.p/45", "tile/0/000/../../../nocturn.db",
                           "tile/0/000.p/../000", "/etc/passwd", "checkpoint/", "tile/0/%2e%2e"}) {
    const auto served = serve(tiles(), path);
    ASSERT_FALSE(served) << path;
    EXPECT_EQ(served.error().code, ErrorCode::not_found) << path;
  }
}

}  // namespace
}  // namespace nocturn::ledger
