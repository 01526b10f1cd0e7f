#include "burner/image/link_targets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace burnbox;

namespace {

enum class Reader : std::uint8_t { linux_kernel, libarchive };

// A link's directory record whose fields are all in a continuation area, as libisofs makes them of a
// spelling.
class Record {
  public:
    explicit Record(const std::string& spelling) : bytes_(3 * 2048) {
        bytes_[0] = std::byte{62};
        bytes_[32] = std::byte{1};
        const std::string fields = fields_of(spelling);
        bytes_[34] = std::byte{'C'}, bytes_[35] = std::byte{'E'}, bytes_[36] = std::byte{28};
        bytes_[38] = std::byte{1};  // block 1
        bytes_[54] = std::byte(fields.size() % 256), bytes_[55] = std::byte(fields.size() / 256);
        std::ranges::copy(std::as_bytes(std::span(fields)), bytes_.begin() + 2048);
        fields_bytes_ = fields.size();
    }

    TreeBlocks blocks() { return {bytes_, 0}; }
    TreeRecord directory_record() {
        const std::span<std::byte> record = std::span(bytes_).first(62);
        return {record, record.subspan(33, 1)};
    }

    std::string read(Reader reader) const {
        std::string target;
        for (std::size_t at = 2048; at < 2048 + fields_bytes_; at += value(at + 2)) {
            const std::size_t end = at + value(at + 2);
            bool slash = false;  // before the next component
            for (std::size_t c = at + 5; c < end; c += 2 + value(c + 1)) {
                if (slash) target += '/';
                const unsigned flags = value(c) & ~1U;
                target += flags == 2 ? "." : flags == 4 ? ".." : flags == 8 ? "/" : text(c);
                slash = flags != 8 && (value(c) & 1U) == 0;
            }
            // Where the next field begins, Linux puts the slash, libarchive does not.
            if (reader == Reader::linux_kernel && slash && value(at + 4) == 1) target += '/';
        }
        return target;
    }

  private:
    unsigned value(std::size_t at) const { return std::to_integer<unsigned>(bytes_[at]); }
    std::string text(std::size_t at) const {
        return {reinterpret_cast<const char*>(&bytes_[at + 2]), value(at + 1)};
    }

    static std::string fields_of(const std::string& spelling) {
        std::string out, field;
        const auto close = [&](char more) {
            out += std::string("SL") + static_cast<char>(field.size() + 5) + '\1' + more + field;
            field.clear();
        };
        for (std::size_t begin = 0;;) {
            const std::size_t end = std::min(spelling.find('/', begin), spelling.size());
            std::string text = spelling.substr(begin, end - begin);
            char flags = text.empty() ? 8 : text == "." ? 2 : text == ".." ? 4 : 0;
            if (flags != 0) text.clear();
            REQUIRE(text.size() <= 248);
            if (field.size() + text.size() + 2 > 250) close(1);
            field += std::string(1, flags) + static_cast<char>(text.size()) + text;
            if (end + 1 >= spelling.size()) break;
            begin = end + 1;
        }
        close(0);
        return out;
    }

    std::vector<std::byte> bytes_;
    std::size_t fields_bytes_ = 0;
};

}  // namespace

TEST_CASE("link targets: what libisofs writes right is handed over as it is") {
    for (const std::string& target :
         {std::string("a"), std::string("."), std::string(".."), std::string("/"), std::string("//"),
          std::string("///"), std::string("/a"), std::string("a//b"), std::string("./a"),
          std::string("../.."), std::string(246, 'b'), "x/" + std::string(243, 'b')})
        CHECK(spelled_for_library(target) == target);
}

TEST_CASE("link targets: a slash at the end gets another one, which becomes the empty component") {
    for (const char* target :
         {"sub/", "./", "../", "gone/", "a//", "a///", "../..//", "/a/", "/./", "a b/\n/"})
        CHECK(spelled_for_library(target) == std::string(target) + "/");
}

TEST_CASE("link targets: fields end in the middle of a component") {
    const std::string b240(240, 'b'), c255(255, 'c');
    // An SL field holds 250 bytes of components, each with 2 bytes before its text.
    CHECK(spelled_for_library(std::string(248, 'a')) == std::string(246, 'a') + "/aa");
    CHECK(spelled_for_library(b240 + "/" + c255 + "/d") ==
          b240 + "/" + std::string(6, 'c') + "/" + std::string(246, 'c') + "/" + std::string(3, 'c') + "/d");
    std::string parts;  // 62 of them fill a field up to two bytes: an empty one goes there
    for (int i = 0; i < 63; ++i) parts += "ab/";
    CHECK(spelled_for_library(parts + "c").size() == parts.size() + 2);
}

TEST_CASE("link targets: a spelling that would be too long is left as libisofs writes it right") {
    std::string parts;
    while (parts.size() + 3 <= 1023) parts += "ab/";
    CHECK(spelled_for_library(parts) == parts + "/");
    std::string longest;
    while (longest.size() + 256 <= 1023) longest += std::string(255, 'p') + "/";
    longest += std::string(1023 - longest.size(), 'e');
    CHECK(spelled_for_library(longest) == longest);
}

TEST_CASE("link targets: of any kind, every reader sees them as they are") {
    std::mt19937 random(20261130);
    for (int round = 0; round < 20'000; ++round) {
        std::string target;
        const std::size_t bytes = 1 + random() % 1015;
        while (target.size() < bytes) {
            const char letter = random() % 4 ? static_cast<char>('a' + random() % 26) : '.';
            target += std::string(1 + random() % (random() % 3 ? 5 : 255), letter);
            if (random() % 8 == 0) target += "..";
            target += random() % 3 ? "/" : random() % 2 ? "/../" : "//";
        }
        target.resize(bytes);
        const std::string spelled = spelled_for_library(target);
        CHECK(spelled.size() >= target.size());
        CHECK(spelled.size() <= target.size() + 10);
        Record record(spelled);
        const auto set = set_link_target(record.blocks(), record.directory_record(), target);
        REQUIRE(set);
        REQUIRE_MESSAGE(*set, target);
        REQUIRE_MESSAGE(record.read(Reader::linux_kernel) == target, target);
        REQUIRE_MESSAGE(record.read(Reader::libarchive) == target, target);
    }
}
