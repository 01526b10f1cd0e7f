#include "server/files/journal.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::upload;

namespace {

using Shown = std::map<std::string, std::string>;

// "whole 3" with its digest, "in order" or "lost", by path.
Shown shown(const JournalContent& content) {
    Shown out;
    for (const auto& [path, file] : content.files) {
        if (file->kind == ProvenFile::Kind::whole) {
            CHECK(file->sha256 == Sha256::of("abc"));
            out[path] = "whole " + std::to_string(file->size_bytes);
        } else {
            out[path] = file->kind == ProvenFile::Kind::lost ? "lost" : "in order";
        }
    }
    return out;
}

JournalContent replay(std::initializer_list<std::string> lines) {
    JournalContent content;
    for (const std::string& line : lines) replay_line(line, content);
    return content;
}

Shown replayed(std::initializer_list<std::string> lines) {
    return shown(replay(lines));
}

std::string close_of(const std::string& path) {
    return R"({"close":")" + path + R"(","size":3,"sha256":")" + Sha256::of("abc").hex() + "\"}";
}

const std::string kOpen = R"({"open":"a"})", kCut = R"({"cut":"a"})", kLost = R"({"lost":"a"})",
                  kScattered = R"({"scattered":"a"})", kAnew = R"({"anew":"a"})";

}  // namespace

TEST_CASE("journal: only a CLOSE with size and digest proves a file") {
    CHECK(replayed({kOpen}) == Shown{{"a", "in order"}});
    CHECK(replayed({kOpen, close_of("a")}) == Shown{{"a", "whole 3"}});
    CHECK(replayed({R"({"close":"a","size":3})"}) == Shown{{"a", "in order"}});
    CHECK(replayed({close_of("a"), kOpen}) == Shown{{"a", "in order"}});
    CHECK(replayed({close_of("a"), kCut}) == Shown{{"a", "in order"}});
    CHECK(replayed({close_of("a"), R"({"remove":"a"})"}).empty());
}

TEST_CASE("journal: what was lost, or had a gap, stays so until it is sent anew, whole or gone") {
    for (const std::string& lost : {kLost, kScattered}) {
        CHECK(replayed({close_of("a"), lost}) == Shown{{"a", "lost"}});
        CHECK(replayed({lost, kOpen, kCut}) == Shown{{"a", "lost"}});
        CHECK(replayed({lost, R"({"rename":"a","to":"b"})"}) == Shown{{"b", "lost"}});
        CHECK(replayed({lost, kAnew}) == Shown{{"a", "in order"}});
        CHECK(replayed({lost, close_of("a")}) == Shown{{"a", "whole 3"}});
        CHECK(replayed({lost, R"({"remove":"a"})"}).empty());
    }
}

TEST_CASE("journal: renames carry a folder's files and replace what was there") {
    CHECK(replayed({close_of("a/x"), close_of("a-b"), R"({"rename":"a","to":"c"})"}) ==
          Shown{{"a-b", "whole 3"}, {"c/x", "whole 3"}});
    CHECK(replayed({close_of("a"), R"({"rename":"b","to":"a"})"}).empty());
}

TEST_CASE("journal: names of one file share what is said of it, whichever is named") {
    const std::string link = R"({"link":"a","to":"b"})";
    CHECK(replayed({close_of("a"), link}) == Shown{{"a", "whole 3"}, {"b", "whole 3"}});
    CHECK(replayed({close_of("a"), link, R"({"scattered":"b"})"}) == Shown{{"a", "lost"}, {"b", "lost"}});
    CHECK(replayed({close_of("a"), link, kOpen, R"({"remove":"a"})"}) == Shown{{"b", "in order"}});
    CHECK(replayed({link, kScattered, R"({"rename":"b","to":"c"})"}) == Shown{{"a", "lost"}, {"c", "lost"}});
}

TEST_CASE("journal: a transfer that did not end well is one until the next does") {
    CHECK_FALSE(replay({}).transfer_open);
    CHECK(replay({R"({"transfer":"began"})"}).transfer_open);
    CHECK_FALSE(replay({R"({"transfer":"began"})", R"({"transfer":"ended"})"}).transfer_open);
}

TEST_CASE("journal: what was whole when the machine went down is to be compared until it is whole anew") {
    const std::string down = R"({"machine":"down"})";
    CHECK(replay({close_of("a"), down}).files.at("a")->unsure);
    CHECK_FALSE(replay({close_of("a"), down, close_of("a")}).files.at("a")->unsure);
    CHECK_FALSE(replay({kScattered, down, kAnew}).files.at("a")->unsure);
    for (const std::string& changed : {kOpen, kCut})
        CHECK(replayed({close_of("a"), down, changed}) == Shown{{"a", "lost"}});
    CHECK(replayed({close_of("a"), down, kAnew}) == Shown{{"a", "in order"}});
}

