#include "server/upload/repeated_transfer.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "server/files/hash_files.hpp"
#include "server/seal/seal_rules.hpp"
#include "server/upload/repeated_marker.hpp"

namespace burnbox::upload {
namespace {

std::string target_in(const ResolvedPath& place) {
    return "./" + place.path.inside + (place.path.inside.empty() || !place.path.trailing_slash ? "" : "/");
}

}  // namespace

bool RepeatedTransfer::may_be(const ResolvedPath& place) {
    const VirtualPath& path = place.path;
    const bool is_at_top =
        path.is_top() || (path.inside.find('/') == std::string::npos && !path.trailing_slash);
    return place.is_sealed_or_sealing() && is_at_top;
}

Result<std::unique_ptr<Lease>> RepeatedTransfer::begin(std::shared_ptr<SessionRegistry> registry,
                                                       std::shared_ptr<Account> account,
                                                       const ResolvedPath& place) {
    std::string folder = join_path(account->name, hidden_folder(random_uuid()));
    BB_CHECK(registry->inbox().make_folder(folder, 0755));
    return std::unique_ptr<Lease>(
        new RepeatedTransfer(std::move(registry), std::move(account), place, std::move(folder)));
}

RepeatedTransfer::RepeatedTransfer(std::shared_ptr<SessionRegistry> registry,
                                   std::shared_ptr<Account> account, const ResolvedPath& place,
                                   std::string folder)
    : registry_(std::move(registry)),
      account_(std::move(account)),
      place_(place),
      folder_(std::move(folder)),
      terms_{.folder = registry_->inbox().host_path(folder_),
             .start_in = registry_->inbox().host_path(folder_),
             .paths = {target_in(place_)},
             .most_file_bytes = kMostListBytes} {}

RepeatedTransfer::~RepeatedTransfer() {
    const Status removed = remove_tree(registry_->inbox(), folder_);
    if (!removed && removed.error().code != Errc::not_found)
        log::warning("arriving folder not removed", log::kv("folder", folder_),
                     log::kv("remedy", "the next start does it"), log::kv(removed.error()));
}

Status RepeatedTransfer::refusal() const {
    return fail(
        Errc::permission,
        fmt::format("{} is {}", escape(place_.path.folder),
                    place_.where == Where::alias ? "sealed" : "being sealed, and takes no other files"));
}

Result<std::string> RepeatedTransfer::only_file() const {
    BB_TRY(const auto entries, list_folder(registry_->inbox(), folder_));
    if (entries.size() > 1) BB_CHECK(refusal());
    if (entries.empty() || entries.front().type != FileType::file) return std::string();
    return entries.front().name;
}

// Whoever sends the whole session again is told before all of it has come.
Status RepeatedTransfer::measure() {
    const auto file = only_file();
    return file ? Status() : Status(std::unexpected(file.error()));
}

void RepeatedTransfer::give_back(bool ended_well, Done done) {
    const auto name = only_file();
    const bool has_come = ended_well && name && !name->empty();
    const auto hashed = has_come ? hash_file(registry_->inbox(), join_path(folder_, *name))
                                 : Result<HashedFile>(std::unexpected(refusal().error()));
    ResolvedPath marker = place_;
    if (has_come) marker.path.inside = *name;
    if (!hashed || !is_marker_of(*registry_, marker)) return done(std::unexpected(refusal().error()));
    answer_repeated_marker(registry_, account_, marker, hashed->sha256, std::move(done));
}

}  // namespace burnbox::upload
