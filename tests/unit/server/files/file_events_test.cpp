// The table of states and events of docs/design.md, every pair of it, and what each writes to the journal.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <functional>

#include "server/files/session_files.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::upload;

namespace {

constexpr std::uint64_t kSent = 100;
constexpr HandleId kSender = 1, kOther = 2;

std::string name_of(FileState state) {
    switch (state) {
        case FileState::whole:
            return "whole";
        case FileState::writing:
            return "writing";
        case FileState::cut_off:
            return "cut_off";
        case FileState::lost:
            return "lost";
    }
    return "?";
}

FileInfo info_of(std::uint64_t size_bytes, std::uint64_t inode = 7) {
    FileInfo info;
    info.size_bytes = size_bytes;
    info.inode = inode;
    return info;
}

HashedFile hashed_as(const std::string& content, std::uint64_t size_bytes) {
    return {.sha256 = Sha256::of(content), .info = info_of(size_bytes)};
}

SessionFiles::InodeOf only_there(const std::string& name) {
    return [name](const std::string& path) {
        return path == name ? std::optional<std::uint64_t>(7) : std::nullopt;
    };
}

// One file "a" of 100 bytes, brought into a state.
struct House {
    test::MemoryFileSystem fs;
    std::unique_ptr<SessionFiles> files;

