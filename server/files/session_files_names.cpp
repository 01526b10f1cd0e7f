// The events of SessionFiles that are not a handle's: programs that write by themselves, names, the start.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"
#include "common/storage/paths.hpp"
#include "server/files/session_files.hpp"

namespace burnbox::upload {
namespace {

template <typename Iterator>
const std::string& path_at(const Iterator& at) {
    if constexpr (requires { at->first; })
        return at->first;
    else
        return *at;
}

// The entries at and below a path, in order.
template <typename Map, typename Function>
void for_each_below(Map& files, std::string_view path, const Function& function) {
    for (auto at = files.lower_bound(path); at != files.end() && path_at(at).starts_with(path);) {
        const auto here = at++;
        if (is_at_or_below(path_at(here), path)) function(here);
    }
}

template <typename Map>
std::vector<typename Map::node_type> taken_out(Map& files, std::string_view path) {
    std::vector<typename Map::node_type> nodes;
    for_each_below(files, path, [&](typename Map::iterator at) { nodes.push_back(files.extract(at)); });
    return nodes;
}

}  // namespace

// The name leads to another file now.
FileRecord& SessionFiles::separate(const std::string& path) {
    auto& slot = files_[path];
    auto fresh = std::make_shared<FileRecord>();
    if (slot) {
        fresh->size_bytes_ = slot->size_bytes_;
        --slot->names_;
        journal_.removed(path);
    }
    slot = std::move(fresh);
    return *slot;
}

FileRecord& SessionFiles::found_at(const std::string& path, const FileInfo& info) {
    FileRecord& record = found(path);
    return record.names_ > 1 && record.stamp_.inode != info.inode ? separate(path) : record;
}

void SessionFiles::brought(const std::string& path, const Bringing& bringing) {
    FileRecord* const record = &found_at(path, bringing.info);
    const bool in_place = record->stamp_.inode == bringing.info.inode || record->stamp_.inode == 0;
    const bool builds_on_sand =
        in_place && record->is_cut() &&
        (record->unkept_ || (bringing.goes_on && record->gapless_bytes() < bringing.bytes_before));
    if (!in_place) record->unkept_ = false;
    record->completion_ = bringing.completion;
    record->stamp_ = stamp_of(bringing.info);
    record->of_program_ = !bringing.well && !record->handled_;
    if (!bringing.well || builds_on_sand) return lose(path, *record);
    record->state_ = FileState::whole;
    record->unkept_ = false;
    record->rest();
    record->forget_digest();
    if (bringing.hashed == nullptr) return journal_.opened(path);  // read once more at the seal
    record->stamp_ = stamp_of(bringing.hashed->info);
    record->digest_ = bringing.hashed->sha256;
    note_whole(path, *record);
}

bool SessionFiles::add_missed(Missed& missed, const std::string& path) {
    if (missed.contains(path)) return false;
    return missed.insert(missed.size() < kMostMissed ? path : std::string()).second;
}

bool SessionFiles::missed(const std::string& path) {
    if (!add_missed(missed_, path)) return false;
    journal_.missed(missed_.contains(path) ? path : std::string());
    return true;
}

void SessionFiles::made(const std::string& path) {
    if (missed_.erase(path) > 0) journal_.made(path);
}

// What is missed at and below a path is so at another one, of this session or another.
void SessionFiles::move_missed(SessionFiles& other, const std::string& from, const std::string& to) {
    other.made(to);
    std::vector<std::string> paths;
    for_each_below(missed_, from, [&](Missed::iterator at) { paths.push_back(*at); });
    for (const std::string& path : paths) {
        made(path);
        other.missed(to + path.substr(from.size()));
    }
}

Status SessionFiles::transfer_began() {
    for (auto& [path, record] : files_) record->handled_ = false;
    if (!transfer_open_) BB_CHECK(journal_.transfer_began());
    transfer_open_ = true;
    return {};
}

void SessionFiles::transfer_came() {
    if (!transfer_open_) (void)journal_.transfer_began();
    transfer_open_ = true;
}

void SessionFiles::transfer_ended_well() {
    if (transfer_open_) journal_.transfer_ended_well();
    transfer_open_ = false;
}

void SessionFiles::described(const std::string& path, const SentFacts& facts) {
    SentFacts& now = sent_[path];
    const SentFacts before = now;
    if (facts.mode) now.mode = facts.mode;
    if (facts.mtime) now.mtime = facts.mtime;
    if (now != before) journal_.described(path, facts);
}

const SentFacts* SessionFiles::sent(std::string_view path) const {
    const auto found = sent_.find(path);
    return found == sent_.end() ? nullptr : &found->second;
}

void SessionFiles::linked(const std::string& existing, const std::string& path) {
    const auto record = files_.at(existing);
    if (const auto there = files_.find(path); there != files_.end()) {
        if (there->second == record) return;
        --there->second->names_;
    }
    ++record->names_;
    files_.insert_or_assign(path, record);
    if (const SentFacts* const facts = sent(existing)) sent_.insert_or_assign(path, SentFacts(*facts));
    journal_.linked(existing, path);
    made(path);
}

void SessionFiles::renamed(const std::string& from, const std::string& to) {
    for (auto& node : taken_out(files_, from)) {
        node.key() = to + node.key().substr(from.size());
        files_.insert(std::move(node));
    }
    auto described = taken_out(sent_, from);
    sent_.erase(to);  // of what was there
    for (auto& node : described) {
        node.key() = to + node.key().substr(from.size());
        sent_.insert(std::move(node));
    }
    journal_.renamed(from, to);
    move_missed(*this, from, to);
}

Status SessionFiles::can_leave(std::string_view path) const {
    std::map<const FileRecord*, unsigned> leaving;
    std::string cut;
    for_each_below(files_, path, [&](Map::const_iterator at) {
        ++leaving[at->second.get()];
        if (!at->second->is_at_rest()) cut = at->first;
    });
    if (!cut.empty())
        return fail(
            Errc::permission,
            fmt::format("{} is not complete: send it again before it goes to another session", escape(cut)));
    if (std::ranges::all_of(leaving, [](const auto& one) { return one.second == one.first->names_; }))
        return {};
    return fail(Errc::permission,
                fmt::format("{}: a hard link must stay inside its open session", escape(path)));
}

void SessionFiles::moved(SessionFiles& other, const std::string& from, const std::string& to) {
    if (&other == this) return renamed(from, to);
    std::map<const FileRecord*, std::string> first_names;
    for (auto& node : taken_out(files_, from)) {
        journal_.removed(node.key());
        const std::string path = to + node.key().substr(from.size());
        node.key() = path;
        const FileRecord& record = *node.mapped();
        const auto [first, is_first] = first_names.emplace(&record, path);
        if (!is_first)
            other.journal_.linked(first->second, path);
        else if (record.digest_)
            other.journal_.closed(path, record.size_bytes_, *record.digest_);
        else
            other.journal_.lost(path);  // once it is hashed, it is proven
        other.files_.insert_or_assign(path, std::move(node.mapped()));
    }
    for (auto& node : taken_out(sent_, from)) {
        journal_.removed(node.key());
        other.described(to + node.key().substr(from.size()), node.mapped());
    }
    move_missed(other, from, to);
    if (transfer_open_) other.transfer_came();  // nobody knows what of it is missing
}

void SessionFiles::removed(const std::string& path) {
    const auto found = files_.find(path);
    if (found != files_.end()) {
        --found->second->names_;
        files_.erase(found);
    }
    sent_.erase(path);
    journal_.removed(path);
    std::vector<std::string> unwanted;
    for_each_below(missed_, path, [&](Missed::iterator at) { unwanted.push_back(*at); });
    for (const std::string& one : unwanted) made(one);
}

void SessionFiles::withdrawn(const std::string& path, const Sha256& sha256, const Completion& completion) {
    FileRecord& record = found(path);
    record.digest_ = sha256;
    record.from_journal_ = true;
    record.completion_ = completion;
}

FileRecord& SessionFiles::recovered(const JournalContent& journal, const std::string& path,
                                    const FileInfo& info, bool machine_went_down) {
    const auto known = journal.files.find(path);
    const ProvenFile* const proof = known == journal.files.end() ? nullptr : known->second.get();
    if (info.links > 1) {
        const auto [first, is_first] = by_inode_.emplace(info.inode, path);
        if (!is_first) {
            const auto& shared = files_[path] = files_.at(first->second);
            ++shared->names_;
            // The line that made it a second name may be lost.
            const auto same = journal.files.find(first->second);
            if (known == journal.files.end() || same == journal.files.end() ||
                known->second != same->second) {
                journal_.linked(first->second, path);  // what is said of one from now on is said of both
                lose(path, *shared);
            }
            return *shared;
        }
    }
    FileRecord& record = found(path);
    record.size_bytes_ = info.size_bytes;
    record.stamp_ = stamp_of(info);
    if (journal.behind) {
        record.unkept_ = !machine_went_down;
        lose(path, record);
        return record;
    }
    // Lines that told two names apart are lost: what is said of one may be the other's.
    if (mixed_up_.contains(proof)) {
        journal_.removed(path);
        lose(path, record);
        return record;
    }
    const bool is_proven = proof != nullptr && proof->kind == ProvenFile::Kind::whole;
    if (is_proven && proof->size_bytes == info.size_bytes) {
        record.digest_ = proof->sha256;
        record.from_journal_ = true;
        record.unsure_ = machine_went_down || proof->unsure;
        return record;
    }
    record.state_ = FileState::cut_off;
    const bool is_in_order = proof != nullptr ? proof->kind == ProvenFile::Kind::in_order
                                              : !journal.transfer_open && info.links == 1;
    if (is_in_order && !machine_went_down && !misses_lines_) {
        record.course().written.add(0, info.size_bytes);
        return record;
    }
    if (proof != nullptr && proof->kind == ProvenFile::Kind::lost) {
        record.unknow();
        record.state_ = FileState::lost;
        record.unkept_ = proof->unkept && !machine_went_down;
    } else {
        record.unkept_ = misses_unkept_;
        lose(path, record);
    }
    return record;
}

void SessionFiles::recovered(const JournalContent& journal, const InodeOf& inode_of, bool machine_went_down) {
    if (machine_went_down && !journal.files.empty()) journal_.machine_went_down();
    misses_lines_ = journal.missing;
    std::map<const ProvenFile*, std::uint64_t> inodes;
    for (const auto& [path, file] : journal.files) {
        if (const auto inode = inode_of(path)) {
            if (inodes.emplace(file.get(), *inode).first->second != *inode) mixed_up_.insert(file.get());
            continue;
        }
        // It was renamed or removed, and that could not be noted: who knows which file it is now?
        misses_lines_ = misses_lines_ || file->kind == ProvenFile::Kind::lost || file->unsure;
        misses_unkept_ = misses_unkept_ || (file->unkept && !machine_went_down);
        journal_.removed(path);
    }
    transfer_open_ = journal.transfer_open;
    missed_ = journal.missed;
    if (journal.behind) (void)missed({});
    sent_ = journal.sent;
}

}  // namespace burnbox::upload
