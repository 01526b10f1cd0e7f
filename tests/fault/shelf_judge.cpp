#include "tests/fault/shelf_judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/catalogue/copy_rules.hpp"
#include "common/session/names.hpp"
#include "common/storage/existence.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {
namespace {

// "alice/s1", a part of it, or what it was called when it was sealed anew.
bool is_of(const std::string& identifier, const std::string& name) {
    const std::string own = "alice/" + name;
    return identifier == own || identifier.starts_with(own + "/") || identifier.starts_with(own + "-");
}

template <typename Test>
bool any_disc_session(BurnerHouse& house, const std::string& name, Test test) {
    for (const auto& [drive, shelf] : house.shelves)
        for (const auto& [label, disc] : shelf.discs)
            for (const FakeDiscSession& written : disc.sessions)
                for (const std::string& identifier : written.sessions)
                    if (is_of(identifier, name) && test(disc, written, identifier)) return true;
    return false;
}

}  // namespace

std::optional<SessionRow> ShelfJudge::row_of(const std::string& name) {
    for (const SessionRow& row : must(house_.catalogue->sessions("alice")))
        if (row.name == name) return row;
    return std::nullopt;
}

std::optional<DiscRow> ShelfJudge::row_of(const FakeDisc& disc) {
    for (const DiscRow& row : must(house_.catalogue->discs()))
        if (row.serial == disc.serial) return row;
    return std::nullopt;
}

bool ShelfJudge::is_trusted(const FakeDisc& disc) {
    const auto row = row_of(disc);
    return row && row->state != DiscState::suspect;
}

bool ShelfJudge::is_in_a_receipt(const FakeDisc& disc) {
    return std::ranges::any_of(sessions_, [&](const auto& session) {
        return house_.text("alice/" + session.first + "-burned/receipt.json").find(disc.serial) !=
               std::string::npos;
    });
}

bool ShelfJudge::holds(const FakeDiscSession& written, const std::string& identifier,
                       const ManifestEntry& entry, const GeneratedTree& tree) const {
    const std::string data = house_.config.burn.layout == Layout::plain ? "/" : "/data/";
    const auto found = written.entries.find(identifier + data + entry.path);
    if (found == written.entries.end() || found->second.type != entry.type) return false;
    if (entry.type == FileType::folder) return true;
    return found->second.content ==
           (entry.type == FileType::symlink ? entry.link_target : tree.files.at(entry.path).content);
}

std::size_t ShelfJudge::true_copies(const std::string& name) {
    const GeneratedTree& tree = sessions_.at(name);
    std::size_t fewest = copies_;
    for (const ManifestEntry& entry : tree.manifest.entries) {
        std::set<std::string> discs;
        any_disc_session(house_, name,
                         [&](const FakeDisc& disc, const auto& written, const auto& identifier) {
                             if (written.whole && holds(written, identifier, entry, tree))
                                 discs.insert(disc.label);
                             return false;
                         });
        fewest = std::min(fewest, discs.size());
    }
    return fewest;
}

void ShelfJudge::check_inbox(const std::string& name, const std::string& folder) {
    const std::string top = "alice/" + folder + "/";
    for (const ManifestEntry& entry : sessions_.at(name).manifest.entries) {
        bool is_there = house_.exists(top + entry.path);
        if (entry.type == FileType::file)
            is_there =
                is_there && house_.text(top + entry.path) == sessions_.at(name).files.at(entry.path).content;
        if (entry.type == FileType::symlink)
            is_there = house_.inbox_fs.read_symlink(top + entry.path).value_or("") == entry.link_target;
        CHECK_MESSAGE(is_there, "not in the inbox: " << folder << "/" << escape(entry.path));
    }
}

// A disc that it is on is suspect by now, or its parts are not known: its receipt says that it is burned, and
// nobody burns it again.
bool ShelfJudge::is_known_by_its_receipt_only(const SessionRow& row) {
    if (!put_back_ || house_.text("alice/" + row.folder + "/receipt.json").empty()) return false;
    return any_disc_session(house_, row.name, [&](const FakeDisc& disc, const auto&, const auto& identifier) {
        return !is_trusted(disc) || identifier.find("/part-") != std::string::npos;
    });
}

