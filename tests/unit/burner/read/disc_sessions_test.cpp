#include "burner/read/disc_sessions.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/burner/read/made_image.hpp"

using namespace burnbox;
using test::MadeImage;

namespace {

constexpr std::size_t kDescriptor = 16;  // blocks behind a disc session's start

DiscSessions found_on(MadeImage& image, SessionDepth depth = SessionDepth::trees) {
    MemoryBlocks blocks = image.blocks();
    return test::must(find_disc_sessions(blocks, depth));
}

// Three disc sessions, the contents of the second one are some 100 blocks.
void burn_three(MadeImage& image) {
    image.put("a", "one").burn("first");
    image.put("b", std::string(200'000, 'b')).burn("second");
    image.put("c", "three").burn("third");
}

void zero_block(MadeImage& image, std::size_t lba) {
    image.bytes().replace(lba * kBlockBytes, kBlockBytes, std::string(kBlockBytes, '\0'));
}

// The last one that is whole; null when none is.
const DiscSession* newest_whole(const DiscSessions& sessions) {
    const auto found = std::ranges::find_if(sessions.all.rbegin(), sessions.all.rend(), &DiscSession::whole);
    return found == sessions.all.rend() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("disc sessions: all of an image are found, and the one that block 0 shows") {
    MadeImage image;
    burn_three(image);
    for (const SessionDepth depth : {SessionDepth::descriptors, SessionDepth::trees}) {
        const DiscSessions found = found_on(image, depth);
        REQUIRE(found.all.size() == 3);
        std::uint32_t expected = 32;
        for (const DiscSession& session : found.all) {
            CHECK(session.fault == "");
            CHECK(session.label == "BURNBOX_0001");
            CHECK(session.serial == "2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11");
            CHECK(session.start_lba == expected);
            CHECK(session.end_lba > session.start_lba + 20);
            expected = (session.end_lba + 31) / 32 * 32;
        }
        CHECK(found.at_head == 2U);
        CHECK(newest_whole(found) == &found.all[2]);
    }
}

TEST_CASE("disc sessions: one that was cut off is none") {
    MadeImage image;
    burn_three(image);
    const DiscSession last = found_on(image).all[2];
    SUBCASE("in its contents") {
        image.bytes().resize((last.end_lba - 1) * kBlockBytes);
    }
    SUBCASE("in its tree") {
        image.bytes().resize((last.start_lba + 20) * kBlockBytes);
    }
    SUBCASE("in its descriptors") {
        image.bytes().resize((last.start_lba + kDescriptor + 1) * kBlockBytes);
    }
    SUBCASE("before its descriptors") {
        image.bytes().resize((last.start_lba + 3) * kBlockBytes);
    }
    const DiscSessions found = found_on(image);
    REQUIRE(newest_whole(found) != nullptr);
    CHECK(newest_whole(found)->end_lba == found.all[1].end_lba);
    const DiscSessions quickly = found_on(image, SessionDepth::descriptors);
    REQUIRE(newest_whole(quickly) != nullptr);
    CHECK(newest_whole(quickly)->end_lba == found.all[1].end_lba);
}

TEST_CASE("disc sessions: a broken one does not hide those behind it") {
    MadeImage image;
    burn_three(image);
    const DiscSessions before = found_on(image);
    SUBCASE("its descriptors are gone") {
        zero_block(image, before.all[1].start_lba + kDescriptor);
        const DiscSessions found = found_on(image);
        REQUIRE(found.all.size() == 2);
        CHECK(found.all[1].start_lba == before.all[2].start_lba);
        CHECK(found.all[1].whole());
    }
    SUBCASE("its tree is damaged") {
        zero_block(image, before.all[1].start_lba + kDescriptor + 3);
        const DiscSessions found = found_on(image);
        REQUIRE(found.all.size() == 3);
        CHECK_FALSE(found.all[1].whole());
        CHECK(found.all[2].whole());
        CHECK(newest_whole(found) == &found.all[2]);
    }
}

TEST_CASE("disc sessions: block 0 may show an older one, or none") {
    MadeImage image;
    image.put("a", "one").burn("first");
    const std::string old_head = image.bytes().substr(0, 32 * kBlockBytes);
    image.put("b", "two").burn("second");
    image.bytes().replace(0, old_head.size(), old_head);
    CHECK(found_on(image).at_head == 0U);
    zero_block(image, kDescriptor);
    const DiscSessions sessions = found_on(image);
    CHECK_FALSE(sessions.at_head);
    CHECK(newest_whole(sessions)->start_lba > 32);
}

TEST_CASE("disc sessions: nothing is found where there is none") {
    MadeImage image;
    CHECK(found_on(image).all.empty());
    CHECK(newest_whole(found_on(image)) == nullptr);
    image.bytes().assign(100 * kBlockBytes, '\0');
    CHECK(found_on(image).all.empty());
}
