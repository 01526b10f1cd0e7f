#include "server/skim/plan.hpp"

#include <doctest/doctest.h>

#include "common/base/time_range.hpp"

#include "server/skim/skim_run.hpp"

using namespace burnbox;
using namespace burnbox::skim;
using namespace std::chrono_literals;

namespace {

const Timestamp kNow = *parse_iso8601("2026-11-23T10:00:00Z");

FileInfo file(Timestamp time = kNow - 1h) {
    FileInfo info;
    info.size_bytes = 10;
    info.inode = 7;
    info.mtime = info.ctime = time;
    return info;
}

IndexEntry record(const FileInfo& info) {
    return record_of({.path = "a", .info = info}, Sha256::of("x"), kNow);
}

intake::ChosenEntry sized(const std::string& path, std::uint64_t size) {
    intake::ChosenEntry entry{.path = path, .info = file()};
    entry.info.size_bytes = size;
    return entry;
}

std::string shape(std::vector<intake::ChosenEntry> files, std::uint64_t max_size) {
    std::string text;
    for (const auto& group : split_by_size(std::move(files), max_size)) {
        text += "|";
        for (const auto& entry : group) text += entry.path;
    }
    return text;
}

}  // namespace

TEST_CASE("skim: a file is the same only while size, mtime, ctime and inode are") {
    const Age age{.now = kNow, .least = 1min};
    const IndexEntry known = record(file());
    CHECK(decide(file(), &known, age) == Verdict::same);
    CHECK(decide(file(), nullptr, age) == Verdict::fresh);
    FileInfo changed = file();
    SUBCASE("size") {
        changed.size_bytes = 11;
        CHECK(decide(changed, &known, age) == Verdict::fresh);
    }
    SUBCASE("mtime, into the past as by rsync -t") {
        changed.mtime -= 240h;
        CHECK(decide(changed, &known, age) == Verdict::doubtful);
    }
    SUBCASE("ctime") {
        changed.ctime += 1ns;
        CHECK(decide(changed, &known, age) == Verdict::doubtful);
    }
    SUBCASE("inode") {
        changed.inode = 8;
        CHECK(decide(changed, &known, age) == Verdict::doubtful);
    }
    SUBCASE("a link in its place") {
        changed.type = FileType::symlink;
        CHECK(decide(changed, &known, age) == Verdict::fresh);
    }
}

TEST_CASE("skim: no time is so old that a file counts as new for ever") {
    const Age age{.now = kNow, .least = 1min};
    FileInfo ancient = file();
    ancient.mtime = kEarliestTime;
    CHECK(decide(ancient, nullptr, age) == Verdict::fresh);
    ancient.mtime = Timestamp(std::chrono::seconds(-7'000'000'000));  // 1748
    CHECK(decide(ancient, nullptr, age) == Verdict::fresh);
}

TEST_CASE("skim: what changed less than min_age ago waits, but no time of the future makes it wait") {
    const Age age{.now = kNow, .least = 1min};
    CHECK(decide(file(kNow - 59s), nullptr, age) == Verdict::young);
    CHECK(decide(file(kNow - 60s), nullptr, age) == Verdict::fresh);
    FileInfo old_times = file(kNow - 240h);
    old_times.ctime = kNow - 1s;  // written a moment ago with times of the past
    CHECK(decide(old_times, nullptr, age) == Verdict::young);
    CHECK(decide(file(kNow + 1h), nullptr, age) == Verdict::fresh);
    CHECK(decide(file(kNow), nullptr, {.now = kNow, .least = 0s}) == Verdict::fresh);
}

TEST_CASE("skim: the record of a file that was written to a moment ago never fits: the next run reads it") {
    const Age age{.now = kNow, .least = 0s};
    for (const auto time : {kNow, kNow - 1s, kNow + 1h}) {
        const IndexEntry known = record(file(time));
        CHECK(decide(file(time), &known, age) == Verdict::doubtful);
    }
    const IndexEntry settled = record(file(kNow - 3s));
    CHECK(decide(file(kNow - 3s), &settled, age) == Verdict::same);
}

TEST_CASE("skim: files become sessions in their order, each as large as it may be") {
    CHECK(shape({}, 10).empty());
    CHECK(shape({sized("a", 4), sized("b", 6), sized("c", 1)}, 10) == "|ab|c");
    CHECK(shape({sized("a", 4), sized("b", 50), sized("c", 1), sized("d", 0)}, 10) == "|a|b|cd");
    CHECK(shape({sized("a", 0), sized("b", 10), sized("c", 10)}, 10) == "|ab|c");
}

TEST_CASE("skim: globs choose by path or, without a slash, by name; a folder goes with all that is in it") {
    const Selection all({"**"}, {"*.tmp", ".cache", "build/**"});
    CHECK(all.takes("a/b.txt"));
    CHECK_FALSE(all.takes("a/b.tmp"));
    CHECK(all.excludes("home/.cache"));
    CHECK_FALSE(all.covers("home/.cache/x"));
    CHECK_FALSE(all.covers("build/x/y"));
    CHECK(all.covers("src/build.c"));
    const Selection some({"*.jpg", "docs/**"}, {});
    CHECK(some.takes("a/b/c.jpg"));
    CHECK(some.takes("docs/x/y.txt"));
    CHECK_FALSE(some.takes("a.txt"));
}
