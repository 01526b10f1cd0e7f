#include "server/startup/lost_sessions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/inbox/lost_folder.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/inbox/withdraw.hpp"
#include "common/marks/found_again.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/durable_file.hpp"
#include "server/startup/account_folders.hpp"
#include "server/startup/found_rows.hpp"
#include "server/startup/record_again.hpp"
#include "server/startup/renamed_folders.hpp"

namespace burnbox::upload {
namespace {

std::string copy_text(const SessionRow& row, const std::string& folder) {
    return fmt::format(
        "This folder says that it is queued, but just the same is sealed already, as {0}/{1}, which is {2}, "
        "in the "
        "folder\n{3}: it is not burned once more. Perhaps the inbox was restored from an older copy.\n\n"
        "What to do: delete this folder. To burn it all the same, rename it back to {4} and say: burnbox "
        "burn "
        "--again {0}/{4}\n",
        row.account, row.disc_name, to_string(row.state), row.folder, parse_folder(folder).name);
}

class LostSessions {
  public:
    LostSessions(const UploadServices& services, std::string account, const Seals& seals)
        : services_(services),
          fs_(services.inbox.fs()),
          account_(std::move(account)),
          seals_(seals),
          folders_(fs_, account_) {}

    [[nodiscard]] Status run() {
        BB_CHECK(folders_.read());
        BB_TRY(const auto all, services_.catalogue.sessions(account_));
        std::vector<SessionRow> elsewhere;
        for (const SessionRow& row : all) {
            if (row.staging != services_.inbox.area()) continue;
            if (row.folder.empty() && row.state != SessionState::failed)
                continue;  // its payload was released
            BB_TRY(const bool in_place, keep_place(row));
            if (!in_place) elsewhere.push_back(row);
        }
        for (const SessionRow& row : elsewhere) BB_CHECK(look_for(row));
        for (const SessionRow& row : all) BB_CHECK(keep_record(row));
        FoundRows found(services_, folders_, seals_);
        BB_CHECK(found.of_seals());
        BB_CHECK(meet_again(all));
        // Nobody but burnbox calls a folder so in an inbox; in a watched folder anybody may.
        const bool older = services_.catalogue_age != CatalogueAge::current;
        if (older || !services_.inbox.area().is_watched()) found.of_folders();
        return older ? found.of_receipts() : Status();
    }

  private:
    // Its folder is there, under one of its names; not one of another session that took the name later.
    [[nodiscard]] Result<bool> keep_place(const SessionRow& row) {
        for (const std::string& folder : {row.folder, row.folder_next}) {
            if (folder.empty() || !folders_.is_free(folder)) continue;
            BB_TRY(const bool another, is_anothers(row, folder));
            if (another) {
                displaced_.insert(row.id);
                continue;
            }
            folders_.claim(folder);
            return true;
        }
        return false;
    }

    [[nodiscard]] Result<bool> is_anothers(const SessionRow& row, const std::string& folder) {
        if (parse_folder(folder).state != FolderState::queued) return false;
        const bool has_rival = std::ranges::any_of(
            seals_, [&](const auto& one) { return may_be_in(one.second, account_, folder); });
        if (!has_rival) return false;
        BB_TRY(const FoundSealRecord own, find_seal_record(services_.state_fs, row.seal_id));
        if (own.sealed) {
            BB_TRY(const Fit fit, fit_of(fs_, join_path(account_, folder), *own.sealed));
            if (fit == Fit::times) return false;
        } else {
            BB_TRY(const bool has_one_again, take_record_back(row, folder));
            if (has_one_again) return false;
        }
        return is_of_a_seal(folder);
    }

    // An earlier start without this row sealed its folder anew: it is the same session, and that record says
    // so. What is on a disc has the record of then, which can't be made from a folder.
    [[nodiscard]] Result<bool> take_record_back(const SessionRow& row, const std::string& folder) const {
        BB_TRY(const auto copies, services_.catalogue.copies(row.id));
        if (!copies.empty() || row.parts != 0) return false;
        for (const auto& [id, sealed] : seals_) {
            const bool same = sealed.manifest.content_digest() == row.content_digest;
            if (!same || !may_be_in(sealed, account_, folder)) continue;
            BB_TRY(const Fit fit, fit_of(fs_, join_path(account_, folder), sealed));
            if (fit != Fit::times) continue;
            SealedSession again = sealed;
            again.disc_name = row.disc_name;
            BB_CHECK(replace_file(services_.state_fs, seal_record_path(row.seal_id), to_seal_record(again)));
            log::warning("session has a seal record again", named(row), log::kv("folder", folder));
            return true;
        }
        return false;
    }

