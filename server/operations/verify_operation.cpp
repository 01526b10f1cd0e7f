#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/control/columns.hpp"
#include "server/operations/session_lookup.hpp"
#include "server/operations/session_operations.hpp"

namespace burnbox {
namespace {

// Says every tenth part that is done. A client that left is not talked to, the reading goes on.
class Tenths final : public BurnObserver {
  public:
    Tenths(std::weak_ptr<CommandSink> sink, std::string what)
        : sink_(std::move(sink)), what_(std::move(what)) {}

    Status about_to_write(const BurnPlan& /*plan*/) override {
        return fail(Errc::unsupported, "verify: nothing may be written");
    }
    void progress(const Progress& progress) override {
        const unsigned tenth = percent(progress.done_bytes, progress.total_bytes) / 10;
        if (tenth <= said_ || tenth >= 10) return;
        said_ = tenth;
        if (const auto sink = sink_.lock()) sink->error(fmt::format("{}: {} %", what_, tenth * 10));
    }

  private:
    std::weak_ptr<CommandSink> sink_;
    std::string what_;
    unsigned said_ = 0;
};

// True when every entry is as sealed.
bool verify_one(const Asked& asked, const DiscSessionRow& place) {
    const std::string what = fmt::format("{} disc session {}: {}", place.disc_label, place.disc_session,
                                         name_for(asked, place.account, place.session_name));
    Tenths observer(asked.sink, what);
    const auto report = asked.services.verify(place, observer);
    if (!report) {
        asked.sink->error(fmt::format("{}: {}", what, report.error().message));
        return false;
    }
    for (const std::string& mismatch : report->mismatches)
        asked.sink->error(fmt::format("{}: {}", what, escape(mismatch)));
    for (const std::string& sentence : report->repair)
        asked.sink->error(fmt::format("{}: {}", what, sentence));
    if (!report->mismatches.empty()) {
        asked.sink->out(fmt::format("{}: differs\n", what));
        return false;
    }
    asked.sink->out(fmt::format("{}: ok, {}, {}\n", what, count_text(report->files_checked, "file", "files"),
                                human_bytes(report->bytes_checked)));
    return true;
}

// A disc's label, or a session's name.
Result<std::vector<DiscSessionRow>> places_of(const Asked& asked) {
    const std::string& name = asked.operation.argument;
    BB_TRY(const auto disc, asked.services.catalogue.find_disc(name));
    if (disc) {
        BB_TRY(auto places, asked.services.catalogue.disc_sessions(disc->id));
        if (places.empty())
            return fail(Errc::not_found, fmt::format("disc {} holds no verified session", escape(name)));
        return places;
    }
    auto row = find_sealed_session(asked, name, {SessionState::burned});
    if (!row && row.error().code == Errc::not_found)
        return fail(Errc::not_found,
                    fmt::format("there is no disc and no session \"{}\"; `discs` and `sessions` list them",
                                escape(name)));
    if (!row) return std::unexpected(row.error());
    BB_TRY(auto places, asked.services.catalogue.copies(row->id));
    if (places.empty())
        return fail(Errc::not_found,
                    fmt::format("{} is {}, it is on no disc {}",
                                name_for(asked, row->account, row->disc_name), to_string(row->state),
                                row->state != SessionState::burned ? "yet"
                                : row->reason.empty()              ? "that the catalogue knows"
                                                      : "that the catalogue knows: " + row->reason));
    return places;
}

}  // namespace

void run_verify(const Asked& asked) {
    const auto places = places_of(asked);
    if (!places) return asked.failed(places.error().message);
    bool good = true;
    for (const DiscSessionRow& place : *places) good = verify_one(asked, place) && good;
    asked.sink->finish(good ? 0 : 1);
}

}  // namespace burnbox
