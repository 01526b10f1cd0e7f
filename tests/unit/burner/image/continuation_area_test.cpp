#include "burner/image/continuation_area.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace burnbox;

namespace {

constexpr std::size_t kBlock = 2048;

// What libisofs 1.5.4 computes beforehand for one record, and what it writes then. `rock_ridge` bytes of
// names and link targets, then padding; both count from where the area stands.
struct Area {
    std::size_t computed = 0;
    std::size_t written = 0;

    static void add(std::size_t& bytes, std::size_t field) {
        if ((bytes + field + 27) / kBlock != bytes / kBlock)
            bytes = (bytes + 28 + kBlock - 1) / kBlock * kBlock;
        bytes += field;
    }
    static bool crosses(std::size_t from, std::size_t bytes) {
        return from / kBlock != (from + bytes + 27) / kBlock;
    }

    void put(std::size_t rock_ridge, const PaddingFields& padding) {
        std::size_t all = rock_ridge;
        for (const std::size_t field : padding) all += field;
        if (!crosses(computed, all)) {
            computed += all;
        } else {
            const std::size_t gap = (kBlock - computed % kBlock) % kBlock;
            add(computed, rock_ridge);
            computed += gap;
            for (const std::size_t field : padding) add(computed, field);
        }
        if (crosses(written, all)) written = (written + kBlock - 1) / kBlock * kBlock;
        add(written, rock_ridge);
        for (const std::size_t field : padding) add(written, field);
    }
};

// Every record needs between its least and most bytes, in any order.
bool comes_out_as_computed(std::vector<ContinuationNeed> needs, std::size_t used, unsigned seed) {
    const ContinuationPadding padding(needs, used);
    if (!padding.needed() || !padding.possible()) return !padding.needed();
    std::mt19937 random(seed);
    std::ranges::shuffle(needs, random);
    Area area{used, used};
    std::uint64_t records = 0;
    for (const ContinuationNeed& need : needs)
        for (std::size_t i = 0; i < need.records; ++i, ++records) {
            const std::size_t bytes = need.least + random() % (need.most - need.least + 1);
            area.put(bytes, padding.fields(need));
            if (area.computed != area.written) return false;
        }
    return area.written <= padding.blocks() * kBlock;
}

std::vector<ContinuationNeed> needs_of(const std::string& name, std::size_t count) {
    return std::vector<ContinuationNeed>(count, continuation_need(name, false, ""));
}

}  // namespace

TEST_CASE("continuation area: what fits into directory records needs none") {
    CHECK(continuation_need("a", false, "").most == 0);
    CHECK(continuation_need(std::string(113, 'x'), false, "").most == 0);
    CHECK(continuation_need("a", false, "b/c").most == 0);
    CHECK_FALSE(ContinuationPadding(needs_of(std::string(113, 'x'), 5000), 0).needed());
}

TEST_CASE("continuation area: what a long name and a long link target leave over") {
    const ContinuationNeed name = continuation_need(std::string(255, 'x'), false, "");
    CHECK(name.least == 175);
    CHECK(name.most == 175);
    CHECK(continuation_need(std::string(255, 'x'), true, "").most == 173);
    // 5 for the field, 2 for each of the components.
    CHECK(continuation_need("l", false, std::string(200, 't') + "/" + std::string(20, 't')).most == 229);
    // More than a field holds is divided: 5 more bytes, and 2 for the second half of the component.
    CHECK(continuation_need("l", false, std::string(200, 't') + "/" + std::string(100, 't')).most == 314);
    const ContinuationNeed emoji = continuation_need("\xf0\x9f\x98\x80" + std::string(109, 'x'), false, "");
    CHECK(emoji.most == 0);
}

TEST_CASE("continuation area: one block needs no padding") {
    CHECK_FALSE(ContinuationPadding(needs_of(std::string(123, 'x'), 46), 0).needed());
    CHECK(ContinuationPadding(needs_of(std::string(123, 'x'), 47), 0).needed());
    CHECK(ContinuationPadding(needs_of(std::string(123, 'x'), 46), 182).needed());
}

TEST_CASE("continuation area: the model shows the fault that is worked around") {
    Area area;
    for (int i = 0; i < 500; ++i) area.put(43, {});
    CHECK(area.computed != area.written);
}

TEST_CASE("continuation area: with padding a folder comes out as computed, in any order of its records") {
    unsigned seed = 0;
    for (const std::size_t used : {0UL, 182UL})
        for (std::size_t bytes = 114; bytes <= 255; ++bytes)
            CHECK(comes_out_as_computed(needs_of(std::string(bytes, 'x'), 700), used, ++seed));
}

TEST_CASE("continuation area: names and link targets of all lengths in one folder") {
    std::mt19937 random(20261130);
    for (unsigned round = 0; round < 2000; ++round) {
        std::vector<ContinuationNeed> needs;
        const std::size_t longest_target = std::vector<std::size_t>{0, 120, 300, 600, 1000}[random() % 5];
        const std::size_t count = 10 + random() % 200;
        for (std::size_t i = 0; i < count; ++i) {
            std::string name, target;
            for (std::size_t left = random() % 255; left > 0; --left) name += random() % 4 ? "x" : ".";
            if (random() % 3 == 0) name = name.substr(0, 27) + "\xf0\x9f\x98\x80";
            if (random() % 2 == 0 && longest_target > 0)
                for (std::size_t left = random() % longest_target; left > 0; --left)
                    target += random() % 9 != 0 || left % 200 == 0 ? "t" : "/";
            ContinuationNeed need = continuation_need(name.empty() ? "n" : name, false, target);
            need.records = 1 + random() % 2;
            if (need.most > 0) needs.push_back(need);
        }
        CHECK_MESSAGE(comes_out_as_computed(needs, random() % 4 ? 0 : 182, round), "round ", round);
    }
}

TEST_CASE("continuation area: link targets that need half a block or nearly one") {
    for (const std::size_t bytes : {900UL, 1009UL, 1010UL, 1500UL, 1830UL}) {
        std::vector<ContinuationNeed> needs(40, ContinuationNeed{43, 43, 1});
        needs.insert(needs.end(), 10, ContinuationNeed{bytes, bytes, 1});
        for (unsigned seed = 0; seed < 20; ++seed) {
            CHECK(comes_out_as_computed(needs, 0, seed));
            CHECK(comes_out_as_computed(needs, 182, seed));
        }
    }
    const std::vector<ContinuationNeed> too_long(2, ContinuationNeed{2100, 2100, 1});
    CHECK_FALSE(ContinuationPadding(too_long, 0).possible());
}

TEST_CASE("continuation area: padding fields are as long as SUSP and libisofs can have them") {
    const std::vector<ContinuationNeed> within(100, ContinuationNeed{43, 100, 1});
    const std::vector<ContinuationNeed> across(100, ContinuationNeed{1300, 1306, 1});
    const std::vector<ContinuationNeed> unsure(100, ContinuationNeed{0, 100, 1});
    for (const auto& needs : {within, across, unsure}) {
        const ContinuationPadding padding(needs, 0);
        REQUIRE(padding.possible());
        const PaddingFields fields = padding.fields(needs.front());
        CHECK_FALSE(fields.empty());
        for (const std::size_t field : fields) {
            CHECK(field >= 5);
            CHECK(field <= 250);
        }
    }
}