    // Of one that no row refers to.
    [[nodiscard]] Result<bool> is_of_a_seal(const std::string& folder) const {
        for (const auto& [id, sealed] : seals_) {
            if (!may_be_in(sealed, account_, folder)) continue;
            BB_TRY(const Fit fit, fit_of(fs_, join_path(account_, folder), sealed));
            if (fit == Fit::times) return true;
        }
        return false;
    }

    // A later run renamed its folder, or a person moved it: the receipt in it, or its content, tells.
    [[nodiscard]] Status look_for(const SessionRow& row) {
        if (row.state == SessionState::withdrawn) return {};
        BB_TRY(const auto* const receipts, folders_.receipts());
        for (const FoundReceipt& receipt : *receipts)
            if (folders_.is_free(receipt.folder) && is_of(receipt, row.disc_name, row.sealed_at))
                return move_row(row, receipt.folder);
        // Whoever may delete what is burned has done so.
        if (row.state == SessionState::burned && services_.catalogue_age == CatalogueAge::current) return {};
        BB_TRY(const FoundSealRecord record, find_seal_record(services_.state_fs, row.seal_id));
        if (record.sealed) {
            BB_TRY(const std::string folder, best_folder(row, *record.sealed));
            if (!folder.empty()) return move_row(row, folder);
        }
        if (row.folder.empty()) return {};
        const bool displaced = displaced_.contains(row.id);
        const bool waits = row.state == SessionState::queued || row.state == SessionState::failed;
        if (waits && !record.is_there() && (displaced || services_.catalogue_age != CatalogueAge::current))
            return withdraw(row);
        return displaced ? services_.catalogue.set_folder(row.id, "") : Status();
    }

    // "": none holds it. One whose times differ may be a copy that a person put back, but not what another
    // seal says.
    [[nodiscard]] Result<std::string> best_folder(const SessionRow& row, const SealedSession& sealed) const {
        std::string copy;
        for (const std::string& folder : folders_.free()) {
            const SessionFolder name = parse_folder(folder);
            if (name.name != row.name || name.state == FolderState::open) continue;
            BB_TRY(const Fit fit, fit_of(fs_, join_path(account_, folder), sealed));
            if (fit == Fit::times) return folder;
            if (fit == Fit::none || !copy.empty()) continue;
            BB_TRY(const bool anothers, is_of_a_seal(folder));
            if (!anothers) copy = folder;
        }
        return copy;
    }

    [[nodiscard]] Status move_row(const SessionRow& row, const std::string folder) {
        folders_.claim(folder);
        log::warning("session found under another name", named(row), log::kv("was", row.folder),
                     log::kv("folder", folder));
        BB_CHECK(services_.catalogue.set_folder(row.id, folder));
        if (row.state == SessionState::failed && row.folder.empty()) return is_back(row, folder);
        if (row.state != SessionState::queued || parse_folder(folder).state != FolderState::burned) return {};
        return services_.catalogue.set_reason(row.id, kReceiptSaysBurned);
    }

    // It failed because its folder was away, or that was deleted later. Under the name of a queued one it was
    // moved away while it waited: so it waits again.
    [[nodiscard]] Status is_back(const SessionRow& row, const std::string& folder) {
        if (parse_folder(folder).state == FolderState::queued)
            return services_.catalogue.step(row.id, SessionState::failed, SessionState::queued, "");
        return services_.catalogue.set_reason(
            row.id, fmt::format("its folder was away and is back: `burnbox retry {}/{}` burns it",
                                escape(row.account), escape(row.disc_name)));
    }

    // It was taken back in a later run: its seal record is gone, and its name is another's.
    [[nodiscard]] Status withdraw(const SessionRow& row) {
        const Status given_up = give_up_session(services_.catalogue, services_.state_fs, row,
                                                "taken back before the catalogue was put back");
        if (!given_up && given_up.error().code == Errc::conflict) return {};
        BB_CHECK(given_up);
        log::warning("session was taken back", named(row), log::kv("folder", row.folder));
        return {};
    }

