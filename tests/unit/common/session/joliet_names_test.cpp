#include "common/session/joliet_names.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "common/base/text.hpp"
#include "common/unicode/upper_case.hpp"

using namespace burnbox;

namespace {

std::vector<std::string> shown(const std::vector<std::string>& names, bool folders = false) {
    std::vector<NameInFolder> in_folder;
    for (const std::string& name : names) in_folder.push_back({name, folders, true});
    std::vector<std::string> all;
    std::set<std::string> upper;
    const auto found = joliet_names(in_folder);
    REQUIRE(found.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!found[i].spelling.empty()) CHECK(found[i].spelling.size() == names[i].size());
        all.push_back(found[i].shown.empty() ? names[i] : found[i].shown);
        CHECK_MESSAGE(upper.insert(upper_case(all.back())).second, all.back());
        CHECK(is_utf8(all.back()));
    }
    return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("joliet names: what Windows can have stays") {
    const Names names{"a",  "b.txt", "IMG_0001.JPG",       ".bashrc", "x.tar.gz", "日本",
                      "😀", "a b",   std::string(103, 'x')};
    CHECK(shown(names) == names);
    CHECK(shown(names, true) == names);
}

TEST_CASE("joliet names: of names that differ only by case the first stays") {
    CHECK(shown({"File.txt", "file.txt"}) == Names{"File.txt", "fi~1.txt"});
    CHECK(shown({"FILE.TXT", "File.txt", "file.txt"}) == Names{"FILE.TXT", "Fi~1.txt", "fi~2.txt"});
    CHECK(shown({"Docs", "docs"}, true) == Names{"Docs", "do~1"});
    CHECK(shown({"v1.0", "V1.0"}, true) == Names{"v1.0", "V1~1"});
    CHECK(shown({"ÉTÉ", "été"}) == Names{"ÉTÉ", "ét~1"});
    CHECK(shown({"Ж", "ж"}) == Names{"Ж", "~1"});
}

TEST_CASE("joliet names: what is taken is not given again") {
    CHECK(shown({"File.txt", "fi~1.txt", "file.txt"}) == Names{"File.txt", "fi~1.txt", "fi~2.txt"});
    CHECK(shown({"File.txt", "FI~1.TXT", "file.txt"}) == Names{"File.txt", "FI~1.TXT", "fi~2.txt"});
}

TEST_CASE("joliet names: one letter is enough") {
    CHECK(shown({"A", "a"}) == Names{"A", "~"});
    CHECK(shown({"A.txt", "a.txt", "~.txt"}) == Names{"A.txt", "_.txt", "~.txt"});
    Names letters;
    for (char c = 'A'; c <= 'Z'; ++c) letters.emplace_back(1, c);
    for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
    shown(letters);
}

TEST_CASE("joliet names: characters, ends and devices that Windows can't have") {
    CHECK(shown({"12:30", "a*b?", "tab\there"}) == Names{"12_30", "a_b_", "tab_here"});
    CHECK(shown({"a?b", "a:b", "a_b"}) == Names{"a~1", "a~2", "a_b"});
    CHECK(shown({"end.", "end ", "..."}) == Names{"end_", "en~1", "___"});
    CHECK(shown({"CON", "aux.txt", "com1", "com10", "console"}) ==
          Names{"CO_", "au_.txt", "co_1", "com10", "console"});
}

TEST_CASE("joliet names: tag characters, which the writer of Joliet's names leaves out") {
    const std::string tag = "\xF3\xA0\x81\x81", last = "\xF3\xA0\x81\xBF", other = "\xF3\xA0\x84\x80";
    CHECK(shown({tag}) == Names{"____"});
    CHECK(shown({"a" + tag + "b" + last + ".x", "ab.x"}) == Names{"a____b____.x", "ab.x"});
    CHECK(shown({other + "a"}) == Names{other + "a"});  // U+E0100
}

TEST_CASE("joliet names: names that are equal as far as Joliet holds them") {
    const std::string front(103, 'x');
    CHECK(shown({front + "1", front + "2"}) == Names{front, std::string(101, 'x') + "~1"});
    CHECK(shown({front + "1", front + "2"}, true) == Names{front, std::string(101, 'x') + "~1"});
    const std::string cut(100, 'x');
    CHECK(shown({front + "1.jpg", front + "2.jpg"}) == Names{cut + ".jpg", std::string(98, 'x') + "~1.jpg"});
    CHECK(shown({front + "1.jpeg", front + "2.jpeg"}) ==
          Names{cut + ".jpe", std::string(98, 'x') + "~1.jpe"});
    // Some readers count the dot.
    CHECK(shown({cut + ".jpe", cut + ".jpg"}) == Names{cut + ".jpe", std::string(98, 'x') + "~1.jpg"});
    Names many;
    for (int i = 0; i < 1500; ++i) many.push_back(std::string(120, 'n') + std::to_string(i) + ".txt");
    shown(many);
    std::string japanese;
    for (int i = 0; i < 84; ++i) japanese += "日";
    shown({japanese, japanese.substr(3) + "月", "月" + japanese.substr(3)});
}

TEST_CASE("joliet names: links are not among them, and keep their names") {
    const std::vector<NameInFolder> names{{"File", false, true}, {"file", false, false}};
    for (const JolietName& one : joliet_names(names)) {
        CHECK(one.spelling.empty());
        CHECK(one.shown.empty());
    }
    // The spelling is never another entry's name.
    const std::vector<NameInFolder> taken{
        {"File", false, true}, {"fi~1", false, false}, {"file", false, true}};
    CHECK(joliet_names(taken)[2].spelling == "fi~2");
}

TEST_CASE("joliet names: any names, unique whatever the case") {
    std::mt19937 random(20261130);
    static const Names kPieces{"a",
                               "A",
                               "b",
                               ".",
                               "é",
                               "É",
                               "日",
                               "😀",
                               " ",
                               ":",
                               "x.y",
                               "~1",
                               "ж",
                               "Ж",
                               "\xF3\xA0\x81\x81",
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (int round = 0; round < 2000; ++round) {
        std::set<std::string> names;
        for (unsigned i = random() % 30; i > 0; --i) {
            std::string name;
            for (unsigned pieces = 1 + random() % 6; pieces > 0; --pieces) {
                const std::string& piece = kPieces[random() % kPieces.size()];
                if (name.size() + piece.size() <= 255) name += piece;
            }
            if (name != "." && name != "..") names.insert(name);
        }
        shown(Names(names.begin(), names.end()), round % 2 == 0);
    }
}
