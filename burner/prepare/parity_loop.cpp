#include "burner/prepare/parity_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "burner/parity/parity_plan.hpp"
#include "burner/prepare/parity_making.hpp"
#include "burner/prepare/splitter.hpp"
#include "burner/schedule/burn_job.hpp"
#include "burner/schedule/tell_status.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {
namespace {

constexpr std::chrono::seconds kTextEvery{5};
constexpr std::chrono::seconds kLookEvery{1};       // whether the session is still wanted
constexpr std::uint64_t kMostOverheadBytes = 2048;  // of a file's last sector

bool is_settled(const SessionRow& row) {
    return row.folder_next.empty() && parse_folder(row.folder).state == FolderState::queued;
}

constexpr const char* kAfterOthers = "its recovery data is made after that of sessions before it";

std::unexpected<Error> not_as_the_first_copy(const SessionRow& row) {
    return fail(Errc::corrupt,
                fmt::format("the recovery data of {}/{} was damaged in state_dir and could not be made "
                            "again as the first copy has it",
                            row.account, row.disc_name));
}

// Tells STATUS.txt how far it is, and par2 whether to go on.
class Watcher {
  public:
    Watcher(const BurnerServices& services, const Schedule& schedule, const SessionRow& row)
        : services_(services), schedule_(schedule), row_(row) {}

    bool go_on(const Progress& progress) {
        const SteadyTime now = services_.clock.steady_now();
        if (!looked_ || now - *looked_ >= kLookEvery) {
            looked_ = now;
            const auto row = services_.catalogue.session(row_.id);
            wanted_ = row ? row->state == SessionState::queued : row.error().code != Errc::not_found;
        }
        if (wanted_ && (!told_ || now - *told_ >= kTextEvery)) {
            told_ = now;
            tell(progress);
        }
        return wanted_ && !schedule_.stopping;
    }

  private:
    void tell(const Progress& progress) const {
        const ConfigSnapshot config = services_.config.snapshot();
        StatusFacts facts;
        facts.state = "queued";
        facts.progress = progress;
        facts.waits =
            fmt::format("recovery data (burn.redundancy: {} %) is made first", config->burn.redundancy);
        tell_status(services_, row_, facts);
    }

    const BurnerServices& services_;
    const Schedule& schedule_;
    const SessionRow& row_;
    std::optional<SteadyTime> looked_, told_;
    bool wanted_ = true;
};

}  // namespace

bool waits_for_parity(const BurnerServices& services, const Schedule& schedule, const SessionRow& row) {
    if (schedule.parity_ready(row.id)) return false;
    const ConfigSnapshot config = services.config.snapshot();
    return config->burn.redundancy != 0 ||
           services.state_fs.info(parity_record_path(row.seal_id)).has_value();
}

std::uint64_t parity_bytes(const SealedSession& sealed, unsigned percent) {
    if (sealed.parity.percent == 0) return estimate_parity_bytes(sealed.manifest, percent);
    std::uint64_t sum = 0;
    for (const ParityFile& file : sealed.parity.files) sum += file.size_bytes + kMostOverheadBytes;
    return sum;
}

SteadyTime ParityLoop::next_time() const {
    SteadyTime next = rest_.next_time();
    for (const auto& [session, backoff] : waiting_) next = std::min(next, backoff.until());
    return next;
}

Result<bool> ParityLoop::run_once() {
    if (woken_.exchange(false)) rest_.try_now(), waiting_.clear();
    return rest_.run(services_.clock, [this] { return step(); });
}

Result<bool> ParityLoop::step() {
    if (!tidy_) {
        BB_CHECK(remove_what_nobody_needs());
        tidy_ = true;
    }
    BB_TRY(const auto rows, services_.catalogue.burn_queue());
    std::set<SessionId> queued;
    for (const SessionRow& row : rows) queued.insert(row.id);
    schedule_.forget_parity_ready(queued);
    std::erase_if(waiting_, [&](const auto& note) { return !queued.contains(note.first); });
    std::erase_if(behind_, [&](SessionId session) { return !queued.contains(session); });
    const ConfigSnapshot config = services_.config.snapshot();
    std::vector<SessionRow> waiting;
    std::ranges::copy_if(rows, std::back_inserter(waiting), [&](const SessionRow& row) {
        return is_settled(row) && !waits_for_split(*config, schedule_, row) &&
               waits_for_parity(services_, schedule_, row);
    });
    const auto next = std::ranges::find_if(waiting, [&](const SessionRow& row) {
        const auto rest = waiting_.find(row.id);
        return rest == waiting_.end() || rest->second.ready(services_.clock.steady_now());
    });
    if (next == waiting.end() || schedule_.stopping) return false;
    for (auto behind = std::next(next); behind != waiting.end(); ++behind) wait_behind(*behind);
    if (auto prepared = prepare(*next); !prepared) {
        waits(*next, prepared.error());
        return true;
    }
    waiting_.erase(next->id);
    if (behind_.erase(next->id) != 0) tell_waits(services_, *next, "");
    schedule_.set_parity_ready(next->id);
    return true;
}

// Told once, unless its own try said why it waits.
void ParityLoop::wait_behind(const SessionRow& row) {
    if (!waiting_.contains(row.id) && behind_.insert(row.id).second) tell_waits(services_, row, kAfterOthers);
}

