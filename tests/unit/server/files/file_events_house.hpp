// One file of an open session, brought into a state, and what its journal says of it.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>

#include "server/files/session_files.hpp"
#include "tests/support/storage/memory_file_system.hpp"

namespace burnbox::upload::test {

inline constexpr std::uint64_t kSent = 100;
inline constexpr HandleId kSender = 1, kOther = 2;

inline std::string name_of(FileState state) {
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

inline FileInfo info_of(std::uint64_t size_bytes, std::uint64_t inode = 7) {
    FileInfo info;
    info.size_bytes = size_bytes;
    info.inode = inode;
    return info;
}

inline HashedFile hashed_as(const std::string& content, std::uint64_t size_bytes) {
    return {.sha256 = Sha256::of(content), .info = info_of(size_bytes)};
}

inline SessionFiles::InodeOf only_there(const std::string& name) {
    return [name](const std::string& path) {
        return path == name ? std::optional<std::uint64_t>(7) : std::nullopt;
    };
}

// One file "a" of 100 bytes, brought into a state.
struct FileHouse {
    burnbox::test::MemoryFileSystem fs;
    std::unique_ptr<SessionFiles> files;

    explicit FileHouse(FileState state) {
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

struct EventRow {
    const char* event;
    std::function<void(FileHouse&)> happen;
    const char *whole, *writing, *cut_off, *lost;  // the state after it, then what is written down
};

inline const std::vector<EventRow>& event_table() {
    static const std::vector<EventRow> rows{
        {"OPEN that empties", [](FileHouse& h) { h.files->opened("a", {.id = kOther, .anew = true}); },
         "writing: anew", "writing: anew", "writing: anew", "writing: anew"},
        {"OPEN", [](FileHouse& h) { h.files->opened("a", {.id = kOther}); }, "whole", "writing", "cut_off",
         "lost"},
        {"WRITE at the end", [](FileHouse& h) { h.write(h.hand(), kSent, 110); }, "writing: open", "writing",
         "cut_off", "lost"},
        {"WRITE behind a gap", [](FileHouse& h) { h.write(h.hand(), 200, 210); }, "writing: open scattered",
         "writing: scattered", "cut_off: scattered", "lost"},
        {"WRITE over the middle", [](FileHouse& h) { h.write(h.hand(), 50, 60); }, "writing: open scattered",
         "writing", "cut_off", "lost"},
        {"WRITE by a second hand",
         [](FileHouse& h) {
             const HandleId one = h.hand();
             if (one != kSender) h.write(one, kSent, 110);
             h.files->opened("a", {.id = 3});
             h.write(3, h.record().size_bytes(), 120);
         },
         "writing: open scattered", "writing: scattered", "cut_off: scattered", "lost"},
        {"a WRITE fails",
         [](FileHouse& h) {
             h.write(h.hand(), kSent, 110);
             h.files->write_failed("a", h.record(), {.begin = kSent, .end = 110});
         },
         "writing: open scattered", "writing: scattered", "cut_off: scattered", "lost"},
        {"its handle makes it longer", [](FileHouse& h) { h.resize(h.hand(), 200); },
         "writing: open scattered", "writing: scattered", "cut_off: scattered", "lost"},
        {"its handle makes it shorter", [](FileHouse& h) { h.resize(h.hand(), 50); }, "writing: open",
         "writing", "cut_off", "lost"},
        {"its handle empties it", [](FileHouse& h) { h.resize(h.hand(), 0); }, "writing: open anew",
         "writing: anew", "writing: anew", "writing: anew"},
        {"its size is set by the path", [](FileHouse& h) { h.resize(0, 200); }, "whole: open",
         "writing: scattered", "cut_off: scattered", "lost"},
        {"it is emptied by the path", [](FileHouse& h) { h.resize(0, 0); }, "whole: open", "writing",
         "cut_off: anew", "cut_off: anew"},
        {"CLOSE, nothing was changed",
         [](FileHouse& h) {
             h.files->opened("a", {.id = kOther});
             h.close(kOther);
         },
         "whole", "writing", "cut_off", "lost"},
        {"CLOSE, a byte was changed",
         [](FileHouse& h) {
             const HandleId id = h.hand();
             h.write(id, 50, 51);
             h.close(id);
         },
         "whole: open scattered close", "whole: close", "cut_off", "lost"},
        {"CLOSE, the end was written",
         [](FileHouse& h) {
             const HandleId id = h.hand();
             h.write(id, kSent, 110);
             h.close(id);
         },
         "whole: open close", "whole: close", "whole: close", "lost"},
        {"CLOSE, all was written",
         [](FileHouse& h) {
             const HandleId id = h.hand();
             h.write(id, 0, kSent);
             h.close(id);
         },
         "whole: open close", "whole: close", "whole: close", "whole: close"},
        {"a handle is lost that changed nothing",
         [](FileHouse& h) {
             h.files->opened("a", {.id = kOther});
             h.files->dropped("a", kOther, false);
         },
         "whole", "writing", "cut_off", "lost"},
        {"a handle is lost that changed it",
         [](FileHouse& h) {
             const HandleId id = h.hand();
             h.write(id, kSent, 110);
             h.files->dropped("a", id, false);
         },
         "cut_off: open cut", "cut_off: cut", "cut_off: cut", "lost: cut"},
        {"a handle is lost whose write failed", [](FileHouse& h) { h.files->dropped("a", h.hand(), true); },
         "cut_off: cut", "cut_off: cut", "cut_off: cut", "lost: cut"},
        {"a handle is let go", [](FileHouse& h) { h.files->let_go("a", h.hand()); }, "whole", "whole",
         "cut_off", "lost"},
        {"taken as a marker", [](FileHouse& h) { h.files->taken_as_marker("a"); }, "whole", "whole", "whole",
         "whole"},
        {"its hash is known", [](FileHouse& h) { h.files->hashed("a", 5, hashed_as("sent", kSent)); },
         "whole: close", "writing", "cut_off", "lost"},
        {"a list proves it",
         [](FileHouse& h) {
             if (h.is_writing())
                 CHECK_FALSE(h.files->proven("a", hashed_as("x", kSent)));
             else
                 CHECK(h.files->proven("a", hashed_as("x", kSent)));
         },
         "whole: close", "writing", "whole: close", "whole: close"},
        {"the disk failed", [](FileHouse& h) { h.files->lost_all(); }, "lost: unkept", "lost: unkept",
         "lost: unkept", "lost: unkept"},
        {"a program brought it, and ended well", [](FileHouse& h) { h.bring(true); }, "whole: open",
         "whole: open", "whole: open", "whole: open"},
        {"a program brought it, and did not", [](FileHouse& h) { h.bring(false); }, "lost: lost",
         "lost: lost", "lost: lost", "lost"},
        {"renamed there and back",
         [](FileHouse& h) {
             h.files->renamed("a", "b");
             h.files->renamed("b", "a");
         },
         "whole: rename rename", "writing: rename rename", "cut_off: rename rename", "lost: rename rename"},
        {"a second name, and the first goes",
         [](FileHouse& h) {
             h.files->linked("a", "b");
             h.files->removed("a");
             h.files->renamed("b", "a");
         },
         "whole: link remove rename", "writing: link remove rename", "cut_off: link remove rename",
         "lost: link remove rename"},
        {"its times are set",
         [](FileHouse& h) { h.files->restamped(h.record(), info_of(kSent), info_of(kSent)); }, "whole",
         "writing", "cut_off", "lost"},
    };
    return rows;
}

}  // namespace burnbox::upload::test
