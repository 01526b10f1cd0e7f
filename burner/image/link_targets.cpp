#include "burner/image/link_targets.hpp"

#include <algorithm>
#include <vector>

namespace burnbox {
namespace {

constexpr std::size_t kLongestField = 255;  // SL
constexpr std::size_t kFieldHead = 5;
constexpr std::size_t kComponentHead = 2;
constexpr std::size_t kLongestWhole = 248;  // text of a component that has a field of its own
constexpr std::size_t kLongestPiece = 246;  // with room for an empty component behind it

// Flags of a component.
constexpr std::byte kContinues{1};
constexpr std::byte kCurrent{2};
constexpr std::byte kParent{4};
constexpr std::byte kRoot{8};

std::vector<std::string_view> components_of(std::string_view target) {
    std::vector<std::string_view> components;
    for (std::size_t begin = 0; begin <= target.size();) {
        const std::size_t end = std::min(target.find('/', begin), target.size());
        components.push_back(target.substr(begin, end - begin));
        begin = end + 1;
    }
    return components;
}

bool only_slashes(std::string_view target) {
    return target.find_first_not_of('/') == std::string_view::npos;
}

bool is_dots(std::string_view text) {
    return text == "." || text == "..";
}

// How many bytes of a component that is divided come first: at most so many, and libisofs takes neither part
// for a step to the folder itself or to the one above.
std::size_t begin_bytes(std::string_view text, std::size_t most) {
    most = std::min({most, kLongestPiece, text.size()});
    while (most > 0 && (is_dots(text.substr(0, most)) || is_dots(text.substr(most)))) --most;
    return most;
}

// What one component of the spelling becomes.
struct Piece {
    std::string_view text;
    bool continues = false;  // the next one is of the same component; without text it stands for nothing

    [[nodiscard]] std::size_t bytes() const {
        return kComponentHead + (!continues && is_dots(text) ? 0 : text.size());
    }
    [[nodiscard]] bool joins_fields() const { return continues || text.empty(); }
};

// Divides a target into pieces, knowing how full the SL field is that libisofs writes at the moment.
class Division {
  public:
    enum class Fields { any, joined };  // joined: between two fields there is never a slash to be put in

    Division(std::string_view target, Fields fields) {
        auto components = components_of(target);
        if (only_slashes(target)) components.pop_back();
        for (std::size_t i = 0; i < components.size(); ++i)
            fields == Fields::joined ? add_joined(components[i])
                                     : add_whole(components[i], i + 1 == components.size());
    }

    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
    // Pieces apart by slashes; libisofs drops one slash at the end.
    [[nodiscard]] std::string spelling() const {
        std::string out;
        for (std::size_t i = 0; i < pieces_.size(); ++i) (i > 0 ? out += '/' : out) += pieces_[i].text;
        if (!pieces_.empty() && pieces_.back().text.empty()) out += '/';
        return out;
    }

  private:
    [[nodiscard]] std::size_t room() const { return kLongestField - field_; }

    void put(Piece piece) {
        const std::size_t bytes = piece.bytes();
        if (bytes <= room())
            field_ += bytes;
        else if (piece.text.size() <= kLongestWhole)
            field_ = kFieldHead + bytes;
        else  // libisofs fills the field with its begin
            field_ = kFieldHead + bytes - (room() - kComponentHead);
        pieces_.push_back(piece);
    }

    void add_joined(std::string_view text) {
        while (Piece{text}.bytes() > room() || text.size() > kLongestPiece) {
            std::size_t bytes = room() <= kComponentHead ? 0 : begin_bytes(text, room() - kComponentHead);
            if (text.empty() || is_dots(text) || bytes == 0) {
                join();
                if (!pieces_.back().joins_fields()) continue;
                if (text.size() <= kLongestPiece) break;
                bytes = begin_bytes(text, kLongestPiece);
            }
            put_begin(text, bytes);
        }
        put({text});
    }

    void put_begin(std::string_view& text, std::size_t bytes) {
        put({text.substr(0, bytes), true});
        text.remove_prefix(bytes);
    }

    // Another field is to begin: this one must not end with a component that is over.
    void join() {
        if (pieces_.back().joins_fields()) return;
        if (room() >= kComponentHead) return put({"", true});
        const Piece moved = pieces_.back();
        pieces_.pop_back();
        field_ -= moved.bytes();
        put({"", true});
        put(moved);
    }

    void add_whole(std::string_view text, bool last) {
        const bool doubled =
            text.size() > kLongestWhole && text.size() - kLongestWhole + kComponentHead > room();
        if (doubled && !last) put_begin(text, text.size() / 2);
        put({text});
    }

    std::vector<Piece> pieces_;
    std::size_t field_ = kFieldHead;
};

Division divide(std::string_view target) {
    Division division(target, Division::Fields::joined);
    if (division.spelling().size() <= kLongestSpelling) return division;
    return {target, Division::Fields::any};
}

struct Component {
    std::byte* flags;
    std::string_view text;
};

Result<std::vector<Component>> written_components(const TreeBlocks& tree, const TreeRecord& record) {
    std::vector<Component> components;
    BB_CHECK(for_each_field(tree, record, [&components](std::span<std::byte> field) -> Status {
        if (!text_of(field).starts_with("SL") || field.size() < kFieldHead) return {};
        for (auto rest = field.subspan(kFieldHead); rest.size() >= kComponentHead;) {
            const auto length = std::to_integer<std::size_t>(rest[1]);
            if (length > rest.size() - kComponentHead) break;
            components.push_back({rest.data(), text_of(rest.subspan(kComponentHead, length))});
            rest = rest.subspan(kComponentHead + length);
        }
        return {};
    }));
    return components;
}

// libisofs may have divided a long piece once more.
bool set_flags(std::span<const Component>& written, const Piece& piece, bool last) {
    std::string_view text = piece.text;
    const bool dots = !piece.continues && is_dots(text);
    do {
        if (written.empty()) return false;
        const Component component = written.front();
        written = written.subspan(1);
        if (dots) return *component.flags == (text == "." ? kCurrent : kParent);
        if (!text.starts_with(component.text) || (component.text.empty() && !text.empty())) return false;
        text.remove_prefix(component.text.size());
        const bool continues = piece.continues || !text.empty();
        const std::byte over = piece.text.empty() && !last ? kRoot : std::byte{0};
        *component.flags = continues ? kContinues : over;
    } while (!text.empty());
    return true;
}

}  // namespace

std::string spelled_for_library(std::string_view target) {
    return divide(target).spelling();
}

Result<bool> set_link_target(const TreeBlocks& tree, const TreeRecord& record, std::string_view target) {
    BB_TRY(const auto components, written_components(tree, record));
    std::span<const Component> written(components);
    const Division division = divide(target);
    const auto& pieces = division.pieces();
    for (std::size_t i = 0; i < pieces.size(); ++i)
        if (!set_flags(written, pieces[i], i + 1 == pieces.size())) return false;
    return written.empty();
}

}  // namespace burnbox