// Of sessions that were burned or given up, when the process ended before it could remove them.
Status ParityLoop::remove_what_nobody_needs() {
    BB_TRY(const auto rows, services_.catalogue.sessions(""));
    std::set<std::string> needed;
    for (const SessionRow& row : rows)
        if (row.state != SessionState::burned && row.state != SessionState::withdrawn)
            needed.insert(row.seal_id);
    const auto entries = list_folder(services_.state_fs, "recovery");
    if (!entries && entries.error().code == Errc::not_found) return {};
    if (!entries) return std::unexpected(entries.error());
    for (const DirEntry& entry : *entries)
        if (!needed.contains(std::string(whole_seal_id(entry.name))))
            BB_CHECK(remove_tree(services_.state_fs, join_path("recovery", entry.name)));
    return {};
}

// All files are there, with the content that the record has.
Result<bool> ParityLoop::is_whole(const std::string& seal_id, const Parity& parity) {
    for (const ParityFile& file : parity.files) {
        const auto there = digest_parity_file(services_.state_fs, seal_id, file.name);
        if (!there && there.error().code == Errc::not_found) return false;
        if (!there) return std::unexpected(there.error());
        if (*there != file) return false;
    }
    return true;
}

// The record first: files without one are nobody's.
Status ParityLoop::let_go(const std::string& seal_id) {
    const std::string record = parity_record_path(seal_id);
    const Status removed = services_.state_fs.remove(record);
    if (!removed && removed.error().code != Errc::not_found) return removed;
    BB_CHECK(services_.state_fs.sync_folder(std::string(parent_path(record))));
    return remove_parity_files(services_.state_fs, seal_id);
}

Status ParityLoop::prepare(const SessionRow& row) {
    auto recorded = read_parity(services_.state_fs, row.seal_id);
    if (!recorded && recorded.error().code != Errc::corrupt) return std::unexpected(recorded.error());
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    if (recorded && recorded->percent == 0 && !copies.empty()) return {};  // its first copy has none
    // All copies are as the first; without one the configuration decides.
    const ConfigSnapshot config = services_.config.snapshot();
    const ParityWish wish = recorded && !copies.empty()
                                ? ParityWish{recorded->layout, recorded->percent}
                                : ParityWish{config->burn.layout, config->burn.redundancy};
    if (recorded && recorded->percent != 0 && recorded->layout == wish.layout) {
        BB_TRY(const bool whole, is_whole(row.seal_id, *recorded));
        if (whole) return {};
        log::warning("recovery data damaged", log::kv("session", row.disc_name),
                     log::kv("folder", services_.state_fs.host_path(parity_folder(row.seal_id))));
    }
    if (wish.percent == 0) return copies.empty() ? let_go(row.seal_id) : not_as_the_first_copy(row);
    BB_TRY(const Parity made, make(row, wish));
    if (!copies.empty() && (!recorded || made != *recorded)) return not_as_the_first_copy(row);
    BB_CHECK(services_.state_fs.sync_all());
    BB_CHECK(replace_file(services_.state_fs, parity_record_path(row.seal_id), to_parity_record(made)));
    BB_TRY(const Parity read, read_parity(services_.state_fs, row.seal_id));
    if (read == made) return {};
    (void)services_.state_fs.remove(parity_record_path(row.seal_id));
    return fail(Errc::corrupt,
                fmt::format("the record of the recovery data of {}/{} is not read as it was written",
                            row.account, row.disc_name));
}

Result<Parity> ParityLoop::make(const SessionRow& row, const ParityWish& wish) {
    BB_TRY(SealedSession sealed, read_seal(services_.state_fs, row));
    sealed.parity = {};
    BB_CHECK(services_.catalogue.set_reason(row.id, "its recovery data is made first"));
    behind_.insert(row.id);  // until it is made
    Watcher watcher(services_, schedule_, row);
    auto made = make_parity_files(services_, row, sealed, wish,
                                  [&](const Progress& progress) { return watcher.go_on(progress); });
    if (!made) {
        (void)remove_parity_files(services_.state_fs, row.seal_id);
        return made;
    }
    log::info("recovery data made", log::kv("account", row.account), log::kv("session", row.disc_name),
              log::kv("percent", made->percent), log::kv("files", made->files.size()),
              log::kv("bytes", parity_bytes({.account = {},
                                             .disc_name = {},
                                             .sealed_at = {},
                                             .marker = {},
                                             .manifest = {},
                                             .parity = *made},
                                            0)));
    return made;
}

void ParityLoop::waits(const SessionRow& row, const Error& error) {
    waiting_[row.id].failed(services_.clock.steady_now());
    const auto now = services_.catalogue.session(row.id);
    if (error.code == Errc::cancelled || !now || now->state != SessionState::queued)
        return;  // taken back meanwhile
    log::warning("recovery data not made", log::kv("session", row.disc_name), log::kv(error));
    // What is wrong with the session itself needs a person; of all else somebody is told, and it is tried
    // again.
    if (error.code != Errc::corrupt) {
        if (error.code != Errc::busy) schedule_.needs_person(row.id, error.message);
        return tell_waits(services_, row, error.message);
    }
    const Status failed =
        services_.catalogue.step(row.id, SessionState::queued, SessionState::failed, error.message);
    if (failed) schedule_.add_ended(row.whole_or_self());
    if (!failed)
        log::warning("reason not stored", log::kv("session", row.disc_name), log::kv(failed.error()));
}

}  // namespace burnbox
