#include "burner/jobs/fewer_copies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/catalogue/copy_rules.hpp"

namespace burnbox {
namespace {

std::string count_text(std::size_t copies) {
    return fmt::format("{} {}", copies, copies == 1 ? "copy" : "copies");
}

std::string name_of(const SessionRow& row) {
    return escape(row.account) + "/" + escape(row.disc_name);
}

Result<PoolConfig> find_pool(const BurnerServices& services, const std::string& name) {
    const ConfigSnapshot config = services.config.snapshot();
    const auto found = config->pools.find(name);
    if (found != config->pools.end()) return found->second;
    return fail(
        Errc::invalid,
        fmt::format("the configuration has no pool {0}: name one so (pools.{0}), or give another one with "
                    "--pool NAME",
                    escape(name)));
}

// Each from another drive.
Result<unsigned> copies_within_reach(Catalogue& catalogue, const SessionRow& row, const PoolConfig& pool) {
    BB_TRY(const auto counting, counting_copies(catalogue, row.id));
    const auto more = std::ranges::count_if(pool.drives, [&](const std::string& drive) {
        return std::ranges::find(counting, drive, &DiscSessionRow::drive) == counting.end();
    });
    return static_cast<unsigned>(std::max<std::size_t>(counting.size() + static_cast<std::size_t>(more), 1));
}

// What is burned as it is: the session, or those of its parts that wait.
Result<std::vector<SessionRow>> who_waits(Catalogue& catalogue, const SessionRow& row) {
    std::vector<SessionRow> rows = {row};
    if (row.parts != 0) {
        BB_TRY(rows, catalogue.parts(row.id));
    }
    std::erase_if(rows, [](const SessionRow& one) { return one.state != SessionState::queued; });
    return rows;
}

struct Accepted {
    unsigned promised = 0;  // the most of those that get fewer
    unsigned copies = 0;    // the fewest
    bool burned = true;     // all of them
};

}  // namespace

Result<std::string> accept_fewer_copies(const BurnerServices& services, Schedule& schedule, SessionId session,
                                        const std::string& pool_name) {
    Catalogue& catalogue = services.catalogue;
    BB_TRY(const SessionRow row, catalogue.session(session));
    BB_TRY(const auto waiting, who_waits(catalogue, row));
    if (waiting.empty())
        return fail(Errc::conflict,
                    fmt::format("{} is {}: it does not wait", name_of(row), to_string(row.state)));
    BB_TRY(const PoolConfig pool, find_pool(services, pool_name.empty() ? row.pool : pool_name));
    if (pool.name != row.pool) BB_CHECK(catalogue.set_pool(row.id, pool.name));
    Accepted accepted;
    for (const SessionRow& one : waiting) {
        BB_TRY(const unsigned most, copies_within_reach(catalogue, one, pool));
        const unsigned promised = one.copies == 0 ? pool.copies : one.copies;
        const unsigned copies = std::min(promised, most);
        if (copies != one.copies) BB_CHECK(catalogue.set_copies(one.id, copies));
        BB_TRY(const bool burned, catalogue.complete_copies(one.id));
        accepted.burned = accepted.burned && burned;
        if (burned) schedule.add_ended(one.whole_or_self());
        if (copies == promised) continue;
        accepted.promised = std::max(accepted.promised, promised);
        accepted.copies = accepted.copies == 0 ? copies : std::min(accepted.copies, copies);
    }
    if (accepted.promised == 0 && pool.name == row.pool)
        return fail(Errc::conflict,
                    fmt::format("{} is {}: pool {} can burn as many copies as were promised{}", name_of(row),
                                to_string(row.state), escape(pool.name),
                                row.reason.empty() ? "" : "; it waits because " + row.reason));
    std::string text = fmt::format("{} is {}", name_of(row), accepted.burned ? "burned" : "queued");
    if (pool.name != row.pool) text += fmt::format(" in pool {}", escape(pool.name));
    if (accepted.promised != 0)
        text += fmt::format(", with {} instead of {}", count_text(accepted.copies), accepted.promised);
    log::warning("fewer copies accepted by hand", log::kv("account", row.account),
                 log::kv("session", row.disc_name), log::kv("pool", pool.name), log::kv("what", text));
    return text;
}

}  // namespace burnbox
