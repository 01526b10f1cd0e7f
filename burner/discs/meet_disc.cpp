#include "burner/discs/meet_disc.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "burner/attempts/take_in.hpp"
#include "burner/discs/changed_images.hpp"
#include "burner/discs/look_again.hpp"
#include "burner/rules/failure_rules.hpp"
#include "burner/rules/labels.hpp"
#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/marks/found_again.hpp"
#include "common/marks/older_catalogue.hpp"

namespace burnbox {
namespace {

// A session on it that was sealed here: the catalogue, a seal record or a receipt says so. Of a catalogue
// that was older once nothing may be left that could: then whatever a burnbox burned counts.
class Evidence {
  public:
    Evidence(AttemptContext& context, const Medium& medium) : context_(context), medium_(medium) {}

    [[nodiscard]] Result<bool> is_ours(const std::vector<FoundDiscSession>& contents) {
        for (const FoundDiscSession& disc_session : contents)
            for (const FoundSession& found : disc_session.sessions) {
                const auto sealed = parse_seal_record(found.seal_record);
                if (!sealed) continue;
                BB_TRY(const bool nothing_may_tell, may_miss_discs(context_.services.state_fs));
                if (nothing_may_tell) return true;
                BB_TRY(const bool known, is_known(*sealed));
                if (known) return true;
            }
        return false;
    }

  private:
    [[nodiscard]] Result<bool> is_known(const SealedSession& sealed) {
        const BurnerServices& services = context_.services;
        const Sha256 content = sealed.manifest.content_digest();
        BB_TRY(const auto row, services.catalogue.find_session(
                                   sealed.account, std::string(whole_disc_name(sealed.disc_name))));
        if (row && (row->content_digest == content || sealed.part)) return true;
        BB_TRY(const auto seals, unreferenced_seals(services.state_fs, services.catalogue));
        for (const std::string& id : seals) {
            SessionRow of_record;
            of_record.seal_id = id;
            const auto record = read_seal(services.state_fs, of_record);
            if (record && record->identifier() == sealed.identifier() &&
                record->manifest.content_digest() == content)
                return true;
        }
        return is_in_a_receipt(sealed.account);
    }

    [[nodiscard]] Result<bool> is_in_a_receipt(const std::string& account) {
        for (FileSystem* const place : context_.services.inbox.places().there) {
            BB_TRY(const auto receipts, receipts_in(*place, account));
            for (const FoundReceipt& receipt : receipts)
                for (const ReceiptCopy& copy : receipt.head.copies)
                    if (copy.serial == medium_.serial) return true;
        }
        return false;
    }

