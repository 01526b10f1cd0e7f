#include "server/seal/seal_commit.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/staged_copy.hpp"
#include "common/session/names.hpp"
#include "common/storage/durable_file.hpp"
#include "server/withdraw/gone_session.hpp"

namespace burnbox::upload {
namespace {

constexpr unsigned kMostNames = 100;  // others of the same name sealed in the same moment

// Of a seal that came to nothing.
void remove_seal_files(FileSystem& state_fs, const SessionRow& row) {
    (void)state_fs.remove(seal_record_path(row.seal_id));
    (void)remove_staged_copy(state_fs, row);
}

SessionRow new_row(const SealOrigin& origin, const OpenSession& session, const SealContent& content) {
    return {.account = origin.account(),
            .name = session.name,
            .disc_name = {},
            .pool = content.pool,
            .copies = copies_of(origin.services().config, content.pool),
            .folder = origin.folder(session),
            .folder_next = {},
            .seal_id = origin.seal_id(),
            .content_digest = content.manifest.content_digest(),
            .marker_name = content.marker.name,
            .marker_sha256 = content.marker.sha256,
            .bytes = content.manifest.payload_bytes(),
            .files_count = content.manifest.files_count(),
            .sealed_at = origin.services().clock.now(),
            .burned_at = {},
            .verified_at = {},
            .reason = {},
            .staging = origin.services().inbox.area()};
}

// Those who read the record later read what was sealed.
SealStep<void> read_record_back(FileSystem& state_fs, const SealedSession& sealed, const SessionRow& row) {
    const auto parsed = read_seal_record(state_fs, row.seal_id);
    if (!parsed && parsed.error().code != Errc::corrupt) return seal_failed(parsed.error());
    if (parsed && *parsed == sealed) return {};
    return refuse_seal(
        row.name,
        fmt::format("it can't be written down so that it can be read again{}; this is a fault of "
                    "burnbox: please report it",
                    parsed ? "" : ": " + parsed.error().message),
        Errc::disproved);
}

SealStep<void> prove_record(const UploadServices& services, const SessionRow& row) {
    auto proof = services.prove(row.seal_id);
    if (!proof) return seal_failed(std::move(proof).error());
    if (proof->good()) return {};
    auto refused = refuse_seal(
        row.name,
        fmt::format("a disc would not show it as it was sent: {}; rename or change what is named here",
                    to_sentence(*proof)),
        Errc::disproved);
    refused.error().findings = std::move(proof->findings);
    return refused;
}

// What is promised with the answer can be carried out: the record is durable, is read as it was written, and
// a disc made of it would show what was sealed.
SealStep<void> write_record(const UploadServices& services, const SealedSession& sealed,
                            const SessionRow& row) {
    const Status written =
        replace_file(services.state_fs, seal_record_path(row.seal_id), to_seal_record(sealed));
    if (!written) return seal_failed(written.error());
    auto good = read_record_back(services.state_fs, sealed, row);
    if (good) good = prove_record(services, row);
    if (!good) remove_seal_files(services.state_fs, row);
    return good;
}

}  // namespace

std::string sealed_sentence(const SessionRow& row) {
    if (row.disc_name == row.name) return fmt::format("{} is sealed", escape(row.name));
    return fmt::format("{} is sealed as {}", escape(row.name), escape(row.disc_name));
}

SealStep<SessionRow> commit_seal(const SealOrigin& origin, const OpenSession& session,
                                 const SealContent& content) {
    const UploadServices& services = origin.services();
    SessionRow row = new_row(origin, session, content);
    const auto folder_next = services.inbox.first_free_folder(row.account, session.name, FolderState::queued);
    if (!folder_next) return seal_failed(folder_next.error());
    row.folder_next = base_name(*folder_next);
    // Before the commit point, so that what the row promises is there.
    if (make_staged_copy(services.state_fs, row, origin.fs().host_path(origin.top(session)),
                         content.manifest))
        log::debug("session copied by reflink", log::kv("session", row.name));
    if (const Status given_up = give_up_gone_session(services, row.account, session.name); !given_up)
        return seal_failed(given_up.error());
    Error last{Errc::exists, 0, fmt::format("no free disc name for {}", escape(row.name))};
    for (unsigned attempt = 0; attempt < kMostNames; ++attempt) {
        const auto taken = services.catalogue.disc_names(row.account);
        if (!taken) return seal_failed(taken.error());
        row.disc_name = first_free_disc_name(row.name, *taken);
        const SealedSession sealed{.account = row.account,
                                   .disc_name = row.disc_name,
                                   .sealed_at = std::chrono::floor<std::chrono::seconds>(row.sealed_at),
                                   .marker = content.marker,
                                   .manifest = content.manifest,
                                   .removed = content.removed,
                                   .name_notes = name_notes_of(content.manifest)};
        if (auto written = write_record(services, sealed, row); !written)
            return std::unexpected(std::move(written).error());
        const auto id = services.catalogue.add_session(row);
        if (id) {
            row.id = *id;
            return row;
        }
        last = id.error();
        if (last.code != Errc::exists) break;
    }
    // A commit may have reported an error and still be durable: then the row refers to the record.
    const auto there = services.catalogue.find_session(row.account, row.disc_name);
    if (there && *there && (*there)->seal_id == row.seal_id) return **there;
    if (!there) return seal_failed(last);
    remove_seal_files(services.state_fs, row);
    return seal_failed(last);
}

}  // namespace burnbox::upload
