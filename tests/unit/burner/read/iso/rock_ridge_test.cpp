#include "burner/read/iso/rock_ridge.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace burnbox;

namespace {

std::string both32(std::uint32_t value) {
    std::string text(8, '\0');
    for (std::size_t i = 0; i < 4; ++i) {
        text[i] = static_cast<char>(value >> (8 * i));
        text[7 - i] = text[i];
    }
    return text;
}

std::string entry(const std::string& name, const std::string& body) {
    return name + static_cast<char>(body.size() + 4) + '\1' + body;
}

std::string nm(const std::string& name, char flags = 0) {
    return entry("NM", std::string(1, flags) + name);
}

std::string part(char flags, const std::string& text) {
    return std::string(1, flags) + static_cast<char>(text.size()) + text;
}

std::string sl(const std::string& parts, char flags = 0) {
    return entry("SL", std::string(1, flags) + parts);
}

std::string px(std::uint32_t mode, std::uint32_t uid = 0) {
    return entry("PX", both32(mode) + both32(1) + both32(uid) + both32(7));
}

std::string ce(std::uint32_t block, std::uint32_t offset, std::uint32_t bytes) {
    return entry("CE", both32(block) + both32(offset) + both32(bytes));
}

// An area, and blocks for its continuations.
struct Area {
    std::string blocks = std::string(8 * kBlockBytes, '\0');
    std::uint64_t most_bytes = 1U << 20U;

    void put(std::size_t block, std::size_t offset, const std::string& bytes) {
        blocks.replace(block * kBlockBytes + offset, bytes.size(), bytes);
    }
    Result<RockRidge> read(const std::string& area, std::uint8_t skip = 0) {
        MemoryBlocks source(std::as_bytes(std::span(blocks)));
        BlockCache cache(source, source.end_lba());
        RockRidgeReader reader(cache, most_bytes);
        RockRidge found;
        found.name = "left over";
        BB_CHECK(reader.read({reinterpret_cast<const std::uint8_t*>(area.data()), area.size()}, skip, found));
        return found;
    }
    std::string fault(const std::string& area) {
        const auto found = read(area);
        REQUIRE_FALSE(found);
        CHECK((found.error().code == Errc::corrupt || found.error().code == Errc::limit));
        return found.error().message;
    }
    std::string target(const std::string& area) {
        const auto found = read(area);
        REQUIRE(found);
        CHECK(found->linked);
        return found->target;
    }
};

}  // namespace

TEST_CASE("rock ridge: attributes, name and times") {
    Area area;
    const std::string times(
        "\x0e"
        "\x7c\x02\x03\x04\x05\x06\0"
        "\x7d\x02\x03\x04\x05\x06\x04"
        "\x7e\x02\x03\x04\x05\x06\0",
        22);
    const auto found = area.read(px(0100640, 42) + nm("a name") + entry("TF", times) + std::string(1, '\0'));
    REQUIRE(found);
    CHECK(found->attributes);
    CHECK(found->mode == 0100640);
    CHECK(found->uid == 42);
    CHECK(found->gid == 7);
    CHECK(found->name == "a name");
    CHECK(found->mtime == 1706933106);  // the first of the three
    CHECK_FALSE(found->linked);
    const auto none = area.read("");
    REQUIRE(none);
    CHECK_FALSE(none->named);
    CHECK(none->name.empty());
}

TEST_CASE("rock ridge: times in the long form, before 1900 and after 2155 too") {
    Area area;
    const auto time = [&](const std::string& text) {
        const auto found = area.read(entry("TF", "\x82" + text));
        REQUIRE(found);
        REQUIRE(found->mtime);
        return *found->mtime;
    };
    CHECK(time(std::string("1601010100000000\0", 17)) == -11644473600);
    CHECK(time(std::string("9999123123595999\0", 17)) == 253402300799);
    CHECK(time(std::string("1970010101000000\x04", 17)) == 0);
    CHECK(time(std::string("0000000000000000\0", 17)) == 0);
    CHECK(area.fault(entry("TF", "\x82" + std::string("2024130100000000\0", 17))).find("TF") !=
          std::string::npos);
    CHECK(area.fault(entry("TF", "\x82short")).find("cut off") != std::string::npos);
}

TEST_CASE("rock ridge: a name may go on, also in a continuation across blocks") {
    Area area;
    CHECK(area.read(nm("one ", 1) + nm("two"))->name == "one two");
    const std::string rest = nm(std::string(200, 'x'));
    area.put(2, kBlockBytes - 100, rest);
    const auto found =
        area.read(nm("begin ", 1) + ce(2, kBlockBytes - 100, static_cast<std::uint32_t>(rest.size())));
    REQUIRE(found);
    CHECK(found->name == "begin " + std::string(200, 'x'));
    CHECK(area.fault(nm("one", 1)).find("cut off") != std::string::npos);
    CHECK(area.fault(nm("one") + nm("two")).find("two names") != std::string::npos);
    CHECK(area.read(nm("", 2))->name == ".");
    CHECK(area.read(nm("", 4))->name == "..");
    CHECK(area.fault(nm("", 32)).find("does not know") != std::string::npos);
    CHECK(area.fault(nm(std::string(200, 'a'), 1) + nm(std::string(56, 'b'))).find("255") !=
          std::string::npos);
    CHECK(area.read(nm(std::string(200, 'a'), 1) + nm(std::string(55, 'b')))->name.size() == 255);
}

