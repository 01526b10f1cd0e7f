// An inbox on the in-memory file system with a real catalogue, both failing as a plan says.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/inbox.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"
#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {

struct InboxFixture {
    InboxFixture() {
        REQUIRE(memory.make_folder("alice", 0755).has_value());
        REQUIRE(memory.sync_all().has_value());
    }

    TempFolder folder;
    MemoryFileSystem memory;
    FaultPlan plan;
    FaultyFileSystem fs{memory, plan};
    std::unique_ptr<Catalogue> real = Catalogue::open("sqlite3://" + folder / "catalogue.sqlite").value();
    std::unique_ptr<Catalogue> catalogue = make_faulty_catalogue(*real, plan);
    Inbox inbox{fs, *catalogue};

    // A session folder alice/FOLDER with a file, a marker and a STATUS.txt, durable.
    void make_session_folder(const std::string& name) {
        const std::string path = "alice/" + name;
        REQUIRE(memory.make_folder(path, 0755).has_value());
        for (const std::string file : {"data.bin", "BURN", "STATUS.txt"})
            REQUIRE(replace_file(memory, path + "/" + file, file + " of " + name).has_value());
        REQUIRE(memory.sync_all().has_value());
    }
    // Its row, in `state`, through the steps that lead there.
    SessionId add_row(const std::string& name, const std::string& at_folder, const std::string& next,
                      SessionState state, const std::string& disc_name = "") {
        SessionRow row;
        row.account = "alice";
        row.name = name;
        row.disc_name = disc_name.empty() ? name : disc_name;
        row.pool = "default";
        row.folder = at_folder;
        row.folder_next = next;
        row.seal_id = "seal of " + row.disc_name;
        row.marker_name = "BURN";
        row.sealed_at = *parse_iso8601("2026-11-23T10:00:00Z");
        row.state = SessionState::queued;
        const SessionId id = real->add_session(row).value();
        const auto step = [&](SessionState from, SessionState to) {
            REQUIRE(real->step(id, from, to, "why").has_value());
        };
        using enum SessionState;
        if (state == failed || state == withdrawn) step(queued, state);
        if (state == burning || state == verifying || state == burned) step(queued, burning);
        if (state == verifying || state == burned) step(burning, verifying);
        if (state == burned) step(verifying, burned);
        return id;
    }

    [[nodiscard]] bool there(const std::string& path) { return memory.info("alice/" + path).has_value(); }
    [[nodiscard]] std::string text(const std::string& path) {
        return read_file(memory, "alice/" + path, 100'000).value_or("");
    }
    [[nodiscard]] SessionRow row(SessionId id) { return real->session(id).value(); }
};

}  // namespace burnbox::test