    explicit House(FileState state) {
        REQUIRE(make_folders(fs, "journal/alice", 0700));
        files = std::make_unique<SessionFiles>(fs, "alice", "holiday");
        REQUIRE(files->begin_journal());
        files->opened("a", {.id = kSender, .made = true, .anew = true});
        write(kSender, 0, kSent);
        if (state == FileState::whole) close(kSender);
        if (state == FileState::cut_off) files->dropped("a", kSender, false);
        if (state == FileState::lost) bring(false);
        if (state == FileState::lost) files->dropped("a", kSender, false);
        CHECK(record().state() == state);
        journal_was = journal().size();
    }
    FileRecord& record() const { return *files->find("a"); }
    [[nodiscard]] bool is_writing() const { return record().writers() != 0; }
    void write(HandleId id, std::uint64_t begin, std::uint64_t end) const {
        const std::uint64_t before = record().size_bytes();
        files->counted(record(), std::max(before, end));
        (void)files->written("a", record(), id, {.begin = begin, .end = end}, before);
    }
    void resize(HandleId id, std::uint64_t size_bytes) const {
        files->counted(record(), size_bytes);
        (void)files->truncated("a", record(), id, size_bytes);
        if (size_bytes == 0) files->emptied("a", record(), id);
    }
    void close(HandleId id) const {
        files->closed("a", id, info_of(record().size_bytes()), Sha256::of("sent"), {.now = 5});
    }
    void bring(bool well) const {
        files->brought("a",
                       {.info = info_of(kSent), .hashed = nullptr, .well = well, .completion = {.now = 9}});
    }
    // The handle that an event is of: the sender's while it is open, else another one.
    HandleId hand() const {
        if (is_writing()) return kSender;
        files->opened("a", {.id = kOther});
        return kOther;
    }
    [[nodiscard]] std::string journal() {
        return read_file(fs, "journal/alice/holiday.jsonl", 1U << 16U).value_or("");
    }
    // What a server that starts now finds.
    [[nodiscard]] std::string after_restart(bool machine_went_down) {
        SessionFiles later(fs, "alice", "holiday");
        const auto content = later.load();
        REQUIRE(content);
        later.recovered(*content, only_there("a"), machine_went_down);
        return name_of(
            later.recovered(*content, "a", info_of(record().size_bytes()), machine_went_down).state());
    }
    // The verbs that an event wrote.
    [[nodiscard]] std::string written_down() {
        std::string verbs, text = journal().substr(journal_was);
        for (std::size_t at = 0; (at = text.find("{\"", at)) != std::string::npos; at += 2) {
            if (!verbs.empty()) verbs += ' ';
            verbs += text.substr(at + 2, text.find('"', at + 2) - at - 2);
        }
        return verbs;
    }
    std::size_t journal_was = 0;
};

struct Row {
    const char* event;
    std::function<void(House&)> happen;
    const char *whole, *writing, *cut_off, *lost;  // the state after it, then what is written down
};

const std::vector<Row>& table() {
    static const std::vector<Row> rows{
        {"OPEN that empties", [](House& h) { h.files->opened("a", {.id = kOther, .anew = true}); },
         "writing: anew", "writing: anew", "writing: anew", "writing: anew"},
        {"OPEN", [](House& h) { h.files->opened("a", {.id = kOther}); }, "whole", "writing", "cut_off",
         "lost"},
        {"WRITE at the end", [](House& h) { h.write(h.hand(), kSent, 110); }, "writing: open", "writing",
         "cut_off", "lost"},
        {"WRITE behind a gap", [](House& h) { h.write(h.hand(), 200, 210); }, "writing: open scattered",
         "writing: scattered", "cut_off: scattered", "lost"},
        {"WRITE over the middle", [](House& h) { h.write(h.hand(), 50, 60); }, "writing: open scattered",
         "writing", "cut_off", "lost"},
        {"WRITE by a second hand",
         [](House& h) {
             const HandleId one = h.hand();
             if (one != kSender) h.write(one, kSent, 110);
             h.files->opened("a", {.id = 3});
             h.write(3, h.record().size_bytes(), 120);
         },
         "writing: open scattered", "writing: scattered", "cut_off: scattered", "lost"},
        {"a WRITE fails",
         [](House& h) {
             h.write(h.hand(), kSent, 110);
             h.files->write_failed("a", h.record(), {.begin = kSent, .end = 110});
         },
         "writing: open scattered", "writing: scattered", "cut_off: scattered", "lost"},
        {"its handle makes it longer", [](House& h) { h.resize(h.hand(), 200); }, "writing: open scattered",
         "writing: scattered", "cut_off: scattered", "lost"},
        {"its handle makes it shorter", [](House& h) { h.resize(h.hand(), 50); }, "writing: open", "writing",
         "cut_off", "lost"},
        {"its handle empties it", [](House& h) { h.resize(h.hand(), 0); }, "writing: open anew",
         "writing: anew", "writing: anew", "writing: anew"},
        {"its size is set by the path", [](House& h) { h.resize(0, 200); }, "whole: open",
         "writing: scattered", "cut_off: scattered", "lost"},
        {"it is emptied by the path", [](House& h) { h.resize(0, 0); }, "whole: open", "writing",
         "cut_off: anew", "cut_off: anew"},
        {"CLOSE, nothing was changed",
         [](House& h) {
             h.files->opened("a", {.id = kOther});
             h.close(kOther);
         },
         "whole", "writing", "cut_off", "lost"},
        {"CLOSE, a byte was changed",
         [](House& h) {
             const HandleId id = h.hand();
             h.write(id, 50, 51);
             h.close(id);
         },
         "whole: open scattered close", "whole: close", "cut_off", "lost"},
        {"CLOSE, the end was written",
         [](House& h) {
             const HandleId id = h.hand();
             h.write(id, kSent, 110);
             h.close(id);
         },
         "whole: open close", "whole: close", "whole: close", "lost"},
        {"CLOSE, all was written",
         [](House& h) {
             const HandleId id = h.hand();
             h.write(id, 0, kSent);
             h.close(id);
         },
         "whole: open close", "whole: close", "whole: close", "whole: close"},
        {"a handle is lost that changed nothing",
         [](House& h) {
             h.files->opened("a", {.id = kOther});
             h.files->dropped("a", kOther, false);
         },
         "whole", "writing", "cut_off", "lost"},
        {"a handle is lost that changed it",
         [](House& h) {
             const HandleId id = h.hand();
             h.write(id, kSent, 110);
             h.files->dropped("a", id, false);
         },
         "cut_off: open cut", "cut_off: cut", "cut_off: cut", "lost: cut"},
        {"a handle is lost whose write failed", [](House& h) { h.files->dropped("a", h.hand(), true); },
         "cut_off: cut", "cut_off: cut", "cut_off: cut", "lost: cut"},
        {"a handle is let go", [](House& h) { h.files->let_go("a", h.hand()); }, "whole", "whole", "cut_off",
         "lost"},
        {"taken as a marker", [](House& h) { h.files->taken_as_marker("a"); }, "whole", "whole", "whole",
         "whole"},
        {"its hash is known", [](House& h) { h.files->hashed("a", 5, hashed_as("sent", kSent)); },
         "whole: close", "writing", "cut_off", "lost"},
        {"a list proves it",
         [](House& h) {
             if (h.is_writing())
                 CHECK_FALSE(h.files->proven("a", hashed_as("x", kSent)));
             else
                 CHECK(h.files->proven("a", hashed_as("x", kSent)));
         },
         "whole: close", "writing", "whole: close", "whole: close"},
        {"the disk failed", [](House& h) { h.files->lost_all(); }, "lost: unkept", "lost: unkept",
         "lost: unkept", "lost: unkept"},
        {"a program brought it, and ended well", [](House& h) { h.bring(true); }, "whole: open",
         "whole: open", "whole: open", "whole: open"},
        {"a program brought it, and did not", [](House& h) { h.bring(false); }, "lost: lost", "lost: lost",
         "lost: lost", "lost"},
        {"renamed there and back",
         [](House& h) {
             h.files->renamed("a", "b");
             h.files->renamed("b", "a");
         },
         "whole: rename rename", "writing: rename rename", "cut_off: rename rename", "lost: rename rename"},
        {"a second name, and the first goes",
         [](House& h) {
             h.files->linked("a", "b");
             h.files->removed("a");
             h.files->renamed("b", "a");
         },
         "whole: link remove rename", "writing: link remove rename", "cut_off: link remove rename",
         "lost: link remove rename"},
        {"its times are set",
         [](House& h) { h.files->restamped(h.record(), info_of(kSent), info_of(kSent)); }, "whole", "writing",
         "cut_off", "lost"},
    };
    return rows;
}

}  // namespace