TEST_CASE("rock ridge: link targets") {
    Area area;
    CHECK(area.target(sl(part(0, "a"))) == "a");
    CHECK(area.target(sl(part(0, "a") + part(0, "b"))) == "a/b");
    CHECK(area.target(sl(part(4, "") + part(4, "") + part(2, "") + part(0, "c"))) == "../.././c");
    CHECK(area.target(sl(part(8, ""))) == "/");
    CHECK(area.target(sl(part(8, "") + part(0, "etc") + part(0, "x"))) == "/etc/x");
    CHECK(area.target(sl(part(0, "a") + part(0, "") + part(0, "b"))) == "a//b");
    CHECK(area.target(sl(part(0, "a") + part(0, ""))) == "a/");
    CHECK(area.target(sl(part(1, "half ") + part(0, "part") + part(0, "b"))) == "half part/b");
    CHECK(area.target(sl(part(0, "a"), 1) + sl(part(0, "b"))) == "a/b");
    CHECK(area.target(sl(part(1, "a"), 1) + sl(part(0, "b") + part(0, "c"))) == "ab/c");
    const std::string rest = sl(part(0, "far") + part(0, "away"));
    area.put(3, 17, rest);
    CHECK(area.target(sl(part(0, "a"), 1) + ce(3, 17, static_cast<std::uint32_t>(rest.size()))) ==
          "a/far/away");
    for (const std::string& broken :
         {sl(part(0, "a"), 1), sl(part(0, "a")) + sl(part(0, "b")), sl(part(16, "")), sl(part(32, "")),
          sl(std::string("\0\x09short", 7)), sl(std::string(1, '\0')), sl("", 2), std::string("SL\4\1", 4)})
        CHECK(area.fault(broken).find("SL") != std::string::npos);
}

TEST_CASE("rock ridge: continuations end") {
    Area area;
    const std::string again = ce(5, 0, 28);
    area.put(5, 0, again);
    CHECK(area.fault(again).find("block 5") != std::string::npos);
    CHECK(area.fault(ce(8, 0, 28)).find("behind the end") != std::string::npos);
    CHECK(area.fault(ce(7, 2040, 28)).find("behind the end") != std::string::npos);
    CHECK(area.fault(ce(UINT32_MAX, 0, 28)).find("behind the end") != std::string::npos);
    CHECK(area.fault(ce(1, 2048, 28)).find("impossible") != std::string::npos);
    CHECK(area.fault(ce(1, 0, 0)).find("impossible") != std::string::npos);
    CHECK(area.fault(ce(1, 0, UINT32_MAX)).find("impossible") != std::string::npos);
    CHECK(area.fault(ce(1, 0, 28) + ce(2, 0, 28)).find("two continuations") != std::string::npos);
    area.most_bytes = 100;
    CHECK(area.fault(ce(1, 0, 101)).find("more continuations") != std::string::npos);
}

TEST_CASE("rock ridge: what is no entry, and what this reader does not know") {
    Area area;
    CHECK(area.fault("NM\3\1").find("length") != std::string::npos);
    CHECK(area.fault("NM\x40\1name").find("length") != std::string::npos);
    CHECK(area.fault(std::string("PX\x0c\1", 4) + both32(0100644)).find("cut off") != std::string::npos);
    CHECK(area.fault(entry("PX", both32(0100644) + std::string(8, '\1') + std::string("\1\0\0\0\0\0\0\2", 8) +
                                     both32(0)))
              .find("byte orders") != std::string::npos);
    CHECK(area.fault(px(0100644) + px(0100644)).find("twice") != std::string::npos);
    CHECK(area.fault(entry("ZF", "pz\x08\x0f" + both32(100))).find("compressed") != std::string::npos);
    CHECK(area.fault(entry("SF", both32(1) + both32(2) + "\1")).find("sparse") != std::string::npos);
    CHECK(area.read(entry("AL", "anything") + entry("XY", "") + nm("known"))->name == "known");
    CHECK(area.read(entry("ST", "") + nm("behind the end"))->name.empty());
    CHECK(area.read(std::string(14, 'z') + nm("skipped"), 14)->name == "skipped");
    CHECK(area.read(entry("CL", both32(77)) + entry("RE", ""))->child_lba == 77U);
    CHECK(area.read(entry("PL", both32(78)) + entry("RE", ""))->parent_lba == 78U);
}
