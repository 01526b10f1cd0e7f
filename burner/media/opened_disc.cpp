#include "burner/media/opened_disc.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "burner/media/iso_head.hpp"
#include "burner/media/medium_profile.hpp"

namespace burnbox {
namespace {

constexpr unsigned kUnknownSessionLimit =
    99;  // of media that are not in the table: the lowest of those that are

// A serial is a UUID: 36 characters.
bool looks_like_serial(const std::string& text) {
    return text.size() == 36 && text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

void refuse(Medium& medium, MediumState state, std::string reason) {
    medium.state = state;
    medium.free_bytes = 0;
    medium.sessions_left = 0;
    medium.reason = std::move(reason);
}

}  // namespace

Result<std::unique_ptr<OpenedDisc>> OpenedDisc::open(const Device& device, ImageFile::Access access,
                                                     Tray tray) {
    if (tray == Tray::leave && tray_is_open(device))
        return fail(Errc::no_medium,
                    "use the disc in " + device.path + ": the tray is open; put the disc in and close it");
    std::optional<ImageFile> image;
    if (device.emulated()) {
        BB_TRY(ImageFile opened, ImageFile::open(device.path, access));
        image = std::move(opened);
    }
    std::unique_ptr<OpenedDisc> disc(new OpenedDisc(device, std::move(image)));
    // libburn opens the file anew to write: by its path that would be one on the mount point, were the
    // folder's disk gone by then.
    BB_CHECK(disc->acquire(disc->image_ ? "stdio:" + disc->image_->open_path() : device.path));
    BB_CHECK(disc->check_role());
    return disc;
}

Result<std::unique_ptr<OpenedDisc>> OpenedDisc::open_nothing() {
    std::unique_ptr<OpenedDisc> disc(new OpenedDisc(Device{.path = "/dev/null", .medium = {}}, std::nullopt));
    BB_CHECK(disc->acquire("stdio:/dev/null"));
    return disc;
}

Status OpenedDisc::acquire(const std::string& address) {
    BB_CHECK(start_libburnia());
    if (address.size() >= BURN_DRIVE_ADR_LEN)
        return fail(Errc::invalid, "acquire drive " + device_.path + ": its path is longer than 1000 bytes");
    burn::iso_set_abort_severity(c_string("SORRY"));
    const int acquired = burn::isoburn_drive_aquire(&infos_, c_string(address), 1);
    if (acquired <= 0) infos_ = nullptr;
    return messages_.check(acquired, "acquire drive " + device_.path);
}

Status OpenedDisc::check_role() {
    const int role = burn::burn_drive_get_drive_role(drive());
    const bool burner = device_.emulated() ? (role == 2 || role == 4) : role == 1;
    if (!burner) return fail(Errc::wrong_medium, "acquire drive " + device_.path + ": it is no disc burner");
    return {};
}

OpenedDisc::~OpenedDisc() {
    if (infos_ == nullptr) return;
    burn::isoburn_drive_release(drive(), 0);
    burn::burn_drive_info_free(infos_);
}

Status OpenedDisc::eject() {
    burn::isoburn_drive_release(drive(), 1);
    burn::burn_drive_info_free(infos_);
    infos_ = nullptr;
    messages_.drain();
    // libburn asks the drive once more when the tray is open: that no disc is in it is no failure then. And
    // it does not say when the drive refuses.
    BB_TRY(const Look look, look_at(device_));
    if (look.presence != Presence::disc) return {};
    return fail(Errc::io, "eject the disc of " + device_.path + ": the drive keeps it; press its button" +
                              (messages_.failed() ? ": " + messages_.failure() : ""));
}

unsigned OpenedDisc::count_sessions() {
    burn::isoburn_toc_disc* toc = burn::isoburn_toc_drive_get_disc(drive());
    if (toc == nullptr) return 0;
    int sessions = 0;
    burn::isoburn_toc_disc_get_sessions(toc, &sessions);
    burn::isoburn_toc_disc_free(toc);
    return static_cast<unsigned>(std::max(sessions, 0));
}

std::uint32_t OpenedDisc::next_writable_lba() {
    int lba = 0;
    int nwa = 0;
    const int result = burn::isoburn_disc_track_lba_nwa(drive(), nullptr, 0, &lba, &nwa);
    return result > 0 && nwa > 0 ? static_cast<std::uint32_t>(nwa) : 0;
}

Result<Medium> OpenedDisc::medium() {
    Medium medium;
    medium.location = device_.path;
    BB_CHECK(device_.emulated() ? fill_image_facts(medium) : fill_drive_facts(medium));
    messages_.drain();
    // What is wrong with a damaged disc is said already, and the library's words are what follows from it.
    if (messages_.failed() && medium.state != MediumState::damaged)
        return fail(messages_.failure_code(), "inspect " + device_.path + ": " + messages_.failure());
    return medium;
}

Status OpenedDisc::fill_image_facts(Medium& medium) {
    const MediumProfile* profile = find_medium_profile(device_.medium);
    if (profile == nullptr)
        return fail(Errc::invalid, "inspect " + device_.path + ": unknown medium " + device_.medium);
    medium.profile = profile->name;
    medium.capacity_bytes = profile->capacity_bytes;
    BB_TRY(const std::uint64_t size, image_->size_bytes());
    BB_TRY(const std::string head, image_->head_at(0));
    BB_TRY(const bool closed, image_->closed());
    if (size == 0) {
        medium.state = MediumState::blank;
        medium.next_lba = kImageHeadBlocks;
    } else {
        medium.head_digest = Sha256::of(head).hex();
        const std::optional<IsoHead> parsed = parse_iso_head(head);
        if (head.size() < kHeadBytes || is_zero(head)) {
            refuse(medium, MediumState::damaged, "the image's head is gone: restore the file from a copy");
            return {};
        }
        if (!parsed || !looks_like_serial(parsed->volume_set) || parsed->label.empty()) {
            refuse(medium, MediumState::foreign, "the file is no disc that burnbox made; it is left alone");
            return {};
        }
        medium.label = parsed->label;
        medium.serial = parsed->volume_set;
        const std::uint64_t needed = parsed->size_blocks * kSectorBytes;
        if (size < needed) {
            refuse(medium, MediumState::damaged,
                   "the image has " + std::to_string(size) + " bytes, what was burned on it has " +
                       std::to_string(needed) + ": its end is missing; restore the file from a copy");
            return {};
        }
        medium.sessions_used = count_sessions();
        medium.next_lba = next_writable_lba();
        medium.state = MediumState::appendable;
        medium.readable = medium.sessions_used != 0 && medium.next_lba != 0;
        if (!medium.readable) {
            refuse(medium, MediumState::damaged,
                   "the image's sessions can't be read: restore the file from a copy");
            return {};
        }
    }
    if (closed) {
        refuse(medium, MediumState::closed, "the disc is closed");
        return {};
    }
    medium.free_bytes = free_blocks(*profile, medium.sessions_used, medium.next_lba) * kSectorBytes;
    medium.sessions_left = profile->session_limit - std::min(profile->session_limit, medium.sessions_used);
    return {};
}

void OpenedDisc::fill_media_id(Medium& medium) {
    char* product = nullptr;
    char* code1 = nullptr;
    char* code2 = nullptr;
    char* book = nullptr;
    if (burn::burn_disc_get_media_id(drive(), &product, &code1, &code2, &book, 0) > 0 && product != nullptr)
        medium.media_id = product;
    std::free(product);
    std::free(code1);
    std::free(code2);
    std::free(book);
}

// Whether the newest disc session is burnbox's; its label and serial.
bool OpenedDisc::read_drive_head(Medium& medium) {
    int lba = 0;
    int blocks = 0;
    std::string head(kHeadBytes, '\0');
    const bool readable = burn::isoburn_disc_get_msc1(drive(), &lba) > 0 &&
                          burn::isoburn_read_iso_head(drive(), lba, &blocks, head.data(), 2) > 0;
    const std::optional<IsoHead> parsed = readable ? parse_iso_head(head) : std::nullopt;
    if (!parsed) return false;
    medium.label = parsed->label;
    medium.serial = parsed->volume_set;
    return looks_like_serial(medium.serial);
}

bool OpenedDisc::takes_more_sessions() {
    burn::burn_multi_caps* caps = nullptr;
    const int known = burn::burn_disc_get_multi_caps(drive(), burn::BURN_WRITE_NONE, &caps, 0);
    const bool multi = known > 0 && caps != nullptr && caps->multi_session != 0;
    if (caps != nullptr) burn::burn_disc_free_multi_caps(&caps);
    return multi || burn::isoburn_needs_emulation(drive()) == 1;
}

void OpenedDisc::fill_speeds(Medium& medium) {
    burn::burn_speed_descriptor* list = nullptr;
    if (burn::burn_drive_get_speedlist(drive(), &list) <= 0) return;
    for (const burn::burn_speed_descriptor* speed = list; speed != nullptr; speed = speed->next)
        if (speed->write_speed > 0) medium.speeds_kb.push_back(static_cast<unsigned>(speed->write_speed));
    burn::burn_drive_free_speedlist(&list);
    std::ranges::sort(medium.speeds_kb, std::greater());
    const auto repeated = std::ranges::unique(medium.speeds_kb);
    medium.speeds_kb.erase(repeated.begin(), repeated.end());
}

// Something was written after the last complete disc session: a burn was cut off.
bool OpenedDisc::session_begun(const Medium& medium) {
    const burn::burn_disc_status status = burn::isoburn_disc_get_status(drive());
    if (status != burn::BURN_DISC_APPENDABLE || burn::isoburn_needs_emulation(drive()) == 1) return false;
    if (medium.sessions_used == 0) return true;
    int lba = 0;
    int nwa = 0;
    const int known = burn::burn_disc_track_lba_nwa(drive(), nullptr, 0, &lba, &nwa);
    return known <= 0 || nwa != lba || burn::burn_disc_next_track_is_damaged(drive(), 0) > 0;
}

namespace {

// DVD-RW in sequential mode and CD-RW are written as they are.
bool is_unformatted(burn::burn_drive* drive) {
    int status = 0, formats = 0;
    off_t size = 0;
    unsigned spare = 0;
    const int known = burn::burn_disc_get_formats(drive, &status, &size, &spare, &formats);
    return known > 0 && status == BURN_FORMAT_IS_UNFORMATTED;
}

}  // namespace

DiscFacts OpenedDisc::disc_facts(Medium& medium, int mmc_profile) {
    const burn::burn_disc_status status = burn::isoburn_disc_get_status(drive());
    DiscFacts facts;
    facts.mmc_profile = mmc_profile;
    facts.blank = status == burn::BURN_DISC_BLANK;
    facts.appendable = facts.blank || status == burn::BURN_DISC_APPENDABLE;
    facts.takes_more = takes_more_sessions();
    facts.has_sessions = medium.sessions_used > 0;
    facts.session_begun = session_begun(medium);
    facts.ours = facts.has_sessions && read_drive_head(medium);
    facts.unformatted =
        medium.capacity_bytes == 0 || (is_overwritten(mmc_profile) && is_unformatted(drive()));
    facts.write_once_only = device_.write_once_only;
    return facts;
}

Status OpenedDisc::fill_drive_facts(Medium& medium) {
    const burn::burn_disc_status status = burn::isoburn_disc_get_status(drive());
    if (status == burn::BURN_DISC_EMPTY || status == burn::BURN_DISC_UNREADY) {
        medium.reason = "no disc is in the drive";
        return {};
    }
    int number = 0;
    std::array<char, 80> name{};
    burn::burn_disc_get_profile(drive(), &number, name.data());
    fill_media_id(medium);
    fill_speeds(medium);
    medium.next_lba = next_writable_lba();
    const auto space = static_cast<std::uint64_t>(burn::isoburn_disc_available_space(drive(), nullptr));
    medium.capacity_bytes = space + medium.next_lba * kSectorBytes;
    medium.profile = medium_name_of_mmc_profile(number, medium.capacity_bytes);
    if (medium.profile.empty()) medium.profile = name.data();
    medium.state = status == burn::BURN_DISC_BLANK ? MediumState::blank : MediumState::appendable;
    if (medium.state != MediumState::blank) medium.sessions_used = count_sessions();
    const DiscFacts facts = disc_facts(medium, number);
    medium.readable = facts.ours && !facts.session_begun;
    if (const auto refusal = refusal_of(facts))
        refuse(medium, refusal->state, refusal->reason);
    else
        fill_drive_space(medium, space);
    return {};
}

// What the drive reports counts from where the next disc session begins: the gap before it is not in it.
void OpenedDisc::fill_drive_space(Medium& medium, std::uint64_t space_bytes) {
    const MediumProfile* profile = find_medium_profile(medium.profile);
    const unsigned limit = profile != nullptr ? profile->session_limit : kUnknownSessionLimit;
    medium.sessions_left = limit - std::min(limit, medium.sessions_used);
    if (medium.sessions_left > 0) medium.free_bytes = space_bytes;
}

namespace {

Error wrong(const Medium& medium, const DiscIdentity& wanted, const std::string& why) {
    return {Errc::wrong_medium, 0, "use disc " + wanted.label + " in " + medium.location + ": " + why};
}

std::string other_make(const Medium& medium, const DiscIdentity& wanted) {
    return "another disc is there, made by " + medium.media_id + "; wanted is " + wanted.media_id;
}

std::string state_of(const Medium& medium) {
    return "the disc is " + std::string(to_string(medium.state)) +
           (medium.reason.empty() ? "" : " (" + medium.reason + ")");
}

}  // namespace

Status check_same_disc(const Medium& medium, const DiscIdentity& wanted, DiscKind kind) {
    if (medium.state == MediumState::none)
        return fail(Errc::no_medium, "insert disc " + wanted.label + ": no disc is in " + medium.location);
    const bool whole = medium.state == MediumState::appendable || medium.state == MediumState::closed;
    if (!whole && (kind == DiscKind::image || medium.label.empty()))
        return std::unexpected(wrong(medium, wanted, state_of(medium)));
    if (!wanted.media_id.empty() && !medium.media_id.empty() && medium.media_id != wanted.media_id)
        return std::unexpected(wrong(medium, wanted, other_make(medium, wanted)));
    if (medium.label != wanted.label || medium.serial != wanted.serial)
        return std::unexpected(wrong(medium, wanted,
                                     "another disc is there, " + medium.label + " with serial " +
                                         medium.serial + "; wanted is serial " + wanted.serial));
    return {};
}

Status check_burnable(const Medium& medium, const DiscIdentity& wanted) {
    if (wanted.sessions_used == 0) {
        if (medium.state == MediumState::none)
            return fail(Errc::no_medium, "insert a blank disc: no disc is in " + medium.location);
        if (medium.state != MediumState::blank)
            return std::unexpected(wrong(medium, wanted, "it should be blank, but " + state_of(medium)));
        if (!wanted.media_id.empty() && !medium.media_id.empty() && medium.media_id != wanted.media_id)
            return std::unexpected(wrong(medium, wanted, other_make(medium, wanted)));
        return {};
    }
    BB_CHECK(check_same_disc(medium, wanted, DiscKind::image));
    if (medium.state != MediumState::appendable)
        return std::unexpected(wrong(medium, wanted, state_of(medium)));
    if (medium.sessions_used != wanted.sessions_used)
        return std::unexpected(wrong(medium, wanted,
                                     "it holds " + std::to_string(medium.sessions_used) +
                                         " disc sessions, the catalogue knows " +
                                         std::to_string(wanted.sessions_used)));
    if (medium.next_lba < wanted.next_lba)
        return std::unexpected(wrong(medium, wanted,
                                     "it would write at block " + std::to_string(medium.next_lba) +
                                         ", over data that ends at block " +
                                         std::to_string(wanted.next_lba)));
    if (!wanted.head_digest.empty() && medium.head_digest != wanted.head_digest)
        return std::unexpected(wrong(medium, wanted, "its head was changed since the last burn"));
    return {};
}

}  // namespace burnbox
