#include "common/keys/public_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/base/text.hpp"
#include "common/keys/base64.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kLeastRsaBits = 2048;
constexpr std::size_t kMostRsaBits = 16384;

// Reads the fields of a key blob (RFC 4251 5); one that runs over the end makes ok() false.
class BlobReader {
  public:
    explicit BlobReader(std::string_view blob) : rest_(blob) {}

    std::string_view string() {
        std::uint32_t length = 0;
        if (rest_.size() < 4) return fail();
        for (int i = 0; i < 4; ++i)
            length = length << 8U | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
        if (rest_.size() - 4 < length) return fail();
        const std::string_view field = rest_.substr(4, length);
        rest_.remove_prefix(4 + length);
        return field;
    }
    [[nodiscard]] bool ok_and_at_end() const { return ok_ && rest_.empty(); }

  private:
    std::string_view fail() {
        ok_ = false;
        rest_ = {};
        return {};
    }
    std::string_view rest_;
    bool ok_ = true;
};

// Bits of an mpint; 0 when it is negative or zero.
std::size_t mpint_bits(std::string_view number) {
    if (number.empty() || (static_cast<unsigned char>(number[0]) & 0x80U) != 0) return 0;
    while (!number.empty() && number[0] == '\0') number.remove_prefix(1);
    if (number.empty()) return 0;
    std::size_t bits = number.size() * 8;
    for (unsigned top = static_cast<unsigned char>(number[0]); (top & 0x80U) == 0; top <<= 1U) --bits;
    return bits;
}

std::optional<std::string> check_ed25519(BlobReader& blob) {
    if (blob.string().size() != 32) return "its key is not 32 bytes long";
    return std::nullopt;
}

std::optional<std::string> check_rsa(BlobReader& blob) {
    if (mpint_bits(blob.string()) < 2) return "its exponent is damaged";
    const std::size_t bits = mpint_bits(blob.string());
    if (bits < kLeastRsaBits || bits > kMostRsaBits)
        return fmt::format(
            "it has {} bits, from {} to {} are allowed; make a new one with ssh-keygen -t ed25519", bits,
            kLeastRsaBits, kMostRsaBits);
    return std::nullopt;
}

std::optional<std::string> check_ecdsa(BlobReader& blob, std::string_view curve, std::size_t field_bytes) {
    if (blob.string() != curve) return fmt::format("it is not on the curve {}", curve);
    const std::string_view point = blob.string();
    if (point.size() != 1 + 2 * field_bytes || point[0] != 4)
        return "its point is damaged";  // SEC 1 2.3.3: uncompressed
    return std::nullopt;
}

std::optional<std::string> check_application(BlobReader& blob) {
    if (blob.string().empty()) return "its application is missing";
    return std::nullopt;
}

struct KeyType {
    std::string_view name;
    std::optional<std::string> (*check)(BlobReader& blob);  // after the type's name; what is wrong
};

constexpr KeyType kTypes[] = {
    {"ssh-ed25519", check_ed25519},
    {"ssh-rsa", check_rsa},
    {"ecdsa-sha2-nistp256", [](BlobReader& blob) { return check_ecdsa(blob, "nistp256", 32); }},
    {"ecdsa-sha2-nistp384", [](BlobReader& blob) { return check_ecdsa(blob, "nistp384", 48); }},
    {"ecdsa-sha2-nistp521", [](BlobReader& blob) { return check_ecdsa(blob, "nistp521", 66); }},
    {"sk-ssh-ed25519@openssh.com",
     [](BlobReader& blob) {
         const auto wrong = check_ed25519(blob);
         return wrong ? wrong : check_application(blob);
     }},
    {"sk-ecdsa-sha2-nistp256@openssh.com",
     [](BlobReader& blob) {
         const auto wrong = check_ecdsa(blob, "nistp256", 32);
         return wrong ? wrong : check_application(blob);
     }},
};

const KeyType* find_type(std::string_view name) {
    const auto* found = std::ranges::find(kTypes, name, &KeyType::name);
    return found == std::end(kTypes) ? nullptr : found;
}

// Cuts one word off the front; a quoted part may hold spaces, as in from="a b" (sshd(8) AUTHORIZED_KEYS FILE
// FORMAT).
std::string_view cut_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::size_t end = 0;
    for (bool quoted = false; end < line.size() && (quoted || (line[end] != ' ' && line[end] != '\t'));
         ++end) {
        if (line[end] == '\\' && end + 1 < line.size() && line[end + 1] == '"')
            ++end;
        else if (line[end] == '"')
            quoted = !quoted;
    }
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

std::unexpected<Error> unknown_type(std::string_view first, std::string_view rest) {
    const std::string_view second = cut_word(rest);
    if (find_type(second) != nullptr)
        return fail(
            Errc::invalid,
            fmt::format("the options \"{}\" before the key are not supported by burnbox, which has no shell "
                        "and no forwarding; remove them and use the account's rights",
                        escape(first)));
    std::string allowed;
    for (const KeyType& type : kTypes) allowed += (allowed.empty() ? "" : ", ") + std::string(type.name);
    return fail(Errc::invalid, fmt::format("\"{}\" is no key type burnbox accepts; allowed are {}",
                                           escape(first.substr(0, 60)), allowed));
}

}  // namespace

Result<PublicKey> parse_public_key(std::string_view line) {
    while (!line.empty() && std::string_view(" \t\r\n").find(line.back()) != std::string_view::npos)
        line.remove_suffix(1);
    const std::string_view type_name = cut_word(line);
    if (type_name.empty()) return fail(Errc::invalid, "the key is empty; paste a line of a .pub file");
    const KeyType* type = find_type(type_name);
    if (type == nullptr) return unknown_type(type_name, line);

    const std::string_view base64 = cut_word(line);
    const auto bytes = base64_decode(base64);
    const auto bad = [&](std::string_view what) {
        return fail(
            Errc::invalid,
            fmt::format("the {} key is damaged: {}; paste the whole line of the .pub file", type_name, what));
    };
    if (base64.empty()) return bad("nothing follows its type");
    if (!bytes) return bad("it is not base64");
    BlobReader blob(*bytes);
    if (blob.string() != type_name) return bad("its type and its content differ");
    if (const auto wrong = type->check(blob))
        return fail(Errc::invalid, fmt::format("the {} key can't be used: {}", type_name, *wrong));
    if (!blob.ok_and_at_end()) return bad("its length is wrong");
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return PublicKey{std::string(type_name), std::string(base64), std::string(line)};
}

std::vector<KeyFileLine> parse_key_lines(std::string_view text) {
    std::vector<KeyFileLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos || line[begin] == '#') continue;
        lines.push_back({number, static_cast<int>(begin) + 1, parse_public_key(line)});
    }
    return lines;
}

}  // namespace burnbox