    // What waits is to be burned, whatever became of its record. An attempt that is under way is judged by
    // its disc first.
    [[nodiscard]] Status keep_record(const SessionRow& before) {
        if (before.staging != services_.inbox.area()) return {};
        const auto row = services_.catalogue.session(before.id);
        if (!row && row.error().code == Errc::not_found) return {};
        if (!row) return std::unexpected(row.error());
        if (row->state != SessionState::queued && row->state != SessionState::failed) return {};
        if (row->folder.empty()) return {};
        const auto again = make_record_again(services_.inbox, services_.catalogue, services_.state_fs, *row);
        if (!again && again.error().origin == Origin::catalogue) return std::unexpected(again.error());
        if (!again || *again == RecordAgain::unknown)
            log::warning(
                "seal record is gone", named(*row), log::kv("folder", row->folder),
                log::kv("reason", again ? "what its folder holds is not what was sealed, or a disc holds "
                                          "a part or copy of it"
                                        : again.error().message),
                log::kv("remedy", "once the session has failed, `burnbox retry` seals what is there"));
        return {};
    }

    // Queued folders of sessions that are known: put back from an older copy of the inbox, or away while they
    // burned. Where such a session has a folder, this is a copy of it, for which nobody sent a marker.
    [[nodiscard]] Status meet_again(const std::vector<SessionRow>& rows) {
        for (const SessionRow& row : rows) {
            if (row.staging != services_.inbox.area()) continue;
            if (row.is_part() || row.state == SessionState::withdrawn) continue;
            std::vector<std::string> may_be = folders_.free_in(FolderState::queued);
            std::erase_if(may_be, [&](const auto& folder) { return parse_folder(folder).name != row.name; });
            if (may_be.empty()) continue;
            BB_TRY(const FoundSealRecord record, find_seal_record(services_.state_fs, row.seal_id));
            if (!record.sealed) continue;
            for (const std::string& folder : may_be) BB_CHECK(meet_again(row, *record.sealed, folder));
        }
        return {};
    }

    [[nodiscard]] Status meet_again(const SessionRow& row, const SealedSession& sealed,
                                    const std::string& folder) {
        BB_TRY(const bool is_it, holds_what_was_sealed(fs_, join_path(account_, folder), sealed));
        if (!is_it) return {};
        BB_TRY(const SessionRow now, services_.catalogue.session(row.id));
        if (folders_.was_there(now.folder) || folders_.was_there(now.folder_next)) {
            folders_.claim(folder);
            return set_aside(services_.inbox, account_, folder, copy_text(now, folder));
        }
        return now.state == SessionState::burned ? move_row(now, folder) : Status();
    }

    const UploadServices& services_;
    FileSystem& fs_;
    const std::string account_;
    const Seals& seals_;
    AccountFolders folders_;
    std::set<SessionId> displaced_;  // whose folder is another session's by now
};

Status find_lost_in(const UploadServices& services, const std::string& account, const Seals& seals) {
    // In a watched folder that is how a session is taken back.
    if (!services.inbox.area().is_watched()) BB_CHECK(name_sealed_folders_back(services, account));
    return LostSessions(services, account, seals).run();
}

}  // namespace

Status find_lost_sessions(const UploadServices& services, const std::vector<std::string>& accounts,
                          ClosedAccounts& closed) {
    BB_TRY(const auto ids, unreferenced_seals(services.state_fs, services.catalogue));
    Seals seals;
    for (const std::string& id : ids) {
        BB_TRY(FoundSealRecord record, find_seal_record(services.state_fs, id));
        if (record.sealed) seals.emplace(id, std::move(*record.sealed));
    }
    for (const std::string& account : accounts)
        if (!closed.has(account)) BB_CHECK(closed.take(account, find_lost_in(services, account, seals)));
    return {};
}

Status find_lost_sessions(const UploadServices& services, const std::vector<std::string>& accounts) {
    ClosedAccounts closed;
    BB_CHECK(find_lost_sessions(services, accounts, closed));
    if (closed.reasons().empty()) return {};
    return fail(Errc::permission, closed.reasons().begin()->second);
}

}  // namespace burnbox::upload