void ShelfJudge::check_catalogue(const SessionRow& row) {
    const auto copies = must(house_.catalogue->copies(row.id));
    const std::size_t wanted = copies_ * std::max(row.parts, 1U);
    const bool is_complete = row.state == SessionState::burned && copies.size() >= wanted;
    CHECK((is_complete || is_known_by_its_receipt_only(row)));
    const std::string receipt = house_.text("alice/" + row.folder + "/receipt.json");
    CHECK_FALSE(receipt.empty());
    std::set<std::pair<SessionId, std::string>> discs;
    std::size_t counting = 0;
    for (const DiscSessionRow& copy : copies) {
        // Another one is burned for a copy that turned out to be bad while others were waited for; one that
        // was read back since may have been bad for a while.
        if (!counts(house_.disc(copy.disc_label), copy) || copy.checked_at) continue;
        ++counting;
        discs.emplace(copy.session, put_back_ ? copy.disc_label : copy.drive);
        if (!put_back_) CHECK(receipt.find("\"" + copy.disc_label + "\"") != std::string::npos);
    }
    // Beyond the copies asked for there may be one that an older catalogue could not know.
    if (!put_back_) CHECK(counting <= wanted);
    CHECK(discs.size() == counting);
}

void ShelfJudge::check_session(const std::string& name) {
    const auto row = row_of(name);
    INFO("session ", name, ", state ", row ? to_string(row->state) : "(none)", ", folder ",
         row ? row->folder : "", ", reason ", row ? row->reason : "");
    if (withdrawn_.contains(name)) {
        if (!put_back_) REQUIRE((row && row->state == SessionState::withdrawn));
        if (!row || row->state == SessionState::withdrawn) return;
        // It is its account's again, whatever an older catalogue says.
        if (put_back_ && house_.exists("alice/" + name)) return check_inbox(name, name);
    }
    // What had failed, that an older state folder does not know, and that is on no disc, is left to its
    // account.
    if (!row && put_back_ && house_.exists("alice/" + name + "-failed")) {
        check_inbox(name, name + "-failed");
        CHECK_FALSE(any_disc_session(
            house_, name, [&](const FakeDisc& disc, const auto&, const auto&) { return is_trusted(disc); }));
        return;
    }
    REQUIRE(row);
    // A catalogue that is newer than the state folder: nobody has the record any more, its account can send
    // the marker again.
    const bool has_record = exists(house_.state_fs, seal_record_path(row->seal_id)).value();
    const std::string failed = name + "-failed";
    if (put_back_ && !has_record &&
        (row->folder == failed || (row->folder.empty() && house_.exists("alice/" + failed))))
        return check_inbox(name, failed);
    CHECK(row->folder == name + "-burned");
    check_inbox(name, row->folder);
    CHECK(true_copies(name) >= copies_);
    check_catalogue(*row);
}

void ShelfJudge::check_disc(const FakeDisc& disc) {
    if (disc.sessions.empty()) return;
    INFO("disc ", disc.label, ", sessions ", disc.sessions.size());
    const auto row = row_of(disc);
    if (!row) {
        CHECK(put_back_);
        CHECK_FALSE(is_in_a_receipt(disc));
    }
    std::set<std::pair<unsigned, std::string>> known;
    if (row)
        for (const DiscSessionRow& each : must(house_.catalogue->disc_sessions(row->id)))
            known.emplace(each.disc_session, "alice/" + each.session_name);
    std::set<std::string> identifiers;
    unsigned number = 0;
    for (const FakeDiscSession& written : disc.sessions) {
        ++number;
        if (is_trusted(disc)) CHECK(written.whole);
        for (const std::string& identifier : written.sessions) {
            if (written.whole) CHECK_MESSAGE(identifiers.insert(identifier).second, "twice: " << identifier);
            if (is_trusted(disc))
                CHECK_MESSAGE(known.contains({number, identifier}), "nobody knows of " << identifier);
        }
    }
}

void ShelfJudge::all_is_burned() {
    for (const auto& [name, tree] : sessions_) check_session(name);
    for (const auto& [drive, shelf] : house_.shelves)
        for (const auto& [label, disc] : shelf.discs) check_disc(disc);
    CHECK(house_.catalogue->unfinished_attempts()->empty());
}

}  // namespace burnbox::test
