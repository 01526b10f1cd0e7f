// A snapshot of the queue that a test describes: sessions, drives and discs by name.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "burner/rules/next_burn.hpp"

namespace burnbox::test {

inline constexpr std::uint64_t kBlankBytes = 1000;
inline const Timestamp kFirstSealed = *parse_iso8601("2026-11-23T09:00:00Z");

// What is in a real drive.
inline Medium medium(MediumState state, const std::string& label = {}, const std::string& serial = {}) {
    Medium in;
    in.state = state, in.label = label, in.serial = serial;
    return in;
}

struct Situation {
    QueueSnapshot facts;

    explicit Situation(const std::vector<std::string>& drives = {"tray"}) {
        facts.now = SteadyTime(std::chrono::hours(1));
        facts.time = kFirstSealed + std::chrono::hours(1);
        pool("default", drives);
    }

    PoolConfig& pool(const std::string& name, const std::vector<std::string>& drives) {
        for (const std::string& drive : drives) {
            DriveFacts& added = facts.drives[drive];
            added.blank_capacity_bytes = kBlankBytes;
            if (!added.discs) added.discs.emplace();
        }
        return facts.pools[name] = PoolConfig{.name = name, .drives = drives};
    }
    DriveFacts& drive(const std::string& name = "tray") { return facts.drives.at(name); }

    // The next in the queue, a second younger than the one before; its files were looked at.
    SessionId session(std::uint64_t bytes = 10, const std::string& pool = "default") {
        QueuedSession added;
        added.row.id = static_cast<SessionId>(facts.queue.size() + 1);
        added.row.pool = pool, added.row.folder = "s" + std::to_string(added.row.id) + "-queued";
        added.row.bytes = bytes;
        added.row.sealed_at = kFirstSealed + std::chrono::seconds(added.row.id);
        added.bytes_on_disc = bytes;
        added.copies.emplace();
        facts.queue.push_back(std::move(added));
        return facts.queue.back().row.id;
    }
    QueuedSession& of(SessionId id) { return *facts.find(id); }

    // An open disc on the drive's shelf that something is on, with so much room; 0 used = blank.
    DiscId disc(std::uint64_t free_bytes, unsigned used = 1, const std::string& drive_name = "tray") {
        DiscRow row;
        row.id = ++last_disc_;
        row.label = "DISC_" + std::to_string(row.id), row.serial = "serial-" + std::to_string(row.id);
        row.pool = "default", row.drive = drive_name;
        row.free_bytes = free_bytes, row.capacity_bytes = kBlankBytes;
        row.sessions_used = used, row.sessions_left = 10;
        for (auto& [name, facts_of_drive] : facts.drives) {
            facts_of_drive.discs->discs.push_back(row);
            if (name == drive_name) facts_of_drive.discs->here.insert(row.id);
        }
        return row.id;
    }
    DiscRow& row_of(DiscId id, const std::string& drive_name = "tray") {
        return *std::ranges::find(drive(drive_name).discs->discs, id, &DiscRow::id);
    }
    void has_copy(SessionId session, DiscId disc, const std::string& drive_name = "tray",
                  bool counts = true) {
        of(session).copies->push_back({disc, drive_name, counts});
        of(session).row.copies = static_cast<unsigned>(of(session).copies->size()) + 1;
    }
    // It has no blank, and that was found out.
    void no_blanks(const std::string& drive_name = "tray") {
        drive(drive_name).discs->no_blank = Error{Errc::no_medium, 0, "insert a blank disc"};
    }
    // The disc that was chosen was put in, as the one who asked does it.
    Decision after_putting_in(const std::string& drive_name = "tray") {
        const Decision decision = next(drive_name);
        if (const auto* chosen = std::get_if<PutIn>(&decision.next))
            drive(drive_name).discs->put_in = chosen->disc;
        if (std::holds_alternative<PutInBlank>(decision.next))
            drive(drive_name).discs->put_in = disc(kBlankBytes, 0, drive_name);
        return next(drive_name);
    }
    [[nodiscard]] Decision next(const std::string& drive_name = "tray") const {
        return next_burn(facts, drive_name);
    }

  private:
    DiscId last_disc_ = 0;
};

using Ids = std::vector<SessionId>;

template <typename Next>
bool is(const Decision& decision) {
    return std::holds_alternative<Next>(decision.next);
}
inline bool burns(const Decision& decision, const Ids& sessions, DiscId disc) {
    const auto* const burn = std::get_if<Burn>(&decision.next);
    return burn != nullptr && burn->disc == disc && decision.group == sessions;
}
inline bool puts_in(const Decision& decision, DiscId disc) {
    const auto* const put_in = std::get_if<PutIn>(&decision.next);
    return put_in != nullptr && put_in->disc == disc;
}
inline const Wait* wait_of(const Decision& decision, SessionId session) {
    const auto found = std::ranges::find(decision.waits, session, &Wait::session);
    return found == decision.waits.end() ? nullptr : &*found;
}
inline bool waits_for(const Decision& decision, SessionId session, WaitsFor what) {
    const Wait* const wait = wait_of(decision, session);
    return wait != nullptr && wait->what == what;
}

}  // namespace burnbox::test
