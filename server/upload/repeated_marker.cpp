#include "server/upload/repeated_marker.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/seal/seal_rules.hpp"

namespace burnbox::upload {

Result<std::size_t> RepeatedMarker::read_at(std::span<std::byte> /*buffer*/, std::uint64_t /*offset*/) {
    return fail(Errc::permission, "the file was opened for writing only");
}

Status RepeatedMarker::write_at(std::span<const std::byte> data, std::uint64_t offset) {
    in_order_ = in_order_ && offset == size_bytes_;
    if (in_order_) hasher_.update(data);
    size_bytes_ = std::max(size_bytes_, offset + data.size());
    return {};
}

Result<FileInfo> RepeatedMarker::info() {
    FileInfo info;
    info.size_bytes = size_bytes_;
    info.mode = 0644;
    return info;
}

std::optional<Sha256> RepeatedMarker::digest() {
    return in_order_ ? std::optional(hasher_.finish()) : std::nullopt;
}

bool is_repeated_marker(const SessionRegistry& registry, const ResolvedPath& place) {
    return place.is_sealed_or_sealing() && is_marker_of(registry, place);
}

bool is_marker_of(const SessionRegistry& registry, const ResolvedPath& place) {
    const std::string& inside = place.path.inside;
    if (is_marker_name(registry, inside)) return true;
    return !inside.empty() && inside == (place.alias ? place.alias->marker : place.session->marker_asked);
}

namespace {

// The disk pool. `sealed`: what its seal was answered while this one came, if it did.
Result<std::string> answer_for(SessionRegistry& registry, const Account& account, const std::string& name,
                               const std::optional<Sha256>& digest, const std::string& sealed) {
    if (digest) {
        Marker marker;
        marker.sha256 = *digest;
        BB_TRY(const auto twice, find_sent_twice(registry.services, account.name, name, marker));
        if (twice) return sealed.empty() ? fmt::format("{} is already sealed", escape(name)) : sealed;
    }
    return fail(Errc::permission, fmt::format("{} is sealed", escape(name)));
}

}  // namespace

void answer_repeated_marker(const std::shared_ptr<SessionRegistry>& registry,
                            const std::shared_ptr<Account>& account, const ResolvedPath& place,
                            const std::optional<Sha256>& digest, Done done) {
    AfterUnlock after;
    const std::lock_guard lock(account->mutex);
    const std::string name = place.alias ? place.alias->name : place.path.folder;
    const auto answer_later = [registry, account, name, digest, done](const std::string& sealed) {
        registry->services.run_blocking([=] { done(answer_for(*registry, *account, name, digest, sealed)); });
    };
    if (place.where == Where::alias) return after.add([answer_later] { answer_later(""); });
    OpenSession& session = *place.session;
    const bool by_command = session.marker_asked.empty();
    const auto answer = [answer_later, by_command, done](const Result<std::string>& result) {
        if (!result || by_command) return done(result);
        answer_later(*result);
    };
    if (session.phase == Phase::sealing)
        session.waiting.emplace_back(answer);
    else if (session.phase == Phase::sealed)
        after.add([answer, result = session.sealed_answer] { answer(result); });
    else if (session.last_refusal)
        after.add([answer, error = *session.last_refusal] { answer(std::unexpected(error)); });
    else
        after.add(
            [answer] { answer(fail(Errc::conflict, "the seal was not finished; send the marker again")); });
}

}  // namespace burnbox::upload