TEST_CASE("journal: what a client said of an entry follows its names") {
    const std::string said = R"({"sent":"a","mode":365,"mtime":"-5"})";
    const SentFacts facts{.mode = 0555, .mtime = Timestamp(std::chrono::nanoseconds(-5))};
    CHECK(replay({said}).sent == decltype(JournalContent::sent){{"a", facts}});
    CHECK(replay({said, R"({"sent":"a","mode":420})"}).sent.at("a") == SentFacts{0644, facts.mtime});
    CHECK(replay({said, R"({"rename":"a","to":"b"})"}).sent == decltype(JournalContent::sent){{"b", facts}});
    CHECK(replay({said, R"({"link":"a","to":"b"})"}).sent.size() == 2);
    CHECK(replay({said, R"({"remove":"a"})"}).sent.empty());
    CHECK(replay({said}).files.empty());
}

TEST_CASE("journal: what is read of a torn end is read of it later too, when a line follows") {
    const std::string text = kScattered + "\n" + R"({"remove":"a"})" + "\n" + close_of("a") + "\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        CAPTURE(length);
        test::MemoryFileSystem fs;
        REQUIRE(make_folders(fs, "journal/alice", 0700));
        REQUIRE(replace_file(fs, "journal/alice/s.jsonl", text.substr(0, length)));
        Journal journal(fs, "alice", "s");
        const auto first = journal.load();
        journal.opened("other");
        auto later = journal.load();
        REQUIRE((first && later));
        CHECK(later->files.erase("other") == 1);
        CHECK(shown(*first) == shown(*later));
    }
}

TEST_CASE("journal: torn and strange lines prove nothing and harm nothing") {
    CHECK(replayed({close_of("a"), "{\"close\":\"b\",\"si", "", "no json"}) == Shown{{"a", "whole 3"}});
    CHECK(replayed({close_of("a"), R"({"later":"a"})"}) == Shown{{"a", "in order"}});
}

TEST_CASE("journal: a line that a crash cut off takes none of the next with it") {
    test::MemoryFileSystem fs;
    REQUIRE(make_folders(fs, "journal/alice", 0700));
    Journal(fs, "alice", "holiday").closed("a", 3, Sha256::of("abc"));
    const auto file = fs.open("journal/alice/holiday.jsonl", {.write = true});
    REQUIRE(file);
    REQUIRE((*file)->truncate((*file)->info()->size_bytes - 5));
    Journal later(fs, "alice", "holiday");
    CHECK(later.load().value().files.empty());
    later.lost("a");
    later.lost("b");
    CHECK(shown(later.load().value()) == Shown{{"a", "lost"}, {"b", "lost"}});
}

TEST_CASE("journal: what is appended is what is loaded, with any name") {
    test::MemoryFileSystem fs;
    REQUIRE(make_folders(fs, "journal/alice", 0700));
    Journal journal(fs, "alice", "holiday");
    CHECK(journal.load().value().files.empty());
    const std::string name = "ph\"otos/\xc3\xa4\\ %20.jpg";
    journal.opened(name);
    journal.closed(name, 3, Sha256::of("abc"));
    const SentFacts facts{.mode = 04755, .mtime = Timestamp(std::chrono::seconds(-7))};
    journal.described(name, facts);
    CHECK(shown(journal.load().value()) == Shown{{name, "whole 3"}});
    CHECK(journal.load().value().sent.at(name) == facts);
    journal.rename_session("other");
    CHECK(Journal(fs, "alice", "other").load().value().files.size() == 1);
    CHECK(Journal(fs, "alice", "holiday").load().value().files.empty());
    journal.remove();
    CHECK(Journal(fs, "alice", "other").load().value().files.empty());
}

namespace {

// The disk takes files up to this size and no byte more, and writes what still has room.
class SmallDisk {
  public:
    explicit SmallDisk(std::uint64_t bytes) {
        std::fflush(stdout);
        (void)std::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
        rlimit small = before_;
        small.rlim_cur = bytes;
        REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallDisk() {
        (void)setrlimit(RLIMIT_FSIZE, &before_);
        (void)std::signal(SIGXFSZ, SIG_DFL);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("journal: lines that only a part had room for are not written twice") {
    const test::TempFolder folder;
    const auto fs = test::must(open_posix_file_system(folder.path()));
    test::must(make_folders(*fs, "journal/alice", 0700));
    Journal journal(*fs, "alice", "holiday");
    test::must(journal.begin());
    journal.lost("a");
    const std::uint64_t before = test::must(fs->info("journal/alice/holiday.jsonl")).size_bytes;
    const std::string rename = R"({"rename":"a","to":"b"})";
    {
        const SmallDisk disk(before);
        journal.renamed("a", "b");
    }
    {
        const SmallDisk disk(before + 1 + rename.size() + 1);  // an empty line comes first
        journal.opened("c");
    }
    journal.opened("d");
    const auto content = test::must(journal.load());
    REQUIRE(content.files.contains("b"));
    CHECK(content.files.at("b")->kind == ProvenFile::Kind::lost);
    CHECK(content.files.contains("d"));
}
