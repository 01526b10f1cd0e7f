#include "burner/prepare/splitter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/prepare/seal_proof.hpp"
#include "burner/rules/parts_plan.hpp"
#include "burner/schedule/burn_job.hpp"
#include "burner/schedule/tell_status.hpp"
#include "common/base/log.hpp"
#include "common/marks/found_again.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox {

namespace {

// What its pool takes as the configuration is now: another pool, or other drives, may have smaller discs.
Schedule::Fit fit_of(const Config& config, const Schedule& schedule, const SessionRow& row) {
    const auto pool = config.pools.find(row.pool);
    const std::uint64_t bytes =
        pool == config.pools.end() ? 0 : part_capacity_bytes(schedule, pool->second, row.copies);
    return {bytes, config.burn.redundancy};
}

}  // namespace

bool waits_for_split(const Config& config, const Schedule& schedule, const SessionRow& row) {
    return config.burn.span && !row.is_part() && !schedule.fits_a_disc(row.id, fit_of(config, schedule, row));
}

std::uint64_t part_capacity_bytes(const Schedule& schedule, const PoolConfig& pool, unsigned copies) {
    return schedule.blank_bytes_for(pool.drives, std::min(copies, static_cast<unsigned>(pool.drives.size())));
}

Result<bool> Splitter::run_once() {
    const ConfigSnapshot config = services_.config.snapshot();
    if (!config->burn.span) return false;
    return rest_.run(services_.clock, [this] { return step(); });
}

Result<bool> Splitter::step() {
    BB_TRY(const auto rows, services_.catalogue.burn_queue());
    std::set<SessionId> queued;
    for (const SessionRow& row : rows) queued.insert(row.id);
    schedule_.forget_fits(queued);
    std::erase_if(waiting_, [&](const auto& note) { return !queued.contains(note.first); });
    bool did = false;
    const ConfigSnapshot config = services_.config.snapshot();
    for (const SessionRow& row : rows) {
        if (schedule_.stopping || !waits_for_split(*config, schedule_, row)) continue;
        const auto rest = waiting_.find(row.id);
        if (rest != waiting_.end() && !rest->second.ready(services_.clock.steady_now())) continue;
        did = true;
        const Status looked = look_at(row);
        if (!looked && looked.error().origin == Origin::catalogue) return std::unexpected(looked.error());
        if (looked)
            waiting_.erase(row.id);
        else
            waits(row, looked.error());
    }
    return did;
}

// Those behind it may go on.
void Splitter::waits(const SessionRow& row, const Error& error) {
    waiting_[row.id].failed(services_.clock.steady_now());
    log::warning("session not looked at", log::kv("account", row.account), log::kv("session", row.disc_name),
                 log::kv(error));
    if (error.code != Errc::busy) schedule_.needs_person(row.id, error.message);
    tell_waits(services_, row, error.message);
}

SteadyTime Splitter::next_time() const {
    SteadyTime next = rest_.next_time();
    for (const auto& [session, backoff] : waiting_) next = std::min(next, backoff.until());
    return next;
}

// One with a copy stays as it is: its copies are the same. One whose record is damaged is not ours to fail.
Status Splitter::look_at(const SessionRow& row) {
    const ConfigSnapshot config = services_.config.snapshot();
    const Schedule::Fit fit = fit_of(*config, schedule_, row);
    const auto sealed = read_seal(services_.state_fs, row);
    if (!sealed && sealed.error().code != Errc::corrupt) return std::unexpected(sealed.error());
    BB_TRY(const auto copies, services_.catalogue.copies(row.id));
    if (!sealed || fit.disc_bytes == 0 || !copies.empty() ||
        needed_bytes(sealed->manifest, fit.redundancy) <= fit.disc_bytes) {
        schedule_.set_fits_a_disc(row.id, fit);
        return {};
    }
    return split(row, *sealed, fit.disc_bytes);
}

Status Splitter::give_up(const SessionRow& row, const std::string& reason) {
    const Status failed =
        services_.catalogue.step(row.id, SessionState::queued, SessionState::failed, reason);
    if (!failed && failed.error().code != Errc::conflict) return failed;
    schedule_.add_ended(row.id);
    return {};
}

// Of its record as it was written.
Result<Proof> Splitter::prove_part(const SessionRow& row, const SealedSession& part) {
    BB_TRY(const SealedSession read, read_seal(services_.state_fs, row));
    if (read != part) return Proof{{{"", "its record is not read as it was written"}}};
    return prove_seal(services_, row.seal_id);
}

Status Splitter::split(const SessionRow& row, const SealedSession& sealed, std::uint64_t capacity_bytes) {
    const ConfigSnapshot config = services_.config.snapshot();
    auto manifests =
        plan_parts(sealed.manifest, row.account, row.disc_name, capacity_bytes, config->burn.redundancy);
    if (!manifests) return give_up(row, manifests.error().message);
    std::vector<SessionRow> rows;
    for (const SealedSession& part : make_parts(sealed, row.seal_id, std::move(*manifests))) {
        SessionRow& next = rows.emplace_back(row_of_seal(part));
        next.seal_id = part_seal_id(row.seal_id, part.part->number);
        BB_CHECK(replace_file(services_.state_fs, seal_record_path(next.seal_id), to_seal_record(part)));
        BB_TRY(const Proof proof, prove_part(next, part));
        if (!proof.good())
            return give_up(row,
                           part.disc_name + " would not be on a disc as it was sent: " + to_sentence(proof));
    }
    const Status done = services_.catalogue.split_session(row.id, rows);
    if (!done && done.error().code != Errc::conflict && done.error().code != Errc::not_found) return done;
    if (!done) return {};  // taken back meanwhile
    log::info("session split", log::kv("account", row.account), log::kv("session", row.disc_name),
              log::kv("parts", rows.size()), log::kv("bytes", row.bytes));
    SessionRow whole = row;
    whole.parts = static_cast<unsigned>(rows.size());
    StatusFacts facts;
    facts.state = "queued";
    tell_status(services_, whole, facts);
    return {};
}

}  // namespace burnbox
