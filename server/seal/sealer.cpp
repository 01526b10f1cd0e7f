#include "server/seal/sealer.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/own_status.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/session/names.hpp"
#include "common/session/time_notes.hpp"
#include "common/storage/durable_file.hpp"
#include "server/refusal/taken_names.hpp"
#include "server/seal/seal_commit.hpp"
#include "server/seal/seal_withdrawal.hpp"

namespace burnbox::upload {
namespace {

// What the disc shows in another way, for the sender of the marker; it is logged too.
std::string notes_on(const SessionRow& row, const Manifest& manifest) {
    std::string all;
    const auto note = [&](std::string_view what, const std::string& sentence) {
        if (sentence.empty()) return;
        log::warning(what, log::kv("session", row.account + "/" + row.disc_name),
                     log::kv("reason", sentence));
        all += "; " + sentence;
    };
    note("names that some programs can't take", name_notes_sentence(name_notes_of(manifest)));
    note("times that no disc holds", time_notes_sentence(time_notes_of(manifest)));
    return all;
}

// The disk or the catalogue failed: whoever sent the marker is told what that means for him.
NoSeal try_again(NoSeal why) {
    if (why.kind == NoSeal::Kind::failed) why.error.message += "; it is not sealed: try again";
    return why;
}

NoSeal failure(Error error) {
    return {.kind = NoSeal::Kind::failed, .error = std::move(error)};
}

}  // namespace

void Sealer::run() {
    const auto sealed = seal();
    if (!sealed) leave_open(sealed.error());
    if (!sealed) findings_ = sealed.error().findings;
    AfterUnlock after;
    const std::lock_guard lock(origin_.mutex());
    for (Done& done : session_.waiting) {
        if (sealed)
            after.add([done = std::move(done), answer = *sealed] { done(answer); });
        else
            after.add(
                [done = std::move(done), error = sealed.error().error] { done(std::unexpected(error)); });
    }
    session_.waiting.clear();
}

SealStep<std::string> Sealer::seal() {
    if (const Status right = origin_.check_right(); !right) return seal_failed(right.error());
    for (const auto& check : {services_.may_seal, services_.check_storage})
        if (const Status good = check ? check() : Status(); !good)
            return std::unexpected(try_again(failure(good.error())));
    if (!request_.problem.empty()) return refuse_seal(session_.name, request_.problem);
    const std::uint64_t sync_failures = origin_.sync_failures();
    shut_handles();
    auto content = origin_.read(session_, request_);
    if (!content) return std::unexpected(std::move(content).error());
    content->pool = origin_.pool();
    if (content->only_marker && request_.by == SealRequest::By::marker) {
        const auto twice = find_sent_twice(services_, origin_.account(), session_.name, content->marker);
        if (!twice) return seal_failed(twice.error());
        if (*twice) return answer_sent_twice(**twice, *content);
    }
    const SealingNames::Hold hold(*services_.sealing, origin_.account(), session_.name);
    if (auto good = check_seal_rules(origin_, session_, request_, *content); !good)
        return std::unexpected(std::move(good).error());
    const auto disks = content->disks ? Result<std::vector<std::string>>(*content->disks)
                                      : other_disks(origin_.fs(), top(), {});
    if (!disks) return seal_failed(disks.error());
    if (const Status synced = origin_.registry().sync_inbox(sync_failures, *disks); !synced)
        return seal_failed(synced.error());
    if (auto same = check_unchanged(origin_, session_, *content); !same)
        return std::unexpected(try_again(std::move(same).error()));
    auto row = commit_seal(origin_, session_, *content);
    if (!row) return std::unexpected(try_again(std::move(row).error()));
    // Once more: what was committed must be where it will be found.
    const auto& check_storage = services_.check_storage;
    if (const Status stored = check_storage ? check_storage() : Status(); !stored) {
        (void)withdraw_seal(origin_, session_, *row, stored.error());
        return std::unexpected(try_again(failure(stored.error())));
    }
    if (auto renamed = rename_folder(*row, *content); !renamed)
        return std::unexpected(try_again(std::move(renamed).error()));
    row_ = *row;
    log::info("session sealed", log::kv("account", row->account), log::kv("session", row->disc_name),
              log::kv("files", row->files_count), log::kv("bytes", row->bytes));
    services_.events.publish({.kind = EventKind::session_sealed,
                              .time = services_.clock.now(),
                              .account = row->account,
                              .session = row->disc_name,
                              .disc = {},
                              .drive = {},
                              .message = sealed_sentence(*row)});
    services_.wake_burner();
    return sealed_sentence(*row) + notes_on(*row, content->manifest);
}

// Only handles on the marker itself can be open still; what they write from now on would be lost.
void Sealer::shut_handles() {
    std::vector<std::shared_ptr<WriteGate>> gates;
    {
        const std::lock_guard lock(origin_.mutex());
        for (const auto& [id, handle] : session_.handles)
            if (!handle.path.empty() && handle.path == request_.marker) gates.push_back(handle.gate);
    }
    for (const auto& gate : gates) {
        const std::lock_guard lock(gate->mutex);
        gate->shut = WriteGate::Shut::sealed;
    }
}

SealStep<std::string> Sealer::answer_sent_twice(const SessionRow& row, const SealContent& content) {
    const std::string answer = fmt::format("{} is already sealed", escape(row.name));
    const std::lock_guard lock(origin_.mutex());
    FileSystem& fs = origin_.fs();
    if (const Status removed = fs.remove(join_path(top(), request_.marker)); !removed)
        return seal_failed(removed.error());
    origin_.release(session_.forget(request_.marker));
    (void)fs.remove(join_path(top(), kRefusedText));
    log::info("marker sent twice", log::kv("account", row.account), log::kv("session", row.disc_name));
    if (!fs.remove_folder(top())) {  // markers that were refused before lie there
        session_.open_again();
        return answer;
    }
    session_.sealed_answer = answer;
    session_.phase = Phase::sealed;
    origin_.hand_over(session_, row, row.folder, content);
    return answer;
}

SealStep<void> Sealer::rename_folder(SessionRow& row, const SealContent& content) {
    (void)origin_.fs().remove(join_path(top(), kRefusedText));
    (void)services_.inbox.write_status(row, [] { return std::string(kSealedStatus); });
    Status done;
    {
        const std::lock_guard lock(origin_.mutex());
        done =
            origin_.fs().rename(top(), join_path(origin_.account(), row.folder_next), RenameMode::no_replace);
        if (done) become_sealed(row, content);
    }
    if (!done) return withdraw_seal(origin_, session_, row, done.error());
    done = origin_.fs().sync_folder(origin_.account());
    if (!done) return withdraw_seal(origin_, session_, row, done.error());
    done = services_.catalogue.end_move(row.id);
    if (!done) done = services_.inbox.finish_move(row);
    // The row is durable and so is the name; only that they agree is not noted.
    if (!done) {
        log::error("session move not noted", log::kv("session", row.account + "/" + row.disc_name),
                   log::kv("remedy", "it is burned once the catalogue can be written to"),
                   log::kv(done.error()));
        origin_.registry().end_move_later(row.id);
    }
    row.folder = std::exchange(row.folder_next, {});
    return {};
}

void Sealer::become_sealed(const SessionRow& row, const SealContent& content) {
    session_.phase = Phase::sealed;
    session_.sealed_answer = sealed_sentence(row);
    origin_.count_as_queued(session_, row);
    origin_.hand_over(session_, row, row.folder_next, content);
}

void Sealer::leave_open(const NoSeal& why) {
    const bool is_told = why.kind == NoSeal::Kind::refused || why.kind == NoSeal::Kind::later;
    if (is_told && origin_.rules().shows_refusals) mark_refused(why);
    const std::lock_guard lock(origin_.mutex());
    if (why.kind == NoSeal::Kind::failed)  // one that was taken back too, whose phase says so already
        log::error("session not sealed", log::kv("account", origin_.account()),
                   log::kv("session", session_.name), log::kv(why.error));
    if (session_.phase != Phase::sealing) return;
    session_.open_again();
    if (why.kind == NoSeal::Kind::data) return;
    session_.last_refusal = why.error;
    session_.reason = why.error.message;
    if (why.kind != NoSeal::Kind::failed)
        log::info("marker refused", log::kv("account", origin_.account()), log::kv("session", session_.name),
                  log::kv(why.error));
}

// A person's file of that name, in a watched folder, stays: then the log alone has the reason.
Status Sealer::write_refusal(const std::string& text) {
    const std::string path = join_path(top(), kRefusedText);
    if (find_refusal_file(origin_.fs(), top()) == RefusalFile::another)
        return fail(Errc::exists, fmt::format("{} is there already, and not burnbox's: {}", path, text));
    return replace_file(origin_.fs(), path, text, Durability::visible);
}

// Nothing a person sent is ever deleted: the marker stays, under a name that is none, unless it counts later.
void Sealer::mark_refused(const NoSeal& why) {
    const std::string text = refused_text(why, request_.marker, services_.clock.now());
    const std::lock_guard lock(origin_.mutex());
    ++session_.refusals;
    Status done = write_refusal(text);
    if (!request_.marker.empty() && why.kind == NoSeal::Kind::refused) {
        const auto renamed = refuse_marker_file(origin_.fs(), top(), request_.marker);
        if (renamed) {
            origin_.release(session_.forget(request_.marker));
        } else if (done)
            done = std::unexpected(renamed.error());
    }
    if (!done)
        log::warning("refusal not written", log::kv("account", origin_.account()),
                     log::kv("session", session_.name), log::kv(done.error()));
}

}  // namespace burnbox::upload
