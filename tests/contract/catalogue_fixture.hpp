// A catalogue in a temporary folder that can be closed and opened again, and rows to put into it.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "common/catalogue/catalogue.hpp"
#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {

class TemporaryCatalogue {
  public:
    TemporaryCatalogue() {
        std::filesystem::create_directory(folder_ / "burnbox catalogue");
        reopen();
    }

    [[nodiscard]] std::string path() const { return folder_ / "burnbox catalogue/catalogue.sqlite"; }
    [[nodiscard]] std::string url() const { return "sqlite3://" + path(); }
    void close() { catalogue_.reset(); }
    void reopen() {
        catalogue_.reset();
        auto opened = Catalogue::open(url());
        if (!opened) throw std::runtime_error(opened.error().message);
        catalogue_ = std::move(*opened);
    }
    Catalogue& operator*() { return *catalogue_; }
    Catalogue* operator->() { return catalogue_.get(); }

  private:
    TempFolder folder_;
    std::unique_ptr<Catalogue> catalogue_;
};

inline Timestamp at(long long seconds) {
    return Timestamp(std::chrono::seconds(1'700'000'000 + seconds) + std::chrono::nanoseconds(7));
}

inline SessionRow session_row(const std::string& name, const std::string& account = "alice",
                              long long sealed = 0) {
    SessionRow row;
    row.account = account;
    row.name = name;
    row.disc_name = name;
    row.pool = "default";
    row.copies = 1;
    row.folder = name;
    row.folder_next = name + "-queued";
    row.seal_id = "seal of " + name;
    row.content_digest = Sha256::of("content of " + name);
    row.marker_name = "BURN";
    row.marker_sha256 = Sha256::of("");
    row.bytes = 734'003'200;
    row.files_count = 12;
    row.sealed_at = at(sealed);
    row.reason = "waits for a disc";
    return row;
}

inline DiscRow disc_row(const std::string& label, long long created = 0) {
    DiscRow row;
    row.label = label;
    row.serial = "serial of " + label;
    row.pool = "default";
    row.drive = "tray";
    row.medium = "dvd+r";
    row.media_id = "MCC-004";
    row.location = "/discs/" + label + ".iso";
    row.capacity_bytes = 4'700'372'992;
    row.free_bytes = 4'700'000'000;
    row.sessions_left = 153;
    row.head_digest = std::string(64, 'a');
    row.created_at = at(created);
    return row;
}

inline AttemptRow attempt_row(DiscId disc, const std::vector<SessionId>& sessions,
                              unsigned disc_session = 1) {
    AttemptRow row;
    row.disc = disc;
    row.drive = "tray";
    row.sessions = sessions;
    row.disc_session = disc_session;
    row.start_lba = 81'920;
    row.started_at = at(100);
    return row;
}

inline FileRow file_row(const std::string& path, std::uint32_t lba = 82'000) {
    return FileRow{path, path.size(), Sha256::of(path), lba};
}

// A catalogue with one disc and one queued session.
struct Bench {
    TemporaryCatalogue catalogue;
    DiscRow disc = disc_row("BURNBOX_0001");
    SessionId session = 0;

    Bench() {
        disc.id = catalogue->add_disc(disc).value();
        session = catalogue->add_session(session_row("holiday")).value();
    }
    SessionState state(SessionId id) { return catalogue->session(id).value().state; }
    AttemptId verifying_attempt() { return verifying_attempt(disc, {session}); }
    AttemptId verifying_attempt(const DiscRow& on, const std::vector<SessionId>& sessions,
                                unsigned number = 1) {
        const AttemptId id = catalogue->begin_attempt(attempt_row(on.id, sessions, number)).value();
        REQUIRE(catalogue->attempt_written(id, 81'936, 358'400, "libburn: fine").has_value());
        return id;
    }
    void burn(const DiscRow& on, SessionId id, const std::vector<FileRow>& files, unsigned number = 1,
              unsigned copies = 1) {
        REQUIRE(catalogue->set_copies(id, copies).has_value());
        const AttemptId attempt = verifying_attempt(on, {id}, number);
        REQUIRE(catalogue->attempt_verified(attempt, on, {{id, files}}, at(200), at(300)).has_value());
    }
};

}  // namespace burnbox::test
