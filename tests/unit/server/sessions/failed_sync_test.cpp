#include "server/sessions/failed_sync.hpp"

#include <doctest/doctest.h>

#include "common/storage/durable_file.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr const char* kFile = "failed_sync.inbox";
const Timestamp kThen{std::chrono::hours(500'000)};

upload::FailedSync of(FileSystem& fs, const std::string& boot_id = "this boot") {
    return {fs, StagingArea::inbox(), boot_id};
}

}  // namespace

TEST_CASE("failed sync: what was noted holds over a restart, until the machine is started again") {
    MemoryFileSystem fs;
    CHECK_FALSE(must(of(fs).last()));
    auto failed = of(fs);
    failed.note(kThen);
    CHECK(must(failed.last()) == kThen);
    CHECK(must(of(fs).last()) == kThen);
    CHECK_FALSE(must(of(fs, "the next boot").last()));
}

TEST_CASE("failed sync: its file is there before it is needed, and takes no more room then") {
    MemoryFileSystem fs;
    CHECK_FALSE(must(of(fs).last()));
    const FileInfo before = must(fs.info(kFile));
    of(fs).note(kThen);
    CHECK(must(fs.info(kFile)).size_bytes == before.size_bytes);
    CHECK(must(of(fs).last()) == kThen);
}

TEST_CASE("failed sync: what can't be read is not taken for nothing") {
    MemoryFileSystem fs;
    must(make_folders(fs, kFile, 0700));
    CHECK_FALSE(of(fs).last());
}