    AttemptContext& context_;
    const Medium& medium_;
};

// A folder with receipts that was away then, and is there by now, may tell more.
bool is_stranger(const AttemptContext& context, const std::string& serial) {
    const auto noted = context.notes.strangers.find(serial);
    return noted != context.notes.strangers.end() && (noted->second || !context.services.inbox.places().all);
}

std::string pool_of(const AttemptContext& context) {
    const ConfigSnapshot config = context.services.config.snapshot();
    for (const auto& [name, pool] : config->pools)
        if (std::ranges::count(pool.drives, context.drive.name()) != 0) return name;
    return {};
}

bool may_be_read_later(AttemptContext& context, const Medium& medium, const Error& error) {
    // It may have been taken out since it was looked at, or be another one by now.
    if (says_nothing_about_a_disc_met(error) || error.code == Errc::no_medium) return true;
    const bool may_pass = error.code == Errc::io || error.code == Errc::wrong_medium;
    return may_pass && !is_last_reading(context.notes, medium.serial);
}

// A label that is taken is no reason to leave our own disc out. False: its name is taken, too.
Result<bool> add_found_disc(AttemptContext& context, DiscRow& disc) {
    auto id = context.services.catalogue.add_disc(disc);
    if (!id && id.error().code == Errc::exists) {
        const std::string label = std::exchange(disc.label, twin_label(disc.label, disc.serial));
        log::warning("label of two discs", log::kv("label", label), log::kv("serial", disc.serial),
                     log::kv("drive", disc.drive), log::kv("called", disc.label),
                     log::kv("remedy", "write the serial on both discs"));
        id = context.services.catalogue.add_disc(disc);
    }
    if (!id && id.error().code == Errc::exists) return false;
    if (!id) return std::unexpected(std::move(id).error());
    disc.id = *id;
    return true;
}

Result<bool> adopt(AttemptContext& context, const Medium& medium) {
    const DiscIdentity identity{.label = medium.label,
                                .serial = medium.serial,
                                .sessions_used = 0,
                                .next_lba = 0,
                                .head_digest = {},
                                .media_id = medium.media_id};
    const auto contents = context.drive.contents(identity, 0);
    if (!contents && may_be_read_later(context, medium, contents.error()))
        return std::unexpected(contents.error());
    if (!contents) return false;  // nobody can say whose it is
    BB_TRY(const bool ours, Evidence(context, medium).is_ours(*contents));
    if (!ours) return false;
    DiscRow disc;
    disc.label = medium.label, disc.serial = medium.serial;
    disc.pool = pool_of(context), disc.drive = context.drive.name();
    disc.created_at = context.services.clock.now();
    update_from_medium(disc, medium);
    disc.sessions_used = 0, disc.next_lba = 0, disc.head_digest.clear();
    // Nothing is appended to a disc that the catalogue did not begin, also should this end in the middle.
    disc.state = DiscState::closed, disc.free_bytes = 0, disc.sessions_left = 0;
    disc.reason = "the catalogue is older than the disc: it is read, and nothing more is burned on it";
    BB_TRY(const bool added, add_found_disc(context, disc));
    if (!added) return false;
    BB_CHECK(take_in_disc(context, disc));
    return true;
}

// It holds what the catalogue knows, but the row lacks something: what only the whole disc tells, when a
// take-in by an earlier version was cut off before its end; or that it was closed, by hand or after the
// catalogue was copied.
Result<bool> note_what_it_is(AttemptContext& context, DiscRow disc, const Medium& medium) {
    if (disc.sessions_used == 0 || medium.sessions_used != disc.sessions_used) return false;
    const bool lacks_head = disc.head_digest.empty() && !medium.head_digest.empty();
    const bool closed_since = disc.state == DiscState::open && medium.state == MediumState::closed &&
                              disc.head_digest == medium.head_digest;
    if (!lacks_head && !closed_since) return false;
    update_from_medium(disc, medium);
    if (disc.state == DiscState::closed) disc.free_bytes = 0, disc.sessions_left = 0;
    BB_CHECK(context.services.catalogue.update_disc(disc));
    if (closed_since)
        log::warning("disc was closed", log::kv("disc", disc.label), log::kv("drive", context.drive.name()),
                     log::kv("what", "the catalogue did not know it: nothing more is burned on it"));
    return true;
}

// A disc session was begun on it and not ended: when the drive or the disc went, or an older catalogue was
// put back, nobody has noted it. An attempt that is unfinished there is judged first.
Result<bool> note_damage(AttemptContext& context, DiscRow disc, const Medium& medium) {
    BB_TRY(const auto unfinished, context.services.catalogue.unfinished_attempts());
    if (std::ranges::count(unfinished, disc.id, &AttemptRow::disc) != 0) return false;
    mark_suspect(context, disc, Suspicion::changed, medium.reason);
    BB_CHECK(context.services.catalogue.update_disc(disc));
    return true;
}

}  // namespace

Result<bool> meet_disc(AttemptContext& context, const Medium& medium) {
    if (medium.serial.empty() || medium.label.empty()) return false;
    context.schedule.add_label_seen(medium.label);
    BB_TRY(const auto discs, context.services.catalogue.discs());
    const auto known = std::ranges::find(discs, medium.serial, &DiscRow::serial);
    if (known != discs.end()) {
        if (known->state == DiscState::suspect) return false;
        if (medium.state == MediumState::damaged) return note_damage(context, *known, medium);
        if (!holds_more(medium, *known)) return note_what_it_is(context, *known, medium);
        if (medium.readable) {
            BB_CHECK(take_in_disc(context, *known));
            return true;
        }
        DiscRow unclear = *known;
        mark_suspect(context, unclear, Suspicion::changed,
                     fmt::format("it holds more than the catalogue knows, and it is {}: {}",
                                 to_string(medium.state), medium.reason));
        BB_CHECK(context.services.catalogue.update_disc(unclear));
        return true;
    }
    if (is_stranger(context, medium.serial)) return false;
    const bool all_there = context.services.inbox.places().all;
    BB_TRY(const bool adopted, adopt(context, medium));
    if (adopted) return true;
    context.notes.strangers.insert_or_assign(medium.serial, all_there);
    log::warning("disc unknown", log::kv("disc", medium.label), log::kv("serial", medium.serial),
                 log::kv("drive", context.drive.name()),
                 log::kv("what", "it is left alone, and its label is not used again"));
    return false;
}

namespace {

// Of real drives: a disc may have been burned under them since, and it is not at hand to be asked.
Status retire_blank_labels(AttemptContext& context, const std::vector<DiscRow>& discs) {
    for (DiscRow disc : discs) {
        const bool blank_here = disc.drive == context.drive.name() && disc.sessions_used == 0;
        if (!blank_here || disc.state != DiscState::open) continue;
        disc.state = DiscState::closed;
        disc.free_bytes = 0, disc.sessions_left = 0;
        disc.reason = "the catalogue is older than the data: a disc may bear this label already";
        BB_CHECK(context.services.catalogue.update_disc(disc));
    }
    return {};
}

bool is_no_disc(const Error& error) {
    return error.code == Errc::not_found || error.code == Errc::wrong_medium || error.code == Errc::invalid;
}

// The next image would fail in the same way, or take as long.
bool ends_the_look(const Error& error) {
    return says_nothing_about_a_disc_met(error) || error.origin == Origin::catalogue ||
           error.origin == Origin::state_folder;
}

// What lies at its path is no plain file any more: nothing is met. Other errors are of now.
Result<bool> meet_image(AttemptContext& context, const ShelfDisc& image, const std::string& medium_kind) {
    const Status loaded = context.drive.load({image.label, image.location, medium_kind});
    if (!loaded && is_no_disc(loaded.error())) return false;
    BB_CHECK(loaded);
    BB_TRY(const Medium medium, context.drive.inspect());
    return meet_disc(context, medium);
}

Result<bool> meet_image_again(AttemptContext& context, const ShelfDisc& image, const DiscRow& disc) {
    const Status loaded = context.drive.load({image.label, image.location, disc.medium});
    if (!loaded && !is_no_disc(loaded.error())) return std::unexpected(loaded.error());
    if (loaded) BB_CHECK(look_again(context, disc));
    context.notes.look_again.erase(image.serial);
    return loaded.has_value();
}

// The last of the drives says it durably. When that fails the next start finds the catalogue older once more.
void shelf_is_seen(AttemptContext& context) {
    const BurnerServices& services = context.services;
    const bool all = context.schedule.shelf_seen(context.drive.name());
    if (!context.schedule.catalogue_is_older() || !all) return;
    if (const Status noted = note_shelves_seen(services.state_fs); !noted)
        log::warning("shelves looked over, not noted", log::kv(noted.error()));
}

Result<bool> look_over(AttemptContext& context) {
    BB_TRY(const auto shelf, context.drive.shelf());
    BB_TRY(const auto discs, context.services.catalogue.discs());
    if (!context.drive.emulated() && context.schedule.catalogue_is_older()) {
        BB_CHECK(retire_blank_labels(context, discs));
        return false;
    }
    BB_TRY(const auto unfinished, context.services.catalogue.unfinished_attempts());
    bool any = false;
    std::optional<Error> first;  // one image that can't be read keeps no other from being met
    for (const ShelfDisc& image : shelf) {
        if (context.schedule.stopping) return any;
        if (image.serial.empty()) continue;
        const auto known = std::ranges::find(discs, image.serial, &DiscRow::serial);
        const bool once_more = known != discs.end() && context.notes.look_again.contains(image.serial);
        const bool closed_since = known != discs.end() && known->state == DiscState::open && image.closed;
        const bool as_known = known != discs.end() && !closed_since &&
                              (known->head_digest == image.head_digest || known->state == DiscState::suspect);
        // One that an attempt is unfinished on is judged first.
        const bool judged_first =
            known != discs.end() && std::ranges::count(unfinished, known->id, &AttemptRow::disc) != 0;
        const bool passed_over =
            as_known || judged_first || (known == discs.end() && is_stranger(context, image.serial));
        if (passed_over && !once_more) continue;
        const auto met = once_more ? meet_image_again(context, image, *known)
                                   : meet_image(context, image, known == discs.end() ? "" : known->medium);
        if (!met && ends_the_look(met.error())) return std::unexpected(met.error());
        if (!met && !first) first = met.error();
        any = any || met.value_or(false);
    }
    if (first) return std::unexpected(std::move(*first));
    BB_TRY(const bool doubted, doubt_changed_images(context));
    return any || doubted;
}

}  // namespace

Result<bool> look_over_shelf(AttemptContext& context) {
    auto any = look_over(context);
    if (any && !context.schedule.stopping) shelf_is_seen(context);
    return any;
}

}  // namespace burnbox
