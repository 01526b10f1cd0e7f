#include "common/session/proof.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("proof: findings become one sentence, escaped, and not a long one") {
    Proof proof;
    CHECK(proof.good());
    CHECK(to_sentence(proof).empty());
    proof.findings = {{"a\nb", "its mode differs"}, {"", "it has no Joliet tree"}};
    CHECK_FALSE(proof.good());
    CHECK(to_sentence(proof) == "a\\nb: its mode differs; it has no Joliet tree");
    for (int i = 0; i < 20; ++i) proof.findings.push_back({"x", "differs"});
    CHECK(to_sentence(proof).ends_with("; x: differs; and 12 more"));
}
