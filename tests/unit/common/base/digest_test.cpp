#include "common/base/digest.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

TEST_CASE("digest: the examples of FIPS 180-4") {
    CHECK(Sha256::of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(Sha256::of("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("digest: in pieces it is the same, and reset starts anew") {
    Sha256Hasher hasher;
    hasher.update("something else");
    hasher.reset();
    hasher.update("a");
    hasher.update("");
    hasher.update("bc");
    CHECK(hasher.finish() == Sha256::of("abc"));
}

TEST_CASE("digest: hexadecimal is read in either case, and nothing else is") {
    const Sha256 digest = Sha256::of("abc");
    CHECK(Sha256::parse(digest.hex()) == digest);
    CHECK(Sha256::parse("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == digest);
    CHECK_FALSE(Sha256::parse(digest.hex().substr(1)).has_value());
    CHECK_FALSE(Sha256::parse(digest.hex() + "0").has_value());
    CHECK_FALSE(Sha256::parse("g" + digest.hex().substr(1)).has_value());
}
