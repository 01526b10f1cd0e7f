#include "tests/fault/mmc_judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/base/text.hpp"
#include "tests/fault/disc_witness.hpp"
#include "tests/support/must.hpp"

namespace burnbox::test {

// At any time: what is not on a disc yet is still there as it was sent, and says why it waits.
void MmcJudge::nothing_is_lost() {
    for (const auto& [sent_as, tree] : sessions_) {
        const SessionRow row = house_.row(sent_as);
        INFO("session ", sent_as, ", state ", to_string(row.state), ", folder ", row.folder);
        if (row.state == SessionState::failed) CHECK_FALSE(row.reason.empty());
        for (const auto& [path, file] : tree.files)
            CHECK_MESSAGE((house_.text("alice/" + row.folder + "/" + path) == file.content ||
                           house_.text("alice/" + row.folder_next + "/" + path) == file.content),
                          "not in the inbox: " << escape(path));
    }
}

std::string MmcJudge::first_block_of(const std::string& name) const {
    return sessions_.at(name).files.at("f0").content.substr(0, mmc::kBlockBytes);
}

std::vector<DiscRow> MmcJudge::rows_of(const std::string& disc) {
    std::vector<DiscRow> rows;
    for (const DiscRow& row : must(house_.catalogue->discs())) {
        const auto [first, last] = house_.begun.equal_range(row.label);
        if (std::any_of(first, last, [&](const auto& begun) { return begun.second == disc; }))
            rows.push_back(row);
    }
    return rows;
}

void MmcJudge::check_copy(const SessionRow& row, const DiscSessionRow& copy) {
    INFO("on ", copy.disc_label, ", disc session ", copy.disc_session);
    const std::string block = first_block_of(row.name);
    unsigned discs = 0;
    const auto [first, last] = house_.begun.equal_range(copy.disc_label);
    std::set<std::string> paths;
    for (auto begun = first; begun != last; ++begun) paths.insert(begun->second);
    for (const std::string& path : paths) {
        DiscWitness disc(path);
        const unsigned times = disc.count(block);
        CHECK_MESSAGE(times <= 1, "burned " << times << " times");
        if (times == 0) continue;
        const auto found = disc.files(copy.disc_session);
        std::string wrong;
        for (const auto& [name, file] : sessions_.at(row.name).files) {
            const auto entry = found.find("alice/" + row.disc_name + "/data/" + name);
            if (entry == found.end())
                wrong += escape(name) + " is missing; ";
            else if (entry->second != file.content)
                wrong += escape(name) + " differs; ";
        }
        CHECK_MESSAGE(wrong.empty(), path << ", " << found.size() << " files: " << wrong);
        ++discs;
    }
    CHECK_MESSAGE(discs == 1, "found on " << discs << " discs of this label");
}

// After an older catalogue was put back a session may be known by its receipt alone: its disc was not met
// since.
std::vector<DiscSessionRow> MmcJudge::copies_of(const SessionRow& row, const std::string& receipt) {
    auto copies = must(house_.catalogue->copies(row.id));
    if (!put_back_ || copies.size() >= copies_ || receipt.empty()) return copies;
    copies.clear();
    const auto said = nlohmann::json::parse(receipt);
    for (const auto& copy : said.at("copies")) {
        DiscSessionRow& one = copies.emplace_back();
        copy.at("disc").get_to(one.disc_label);
        copy.at("disc_session").get_to(one.disc_session);
    }
    return copies;
}

void MmcJudge::check_session(const std::string& name) {
    const SessionRow row = house_.row(name);
    INFO("session ", name, ", state ", to_string(row.state), ", reason ", row.reason);
    CHECK(row.folder == row.name + "-burned");
    // Burned on a disc that nobody can make out any more: its receipt says so, and it waits for a person.
    CHECK((row.state == SessionState::burned || (put_back_ && row.state == SessionState::queued)));
    const std::string receipt = house_.text("alice/" + row.folder + "/receipt.json");
    const auto copies = copies_of(row, receipt);
    // Beyond those asked for there may be one that could not be known when the next was made: its disc was
    // away.
    CHECK(copies.size() >= copies_);
    std::set<std::string> discs;
    unsigned in_receipt = 0;
    for (const DiscSessionRow& copy : copies) {
        discs.insert(copy.disc_label);
        check_copy(row, copy);
        in_receipt += receipt.find("\"" + copy.disc_label + "\"") == std::string::npos ? 0 : 1;
    }
    CHECK((put_back_ ? !receipt.empty() : in_receipt >= copies_));
    CHECK(discs.size() == copies.size());
}

// It was away when a burn on it was to be judged: it may hold that disc session, and not have been met since.
bool MmcJudge::was_away(DiscId disc) {
    return std::ranges::any_of(sessions_, [&](const auto& session) {
        const auto attempts = must(house_.catalogue->attempts(house_.row(session.first).id));
        return std::ranges::any_of(attempts, [&](const AttemptRow& attempt) {
            return attempt.disc == disc && attempt.cause == AttemptCause::disc_gone;
        });
    });
}

bool MmcJudge::is_in_a_receipt(const std::string& disc) {
    return std::ranges::any_of(house_.begun, [&](const auto& begun) {
        return begun.second == disc && std::ranges::any_of(sessions_, [&](const auto& session) {
                   return house_.text("alice/" + session.first + "-burned/receipt.json")
                              .find("\"" + begun.first + "\"") != std::string::npos;
               });
    });
}

// What the catalogue says of a disc is so, or it says that the disc is suspect.
void MmcJudge::check_disc(const std::string& path) {
    DiscWitness disc(path);
    const std::vector<DiscRow> rows = rows_of(path);
    INFO(path, ", sessions ", disc.state().sessions_closed, ", begun ", disc.state().session_begun());
    std::set<std::string> known;
    bool suspect = false, away = false;
    unsigned sessions = 0;
    for (const DiscRow& row : rows) {
        suspect = suspect || row.state == DiscState::suspect;
        away = away || was_away(row.id);
        sessions = std::max(sessions, row.sessions_used);
        for (const DiscSessionRow& each : must(house_.catalogue->disc_sessions(row.id)))
            known.insert(each.session_name);
    }
    // Nothing tells of it, but what failed and is left to its account.
    const bool is_stranger = put_back_ && rows.empty() && !is_in_a_receipt(path);
    bool holds_something = false;
    for (const auto& [sent_as, tree] : sessions_) {
        const std::string name = house_.row(sent_as).disc_name;
        const unsigned times = disc.count(first_block_of(sent_as));
        if (times == 0) continue;
        holds_something = true;
        if (suspect) continue;
        CHECK_MESSAGE(times == 1, "it holds " << sent_as << " " << times << " times");
        if (away || is_stranger) continue;
        CHECK_MESSAGE(known.contains(name), "it holds " << name << " and nobody knows it");
    }
    if (suspect || foreign_.contains(path) || away || is_stranger) return;
    // Taken out before the first block of a file: what was burned then is on the disc that took its place.
    const bool swapped = std::ranges::any_of(rows, [&](const DiscRow& row) {
        const auto [first, last] = house_.begun.equal_range(row.label);
        return std::any_of(first, last, [&](const auto& begun) { return begun.second != path; });
    });
    if (swapped && !holds_something && disc.state().sessions_closed == 0) return;
    CHECK_FALSE(disc.state().session_begun());
    CHECK(disc.state().sessions_closed <= static_cast<std::int32_t>(sessions));
}

void MmcJudge::all_is_burned() {
    for (const auto& [name, tree] : sessions_) check_session(name);
    for (const auto& tray : house_.trays)
        for (const std::string& disc : tray->box) check_disc(disc);
    CHECK(house_.catalogue->unfinished_attempts()->empty());
}

}  // namespace burnbox::test
