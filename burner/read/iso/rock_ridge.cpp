#include "burner/read/iso/rock_ridge.hpp"

#include <algorithm>
#include <cstring>

namespace burnbox {
namespace {

constexpr unsigned kMostContinuations = 256;  // of one record
constexpr std::uint32_t kMostContinuationBytes = 1U << 20U;
constexpr std::size_t kLongestTarget = 65'535;
constexpr std::size_t kLongestName = 255;

std::unexpected<Error> broken(const std::string& what) {
    return fail(Errc::corrupt, what);
}

constexpr unsigned signature(const char (&name)[3]) {
    return static_cast<unsigned>(name[0]) << 8U | static_cast<unsigned>(name[1]);
}

Result<std::uint32_t> number(IsoBytes entry, std::size_t at, const char* what) {
    if (entry.size() < at + 8) return broken(std::string(what) + " is cut off");
    if (const auto value = both_endian32(&entry[at])) return *value;
    return broken(std::string(what) + " differs in its two byte orders");
}

bool names_rock_ridge(IsoBytes entry) {
    if (entry.size() < 8 || entry.size() < 8U + entry[4] || entry[7] != 1) return false;
    const std::string id(entry.begin() + 8, entry.begin() + 8 + entry[4]);
    return id == "RRIP_1991A" || id == "IEEE_P1282" || id == "IEEE_1282";
}

}  // namespace

Status RockRidgeReader::take_attributes(IsoBytes entry, RockRidge& found) const {
    if (found.attributes) return broken("PX is there twice");
    BB_TRY(found.mode, number(entry, 4, "its mode (PX)"));
    BB_TRY(found.links, number(entry, 12, "its number of links (PX)"));
    BB_TRY(found.uid, number(entry, 20, "its owner (PX)"));
    BB_TRY(found.gid, number(entry, 28, "its group (PX)"));
    if (entry.size() > 36) BB_CHECK(number(entry, 36, "its serial number (PX)"));
    found.attributes = true;
    return {};
}

Status RockRidgeReader::take_name(IsoBytes entry, RockRidge& found) {
    if (entry.size() < 5) return broken("its name (NM) is cut off");
    if (found.named && !name_goes_on_) return broken("it has two names (NM)");
    constexpr std::uint8_t kGoesOn = 1, kCurrent = 2, kParent = 4;
    const bool named_by_flag = (entry[4] & (kCurrent | kParent)) != 0;
    if ((entry[4] & ~(kGoesOn | kCurrent | kParent)) != 0 || (named_by_flag && entry.size() != 5))
        return broken("its name (NM) is of a kind this reader does not know");
    if ((entry[4] & kCurrent) != 0) found.name += '.';  // a folder's records of itself and of its parent
    if ((entry[4] & kParent) != 0) found.name += "..";
    if (found.name.size() + entry.size() - 5 > kLongestName)
        return broken("its name is longer than 255 bytes");
    found.name.append(entry.begin() + 5, entry.end());
    found.named = true;
    name_goes_on_ = (entry[4] & kGoesOn) != 0;
    return {};
}

Status RockRidgeReader::take_component(std::uint8_t flags, IsoBytes text, RockRidge& found) {
    constexpr std::uint8_t kGoesOn = 1, kCurrent = 2, kParent = 4, kRoot = 8;
    if (separate_) found.target += '/';
    separate_ = false;
    switch (flags & ~kGoesOn) {
        case 0:
            found.target.append(text.begin(), text.end());
            break;
        case kCurrent:
            found.target += '.';
            break;
        case kParent:
            found.target += "..";
            break;
        case kRoot:
            found.target += '/';
            return {};
        default:
            return broken("its link target (SL) has a part this reader does not know");
    }
    if (found.target.size() > kLongestTarget) return broken("its link target is longer than 65535 bytes");
    separate_ = (flags & kGoesOn) == 0;
    return {};
}

Status RockRidgeReader::take_link(IsoBytes entry, RockRidge& found) {
    if (entry.size() < 5) return broken("its link target (SL) is cut off");
    if (found.linked && !link_goes_on_) return broken("it has two link targets (SL)");
    constexpr std::uint8_t kGoesOn = 1;
    if ((entry[4] & ~kGoesOn) != 0)
        return broken("its link target (SL) is of a kind this reader does not know");
    if (!found.linked) separate_ = false;
    found.linked = true;
    link_goes_on_ = (entry[4] & kGoesOn) != 0;
    IsoBytes parts = entry.subspan(5);
    while (!parts.empty()) {
        if (parts.size() < 2 || parts.size() < 2U + parts[1])
            return broken("its link target (SL) is cut off");
        BB_CHECK(take_component(parts[0], parts.subspan(2, parts[1]), found));
        parts = parts.subspan(2U + parts[1]);
    }
    return {};
}

Status RockRidgeReader::take_times(IsoBytes entry, RockRidge& found) const {
    if (entry.size() < 5) return broken("its times (TF) are cut off");
    constexpr std::uint8_t kModified = 2, kLong = 128;
    const std::size_t each = (entry[4] & kLong) != 0 ? 17 : 7;
    std::size_t at = 5;
    for (std::uint8_t bit = 1; bit < kLong; bit = static_cast<std::uint8_t>(bit << 1U)) {
        if ((entry[4] & bit) == 0) continue;
        if (at + each > entry.size()) return broken("its times (TF) are cut off");
        const auto time = each == 17 ? iso_time17(&entry[at]) : iso_time7(&entry[at]);
        if (!time) return broken("one of its times (TF) is none");
        if (bit == kModified) found.mtime = *time;
        at += each;
    }
    return {};
}

Status RockRidgeReader::take_continuation(IsoBytes entry) {
    if (next_) return broken("it has two continuations (CE) in one area");
    Place place{};
    BB_TRY(place.block, number(entry, 4, "its continuation (CE)"));
    BB_TRY(place.offset, number(entry, 12, "its continuation (CE)"));
    BB_TRY(place.bytes, number(entry, 20, "its continuation (CE)"));
    next_ = place;
    return {};
}

Status RockRidgeReader::take_entry(IsoBytes entry, RockRidge& found) {
    switch (static_cast<unsigned>(entry[0]) << 8U | entry[1]) {
        case signature("SP"):
            if (entry.size() < 7 || entry[4] != 0xBE || entry[5] != 0xEF) return broken("SP is none");
            found.susp = true;
            found.skip = entry[6];
            return {};
        case signature("ER"):
            found.extension = found.extension || names_rock_ridge(entry);
            return {};
        case signature("CE"):
            return take_continuation(entry);
        case signature("PX"):
            return take_attributes(entry, found);
        case signature("NM"):
            return take_name(entry, found);
        case signature("SL"):
            return take_link(entry, found);
        case signature("TF"):
            return take_times(entry, found);
        case signature("CL"): {
            BB_TRY(found.child_lba, number(entry, 4, "its place (CL)"));
            return {};
        }
        case signature("PL"): {
            BB_TRY(found.parent_lba, number(entry, 4, "its parent's place (PL)"));
            return {};
        }
        case signature("RE"):
            found.relocated = true;
            return {};
        case signature("ZF"):
            return broken("its content is compressed (ZF): this reader does not unpack it");
        case signature("SF"):
            return broken("it is sparse (SF): this reader does not know how");
        default:
            return {};
    }
}

Status RockRidgeReader::take_area(IsoBytes area, RockRidge& found) {
    while (area.size() >= 4 && area[0] != 0) {
        const std::size_t length = area[2];
        if (length < 4 || length > area.size())
            return broken("an entry of its system use area has an impossible length");
        const IsoBytes entry = area.first(length);
        if (entry[3] != 1) return broken("an entry of its system use area has another version than 1");
        if (entry[0] == 'S' && entry[1] == 'T') return {};
        BB_CHECK(take_entry(entry, found));
        area = area.subspan(length);
    }
    return {};
}

Status RockRidgeReader::fetch(const Place& place) {
    const std::string where = "its continuation (CE) in block " + std::to_string(place.block);
    if (place.bytes > kMostContinuationBytes || place.bytes < 4 || place.offset >= kBlockBytes)
        return broken(where + " has an impossible place or length");
    if (place.bytes > bytes_left_)
        return fail(Errc::limit, "the folders of this disc have more continuations than it has bytes");
    bytes_left_ -= place.bytes;
    const std::uint64_t end = std::uint64_t{place.offset} + place.bytes;
    const std::uint64_t last = place.block + (end - 1) / kBlockBytes;
    if (last >= cache_.end_lba()) return broken(where + " lies behind the end of the disc");
    buffer_.clear();
    for (std::uint64_t at = place.offset; at < end;) {
        BB_TRY(const IsoBytes block,
               cache_.block(static_cast<std::uint32_t>(place.block + at / kBlockBytes)));
        const std::size_t inside = at % kBlockBytes;
        const std::size_t part = std::min<std::uint64_t>(kBlockBytes - inside, end - at);
        buffer_.insert(buffer_.end(), block.begin() + static_cast<std::ptrdiff_t>(inside),
                       block.begin() + static_cast<std::ptrdiff_t>(inside + part));
        at += part;
    }
    const Blocks blocks{place.block, static_cast<std::uint32_t>(last + 1)};
    const bool joins = !continuations_.empty() && blocks.first >= continuations_.back().first &&
                       blocks.first <= continuations_.back().end;
    if (joins)
        continuations_.back().end = std::max(continuations_.back().end, blocks.end);
    else
        continuations_.push_back(blocks);
    return {};
}

Status RockRidgeReader::read(IsoBytes area, std::uint8_t skip, RockRidge& found) {
    RockRidge fresh;
    fresh.name.swap(found.name);  // their memory is used again
    fresh.target.swap(found.target);
    found = std::move(fresh);
    found.name.clear();
    found.target.clear();
    name_goes_on_ = link_goes_on_ = separate_ = false;
    next_.reset();
    BB_CHECK(take_area(area.subspan(std::min<std::size_t>(skip, area.size())), found));
    for (unsigned count = 0; next_; ++count) {
        if (count == kMostContinuations)
            return broken("its system use area goes on (CE) without end, last in block " +
                          std::to_string(next_->block));
        const Place place = *next_;
        next_.reset();
        BB_CHECK(fetch(place));
        BB_CHECK(take_area(buffer_, found));
    }
    if (name_goes_on_) return broken("its name (NM) is cut off");
    if (link_goes_on_) return broken("its link target (SL) is cut off");
    return {};
}

}  // namespace burnbox
