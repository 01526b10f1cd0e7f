#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/lease/write_lease.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/upload/inbox_client.hpp"
#include "server/upload/repeated_transfer.hpp"

namespace burnbox::upload {
namespace {

// What may come before measure() sees it: the client is then told by us, and not by a failing write.
constexpr std::uint64_t kBetweenMeasures = std::uint64_t{256} << 20U;

class ReadLease final : public Lease {
  public:
    explicit ReadLease(Terms leased) : leased_(std::move(leased)) {}
    [[nodiscard]] const Terms& terms() const override { return leased_; }
    [[nodiscard]] Status measure() override { return {}; }
    void give_back(bool /*ended_well*/, Done done) override { done(std::string()); }

  private:
    const Terms leased_;
};

std::string relative(const std::string& path, bool trailing_slash) {
    if (path.empty()) return "./";
    return "./" + path + (trailing_slash ? "/" : "");
}

// The session's folder, in the inbox file system.
std::string top_of(const ResolvedPath& place) {
    if (place.path.inside.empty()) return place.fs_path;
    return place.fs_path.substr(0, place.fs_path.size() - place.path.inside.size() - 1);
}

}  // namespace

Result<ResolvedPath> InboxClient::find_leased(const LeaseRequest& request) {
    BB_TRY(const ResolvedPath first, find(request.paths.front()));
    if (first.where == Where::inbox)
        return fail(Errc::invalid,
                    "the inbox itself holds sessions only; name one: rsync -a FOLDER HOST:NAME/ up, rsync -a "
                    "HOST:NAME/ "
                    "FOLDER down");
    for (const std::string& path : request.paths) {
        BB_TRY(const ResolvedPath other, find(path));
        if (other.path.folder != first.path.folder)
            return fail(Errc::invalid, "one rsync reads from one session: name paths in one of them");
    }
    return first;
}

Result<std::unique_ptr<Lease>> InboxClient::lease_for_reading(const ResolvedPath& place,
                                                              const LeaseRequest& request) {
    if (!account_->terms.rights().read)
        return fail(Errc::permission,
                    fmt::format("the account {0} may not read (accounts.{0}.rights)", account_->name));
    if (place.where == Where::missing)
        return fail(Errc::not_found, fmt::format("{}: no such session", escape(place.path.text())));
    const std::string top = top_of(place);
    Lease::Terms leased{.folder = registry_->inbox().host_path(top),
                        .start_in = registry_->inbox().host_path(account_->name),
                        .paths = {}};
    for (const std::string& path : request.paths) {
        BB_TRY(const ResolvedPath one, find(path));
        leased.paths.push_back(relative(join_path(base_name(top), one.path.inside), one.path.trailing_slash));
    }
    return std::make_unique<ReadLease>(std::move(leased));
}

Result<std::unique_ptr<Lease>> InboxClient::lease_for_writing(ResolvedPath place,
                                                              const LeaseRequest& request) {
    if (RepeatedTransfer::may_be(place)) {
        BB_CHECK(check_upload_right(*account_));
        return RepeatedTransfer::begin(registry_, account_, place);
    }
    BB_CHECK(check_changeable(*account_, place));
    BB_CHECK(check_new_name(place));
    if (request.deletes) BB_CHECK(check_remove_right(*account_));
    const bool made = place.where == Where::missing;
    if (made && place.path.is_top() && !place.path.trailing_slash && !request.makes_folders)
        return fail(Errc::permission,
                    fmt::format("{} would be a plain file directly in the inbox; upload into a folder: "
                                "rsync -a FILE HOST:NAME/",
                                escape(place.path.text())));
    if (!made && place.session->leased)
        return fail(Errc::busy, fmt::format("another rsync is writing into {}; wait until it ends",
                                            escape(place.path.folder)));
    const bool alone = request.writes_into_files && !request.manner.dry_run;
    if (const auto writing = made ? std::vector<std::string>() : place.session->paths_being_written("");
        alone && !writing.empty())
        return fail(Errc::busy,
                    fmt::format("an rsync that writes into files in place can't begin while others are being "
                                "written in {}: {}; wait until they are complete",
                                escape(place.path.folder), list_names(writing)));
    BB_CHECK(make_session(place));
    const std::string folder = registry_->inbox().host_path(top_of(place));
    const std::uint64_t quota = account_->terms.quota_bytes();
    Lease::Terms leased{.folder = folder,
                        .start_in = folder,
                        .paths = {relative(place.path.inside, place.path.trailing_slash)},
                        .most_file_bytes = quota == 0 ? 0 : quota + kBetweenMeasures,
                        .may_read = account_->terms.rights().read};
    note_change(place);
    place.session->leased = true;
    place.session->leased_alone = alone;
    return std::make_unique<WriteLease>(
        registry_, account_, place.session, std::move(leased),
        WriteLease::Facts{.connection = id_, .made_session = made, .manner = request.manner});
}

void InboxClient::lease(const LeaseRequest& request, LeaseDone done) {
    AfterUnlock after;
    const std::lock_guard lock(account_->mutex);
    const auto refuse = [&](Error error) {
        after.add([done, error = std::move(error)] { done(std::unexpected(error)); });
    };
    BB_ASSERT(!request.paths.empty());
    const auto place = find_leased(request);
    if (!place) return refuse(place.error());
    auto lease = request.writes ? lease_for_writing(*place, request) : lease_for_reading(*place, request);
    if (!lease) return refuse(std::move(lease).error());
    // A function that is copied can't hold what has one owner.
    auto shared = std::make_shared<std::unique_ptr<Lease>>(std::move(*lease));
    after.add([registry = registry_, shared, done] {
        registry->services.run_blocking([shared, done] {
            auto* const writing = dynamic_cast<WriteLease*>(shared->get());
            const Status prepared = writing != nullptr ? writing->prepare() : Status();
            if (prepared) return done(std::move(*shared));
            (*shared)->give_back(false, [](const Result<std::string>&) {});
            done(std::unexpected(prepared.error()));
        });
    });
}

}  // namespace burnbox::upload