TEST_CASE("file events: every state, every event") {
    for (const Row& row : table()) {
        const std::pair<FileState, const char*> cells[] = {{FileState::whole, row.whole},
                                                           {FileState::writing, row.writing},
                                                           {FileState::cut_off, row.cut_off},
                                                           {FileState::lost, row.lost}};
        for (const auto& [state, expected] : cells) {
            CAPTURE(row.event);
            CAPTURE(name_of(state));
            House house(state);
            row.happen(house);
            const std::string verbs = house.written_down();
            CHECK(name_of(house.record().state()) + (verbs.empty() ? "" : ": " + verbs) == expected);
        }
    }
}

TEST_CASE("file events: what a start makes of each state") {
    for (const auto& [state, killed, down] :
         {std::tuple{FileState::whole, "whole", "whole"}, std::tuple{FileState::writing, "cut_off", "lost"},
          std::tuple{FileState::cut_off, "cut_off", "lost"}, std::tuple{FileState::lost, "lost", "lost"}}) {
        CAPTURE(name_of(state));
        CHECK(House(state).after_restart(false) == killed);
        CHECK(House(state).after_restart(true) == down);
    }
    House house(FileState::writing);
    house.write(kSender, 200, 210);
    CHECK(house.after_restart(false) == "lost");
}

TEST_CASE("file events: what was whole before the start is compared, and gone on with only after a restart") {
    for (const bool machine_went_down : {false, true}) {
        House house(FileState::whole);
        SessionFiles later(house.fs, "alice", "holiday");
        const auto content = later.load();
        REQUIRE(content);
        FileRecord& record = later.recovered(*content, "a", info_of(kSent), machine_went_down);
        CHECK(record.is_to_be_compared());
        SUBCASE("it is what it was") {
            CHECK(later.read("a", hashed_as("sent", kSent)));
            CHECK(record.state() == FileState::whole);
        }
        SUBCASE("it is another") {
            CHECK_FALSE(later.read("a", hashed_as("other", kSent)));
            CHECK(record.state() == FileState::lost);
        }
        SUBCASE("something is appended before that") {
            later.opened("a", {.id = kOther});
            later.counted(record, 110);
            (void)later.written("a", record, kOther, {.begin = kSent, .end = 110}, kSent);
            later.closed("a", kOther, info_of(110), std::nullopt, {.now = 6});
            CHECK(record.state() == (machine_went_down ? FileState::lost : FileState::whole));
        }
        SUBCASE("the server alone goes down once more before that") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            const auto now = second.load();
            REQUIRE(now);
            FileRecord& again = second.recovered(*now, "a", info_of(kSent), false);
            second.opened("a", {.id = kOther});
            (void)second.written("a", again, kOther, {.begin = kSent, .end = 110}, kSent);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::writing));
        }
        SUBCASE("its size is to be set to 0, and the server goes down before it is") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            FileRecord& before = first.recovered(*content, "a", info_of(kSent), machine_went_down);
            (void)first.truncated("a", before, 0, 0);
            const auto now = second.load();
            REQUIRE(now);
            second.recovered(*now, only_there("a"), false);
            const FileRecord& again = second.recovered(*now, "a", info_of(kSent), false);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::cut_off));
        }
        SUBCASE("it is renamed, and the server goes down before that is noted") {
            SessionFiles first(house.fs, "alice", "holiday"), second(house.fs, "alice", "holiday");
            first.recovered(*content, only_there("a"), machine_went_down);
            const auto now = second.load();
            REQUIRE(now);
            second.recovered(*now, only_there("b"), false);
            const FileRecord& again = second.recovered(*now, "b", info_of(kSent), false);
            CHECK(again.state() == (machine_went_down ? FileState::lost : FileState::cut_off));
        }
        SUBCASE("it is of another size") {
            SessionFiles other(house.fs, "alice", "holiday");
            CHECK(other.recovered(*content, "a", info_of(99), machine_went_down).state() == FileState::lost);
        }
    }
}

