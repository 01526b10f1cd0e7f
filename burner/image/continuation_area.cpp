#include "burner/image/continuation_area.hpp"

#include <algorithm>

namespace burnbox {
namespace {

constexpr std::size_t kBlock = 2048;
constexpr std::size_t kContinuationField = 28;  // CE
// What a block of the area can hold when another field comes: libisofs keeps the place for a CE free.
constexpr std::size_t kRoom = kBlock - kContinuationField;
constexpr std::size_t kLongestRecord = 254;
constexpr std::size_t kFixedFields = 44 + 26;  // PX, TF
constexpr std::size_t kNameField = 5;          // NM without the name
constexpr std::size_t kLinkField = 5;          // SL without components
constexpr std::size_t kComponentHead = 2;
constexpr std::size_t kLongestField = 255;
constexpr std::size_t kLongestComponentRecord = 250;
constexpr std::size_t kShortestPadding = 5;
constexpr std::size_t kLongestPadding = 250;
// What is longer than any record's free room goes into the area whole.
constexpr std::size_t kForced = 120;

std::size_t count_characters(std::string_view name) {
    return static_cast<std::size_t>(
        std::ranges::count_if(name, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

// The directory record without Rock Ridge: 33 bytes, the ISO 9660 name, its version, padding to an even
// length. libisofs cuts names at 31 characters; shorter ones may get up to seven digits to be unique.
struct RecordLengths {
    std::size_t least;
    std::size_t most;
};

RecordLengths record_lengths(std::string_view name, bool folder) {
    const std::size_t version = folder ? 0 : 2;
    const auto length = [version](std::size_t characters) {
        const std::size_t bytes = 33 + characters + version;
        return bytes + bytes % 2;
    };
    return {length(std::min<std::size_t>(count_characters(name), 30)), length(31)};
}

// The bytes of an SL field when it fits into one, and of all of them as they are divided in the area.
struct LinkBytes {
    std::size_t in_one = 0;
    std::size_t divided = 0;
};

LinkBytes link_bytes(std::string_view target) {
    LinkBytes bytes{kLinkField, 0};
    std::size_t field = kLinkField;
    for (std::size_t begin = 0;;) {
        const std::size_t end = std::min(target.find('/', begin), target.size());
        const std::string_view text = target.substr(begin, end - begin);
        std::size_t component = kComponentHead + (text == "." || text == ".." ? 0 : text.size());
        bytes.in_one += component;
        if (field + component > kLongestField) {
            if (component <= kLongestComponentRecord) {
                bytes.divided += field;
                field = kLinkField + component;
            } else if (component - kLongestComponentRecord + field + kComponentHead <= kLongestField) {
                // Divided between this field, which it fills, and the next.
                component -= kLongestField - field - kComponentHead;
                bytes.divided += kLongestField;
                field = kLinkField + component;
            } else {
                bytes.divided += field + kLongestField;
                field = kLinkField + component - kLongestComponentRecord + kComponentHead;
            }
        } else {
            field += component;
        }
        if (end + 1 >= target.size()) break;  // libisofs passes over a slash at the end
        begin = end + 1;
    }
    bytes.divided += field;
    return bytes;
}

// Bytes for the area when `record` bytes of the directory record are taken; nothing when all fits and there
// need be no continuation field.
std::size_t bytes_over(std::size_t record, std::size_t name, const LinkBytes& link, bool with_continuation) {
    const std::size_t taken = record + kFixedFields + (with_continuation ? kContinuationField : 0);
    std::size_t room = kLongestRecord - taken;
    std::size_t over = 0;
    if (kNameField + name <= room) {
        room -= kNameField + name;
    } else {
        over = kNameField + name - (room - kNameField);
        room = 0;
    }
    if (link.in_one > room) over += link.divided;
    return over;
}

}  // namespace

ContinuationNeed continuation_need(std::string_view name, bool folder, std::string_view link_target) {
    const RecordLengths record = record_lengths(name, folder);
    const LinkBytes link = link_target.empty() ? LinkBytes() : link_bytes(link_target);
    if (bytes_over(record.most, name.size(), link, false) == 0) return {};
    return {bytes_over(record.least, name.size(), link, true),
            bytes_over(record.most, name.size(), link, true)};
}

ContinuationPadding::ContinuationPadding(std::span<const ContinuationNeed> needs, std::size_t used)
    : used_(used), sum_(used) {
    for (const ContinuationNeed& need : needs) {
        sum_ += need.most * need.records;
        records_ += need.records;
        most_ = std::max(most_, need.most);
        if (need.least == 0) most_unsure_ = std::max(most_unsure_, need.most);
        spread_ = std::max(spread_, need.most - need.least);
    }
    needed_ = sum_ > kRoom;
    if (needed_ && !choose_within_blocks()) (void)choose_across_blocks();
}

// What a node gets at most when each gets `smallest` at least.
std::size_t ContinuationPadding::largest(std::size_t smallest) const {
    return std::max(
        {smallest + spread_, most_ + kShortestPadding, most_unsure_ > 0 ? most_unsure_ + kForced : 0});
}

// Every node's bytes are within [smallest, largest]. A block may hold any count of nodes k with which another
// could stay in it; whatever was put there, the largest name or link must still fit behind.
bool ContinuationPadding::fits_within_blocks(std::size_t smallest) const {
    const std::size_t most = largest(smallest);
    for (const std::size_t start : {std::size_t{0}, used_}) {
        if (start + most_ > kRoom) return false;
        for (std::size_t k = 1; start + k * smallest <= kRoom; ++k)
            if (start + k * most + most_ > kRoom) return false;
    }
    return true;
}

bool ContinuationPadding::choose_within_blocks() {
    for (std::size_t smallest = kShortestPadding; smallest <= kRoom; ++smallest) {
        if (!fits_within_blocks(smallest)) continue;
        smallest_ = smallest;
        return true;
    }
    return false;
}

bool ContinuationPadding::choose_across_blocks() {
    const std::size_t tail = std::max<std::size_t>(spread_ + kShortestPadding + 2, 10);
    if (tail > kLongestPadding) return false;
    if (std::max(tail, used_) + most_ > kRoom) return false;
    tail_ = tail;
    return true;
}

PaddingFields ContinuationPadding::fields(const ContinuationNeed& need) const {
    PaddingFields fields;
    if (!needed_ || !possible() || need.most == 0) return fields;
    // Never to the last byte: libisofs errs in the length of what follows a CE that ends with its block.
    std::size_t bytes = tail_ > 0 ? kRoom - 1 - need.most : smallest_ - std::min(smallest_, need.least);
    if (tail_ == 0 && need.least == 0) bytes = std::max(bytes, kForced);
    if (bytes > 0 && bytes < kShortestPadding) bytes = tail_ > 0 ? 0 : kShortestPadding;
    while (bytes > 0) {
        std::size_t field = std::min(bytes, kLongestPadding);
        if (bytes > field && bytes - field < kShortestPadding) field -= kShortestPadding;
        fields.push_back(field);
        bytes -= field;
    }
    if (tail_ > 0) fields.push_back(tail_);
    return fields;
}

std::uint64_t ContinuationPadding::blocks() const {
    if (!needed_) return sum_ > 0 ? 1 : 0;
    if (tail_ > 0) return 2 * records_ + 1;
    if (smallest_ == 0) return 2 * (sum_ / kRoom + records_ + 1);
    return 1 + (records_ + kRoom / largest(smallest_)) / (kRoom / largest(smallest_));
}

}  // namespace burnbox
