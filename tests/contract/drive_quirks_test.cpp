// What libisofs gets wrong when it is left alone, and what Windows could not tell apart: on the disc it is
// right, for burnbox and for foreign tools.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "burner/image/link_targets.hpp"
#include "burner/image/size_estimate.hpp"
#include "common/bag/bag.hpp"
#include "common/unicode/upper_case.hpp"
#include "tests/contract/drive_rig.hpp"
#include "tests/support/foreign_tools.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string numbered(const std::string& name, unsigned number, std::size_t bytes) {
    std::string out = std::to_string(10'000 + number);
    while (out.size() + name.size() <= bytes) out += name;
    return out;
}

void burn_and_measure(WorkerDriveRig& rig, StagedSession& session) {
    TestObserver observer;
    const std::uint64_t before = rig.medium().sessions_used == 0 ? 32 : rig.medium().next_lba;
    rig.burn_well({session.seal()});
    CHECK(estimate_session_bytes(session.sealed()) >= (rig.medium().next_lba - before) * kSectorBytes);
}

}  // namespace

TEST_CASE("quirks: a folder with many long names comes out as computed, whatever their length and script") {
    struct Kind {
        std::string name;
        std::size_t bytes;
        unsigned count;
    };
    for (const Kind& kind : {Kind{"x", 123, 500},
                             {"x", 183, 200},
                             {"\xd0\xb6", 177, 200},
                             {"\xe6\x97\xa5", 255, 300},
                             {"\xf0\x9f\x98\x80", 118, 150},
                             {"x.", 255, 100}}) {
        WorkerDriveRig rig;
        REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
        StagedSession files = rig.stage("files");
        for (unsigned i = 0; i < kind.count; ++i) files.file(numbered(kind.name, i, kind.bytes), "x");
        burn_and_measure(rig, files);
        // The tree of the disc is made anew with each disc session, the names in it are padded anew.
        StagedSession folders = rig.stage("folders");
        folders.folder("f").folder("l");
        for (unsigned i = 0; i < kind.count / 4; ++i)
            folders.folder("f/" + numbered(kind.name, i, kind.bytes));
        for (unsigned i = 0; i < kind.count / 4; ++i)
            folders.link("l/" + numbered(kind.name, i, kind.bytes), std::string(1 + i % 250, 't') + "/x");
        rig.burn_well({folders.seal()});
    }
}

TEST_CASE("quirks: many long link targets in one folder") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    for (const std::size_t bytes : {60UL, 250UL, 520UL, 1000UL}) {
        StagedSession session = rig.stage("links-" + std::to_string(bytes));
        for (unsigned i = 0; i < 60; ++i) {
            std::string target = std::to_string(i);
            while (target.size() < bytes) target += target.size() % 200 == 0 ? "/" : "t";
            session.link("link " + std::to_string(i), target).file(numbered("n", i, 100 + 2 * i), "x");
        }
        rig.burn_well({session.seal()});
    }
}

TEST_CASE("quirks: link targets are on the disc as they are") {
    std::string longest, parts;
    while (longest.size() + 256 <= 1023) longest += std::string(255, 'p') + "/";
    longest += std::string(1023 - longest.size(), 'e');
    while (parts.size() + 3 <= 1023) parts += "ab/";
    const std::string b240(240, 'b'), c255(255, 'c');
    const std::vector<std::string> targets{"a",
                                           "a/",
                                           "a//",
                                           "a///",
                                           "a//b",
                                           "a//b/",
                                           "./",
                                           ".",
                                           "..",
                                           "../",
                                           "../..//",
                                           "/",
                                           "//",
                                           "///",
                                           "/a",
                                           "/a/",
                                           "//a//",
                                           "./.",
                                           "./a",
                                           "a/.",
                                           "a/./",
                                           "a/..",
                                           "gone/",
                                           "sub/../",
                                           "...",
                                           ".../",
                                           "a b/",
                                           "\xc3\xa9t\xc3\xa9/",
                                           "line\nbreak/",
                                           "back\\slash/",
                                           "-",
                                           "~/",
                                           longest,
                                           parts,
                                           parts.substr(0, 1022) + "/",
                                           c255,
                                           c255 + "/",
                                           b240 + "/" + c255,
                                           b240 + "/" + c255 + "/d",
                                           b240 + "/" + c255 + "/",
                                           c255 + "/" + c255 + "/x",
                                           "x/" + std::string(245, 'y') + "/" + std::string(249, 'z') + "/w"};
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    for (const char* name : {"first", "second"}) {
        StagedSession session = rig.stage(name);
        for (std::size_t i = 0; i < targets.size(); ++i)
            session.link("l" + std::to_string(100 + i), targets[i]);
        rig.burn_well({session.seal()});
    }
    if (!installed("bsdtar")) return;
    const std::string to = rig.temp() / "extracted";
    for (const char* name : {"first", "second"}) {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const std::string path = std::string(name) + "/data/l" + std::to_string(100 + i);
            const bool same =
                output_of("mkdir -p " + to + " && bsdtar -xf " + rig.image() + " -C " + to + " 'alice/" +
                          path + "' && readlink -n " + to + "/alice/" + path) == targets[i];
            // libarchive loses slashes where the spelling that prevents it would be too long.
            if (spelled_for_library(targets[i]).size() <= 1021)
                CHECK_MESSAGE(same, i, " ", targets[i].substr(0, 20));
        }
    }
}

TEST_CASE(
    "quirks: names that Windows can't tell apart have another one in Joliet, the same in later disc "
    "sessions") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    StagedSession session = rig.stage("twins");
    const std::string front(110, 'n');
    for (const char* name :
         {"File.txt", "file.txt", "FILE.TXT", "a", "A", "12:30", "end.", "CON", "Makefile"})
        session.file(name, name);
    session.folder("Docs").folder("docs").file("Docs/in", "upper").file("docs/in", "lower");
    session.folder("docs/UP")
        .folder("docs/up")
        .link("docs/up/link", "../UP/")
        .file("docs/up/" + front + "1", "1");
    session.file("docs/up/" + front + "2", "2").link("FILE.txt", "gone/");
    const auto joliet = [&rig] {
        std::set<std::string> names;
        std::istringstream lines(
            output_of("LC_ALL=C.UTF-8 bsdtar --options '!rockridge' -tf " + rig.image()));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("alice/twins/data/")) names.insert(line.substr(17));
        return names;
    };
    rig.burn_well({session.seal()});
    if (!installed("bsdtar")) return;
    const auto first = joliet();
    std::set<std::string> upper;
    for (const std::string& name : first) CHECK(upper.insert(upper_case(name)).second);
    CHECK(first == std::set<std::string>{"12_30", "A", "CO_", "Docs", "Docs/in", "FILE.TXT", "Fi~1.txt",
                                         "Makefile", "do~1", "do~1/UP", "do~1/in", "do~1/~1",
                                         "do~1/~1/" + front.substr(0, 103),
                                         "do~1/~1/" + front.substr(0, 101) + "~1", "end_", "fi~2.txt", "~"});
    StagedSession later = rig.stage("TWIN");
    rig.burn_well({later.file("x", "x").seal()});
    CHECK(joliet() == first);
}