TEST_CASE("file events: a list proves nothing of what the disk failed to keep") {
    House house(FileState::whole);
    house.files->lost_all();
    CHECK_FALSE(house.files->proven("a", hashed_as("sent", kSent)));
    house.bring(true);  // the same file, in place
    CHECK(house.record().state() == FileState::lost);
}

TEST_CASE("file events: a program that appends proves only what it wrote") {
    for (const auto& [state, bytes_before, after] :
         {std::tuple{FileState::cut_off, kSent, FileState::whole},
          std::tuple{FileState::lost, kSent, FileState::lost},
          std::tuple{FileState::cut_off, kSent + 50, FileState::lost}}) {
        House house(state);
        house.files->restamped(house.record(), FileInfo{}, info_of(bytes_before));
        house.files->brought("a", {.info = info_of(200),
                                   .hashed = nullptr,
                                   .well = true,
                                   .goes_on = true,
                                   .bytes_before = bytes_before,
                                   .completion = {.now = 9}});
        CHECK(house.record().state() == after);
    }
}

TEST_CASE("file events: a crash between a rename and its line makes nothing resumable that had a gap") {
    House house(FileState::writing);
    house.write(kSender, 200, 210);
    SessionFiles later(house.fs, "alice", "holiday");
    const auto content = later.load();
    REQUIRE(content);
    later.recovered(*content, only_there("b"), false);  // "a" until a moment ago
    CHECK(later.recovered(*content, "b", info_of(210), false).state() == FileState::lost);
    SessionFiles latest(house.fs, "alice", "holiday");
    CHECK_FALSE(latest.load().value().files.contains("a"));
}

TEST_CASE(
    "file events: names that were one file, and are two now, prove nothing of each other after a crash") {
    House house(FileState::whole);
    house.files->linked("a", "b");
    SessionFiles later(house.fs, "alice", "holiday");  // "a" was made anew, and no line says so
    const auto content = later.load();
    REQUIRE(content);
    later.recovered(
        *content, [](const std::string& path) { return std::optional<std::uint64_t>(path == "a" ? 8 : 7); },
        true);
    CHECK(later.recovered(*content, "a", info_of(kSent, 8), true).state() == FileState::lost);
    CHECK(later.recovered(*content, "b", info_of(kSent, 7), true).state() == FileState::lost);
    later.opened("b", {.id = kOther, .anew = true});
    SessionFiles latest(house.fs, "alice", "holiday");
    CHECK(latest.load().value().files.at("a")->kind == ProvenFile::Kind::lost);
}

TEST_CASE(
    "file events: names whose link no line tells of share what is noted of them from the next start on") {
    House house(FileState::whole);
    FileInfo two_names = info_of(0);
    two_names.links = 2;
    const auto both_there = [](const std::string&) { return std::optional<std::uint64_t>(7); };
    {
        Journal(house.fs, "alice", "holiday").begun_anew("b");  // and that "b" is a link to "a" is lost
        SessionFiles later(house.fs, "alice", "holiday");
        const auto content = later.load();
        REQUIRE(content);
        later.recovered(*content, both_there, true);
        (void)later.recovered(*content, "a", two_names, true);
        FileRecord& record = later.recovered(*content, "b", two_names, true);
        later.opened("a", {.id = kOther});
        later.counted(record, 210);
        (void)later.written("a", record, kOther, {.begin = 200, .end = 210}, 0);
        later.removed("a");
    }
    SessionFiles last(house.fs, "alice", "holiday");
    const auto content = last.load();
    REQUIRE(content);
    last.recovered(*content, only_there("b"), false);
    CHECK(last.recovered(*content, "b", info_of(210), false).state() == FileState::lost);
}
