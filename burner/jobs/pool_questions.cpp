// What is asked before a session is sealed: whether it fits, how much room there is, whether a disc would
// show it as it is.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "burner/jobs/burner_state.hpp"
#include "burner/prepare/seal_proof.hpp"
#include "burner/rules/parts_plan.hpp"
#include "common/base/text.hpp"

namespace burnbox {

Status Burner::check_fits(const std::string& pool, const Manifest& manifest) const {
    const ConfigSnapshot config = state_->services.config.snapshot();
    const auto found = config->pools.find(pool);
    if (found == config->pools.end())
        return fail(
            Errc::invalid,
            fmt::format(
                "there is no pool {} in the configuration: add pools.{} or give the account another one",
                pool, pool));
    const BurnConfig& burn = config->burn;
    const std::uint64_t needed = needed_bytes(manifest, burn.redundancy);
    if (burn.span) {
        const std::uint64_t capacity =
            part_capacity_bytes(state_->schedule, found->second, found->second.copies);
        if (capacity == 0 || needed <= capacity) return {};
        const std::string longest(255, 'n');  // its names are not known yet
        const auto parts = plan_parts(manifest, longest, longest, capacity, burn.redundancy);
        return parts ? Status() : std::unexpected(parts.error());
    }
    const unsigned copies = found->second.copies;
    const std::uint64_t largest = state_->schedule.blank_bytes_for(found->second.drives, copies);
    if (largest == 0 || needed <= largest) return {};
    const std::string takes =
        copies == 1 ? fmt::format("the largest blank disc of pool {} takes", pool)
                    : fmt::format("pool {} burns {} copies in as many drives, of which the smallest takes",
                                  pool, copies);
    return fail(Errc::does_not_fit,
                fmt::format("it needs {} ({} bytes) on disc, and {} {} ({} bytes): split it into several "
                            "sessions, set burn.span: true, or use drives with larger discs",
                            human_bytes(needed), needed, takes, human_bytes(largest), largest));
}

Result<Proof> Burner::prove(const std::string& seal_id) const {
    return prove_seal(state_->services, seal_id);
}

Result<std::optional<PoolRoom>> Burner::room(const std::string& pool) const {
    const ConfigSnapshot config = state_->services.config.snapshot();
    const auto found = config->pools.find(pool);
    if (found == config->pools.end()) return std::nullopt;
    BB_TRY(auto discs, state_->services.catalogue.discs());
    for (DiscRow& disc : discs) {
        if (disc.state != DiscState::open || disc.pool != pool) continue;
        BB_TRY(const std::uint64_t tree, state_->trees.bytes_on(disc));
        disc.free_bytes -= std::min(disc.free_bytes, tree);
    }
    std::vector<PoolDrive> drives;
    for (const std::string& name : found->second.drives) {
        PoolDrive drive{.name = name, .blank_capacity_bytes = state_->schedule.largest_blank_bytes({name})};
        const auto drive_config = config->drives.find(name);
        if (drive_config != config->drives.end() && drive_config->second.blanks)
            drive.has_blanks =
                std::cmp_less(std::ranges::count(discs, name, &DiscRow::drive), *drive_config->second.blanks);
        drives.push_back(std::move(drive));
    }
    return pool_room(discs, pool, drives, found->second.copies);
}

}  // namespace burnbox
