// What is on an emulated disc: every kind of entry, read back by burnbox and by foreign tools.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "burner/image/size_estimate.hpp"
#include "tests/contract/drive_rig.hpp"
#include "tests/support/foreign_tools.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

int run(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str());
}
std::string read_all(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

StagedSession everything(DriveRig& rig, const std::string& name) {
    StagedSession session = rig.stage(name);
    session.file("empty", "").folder("empty folder").file("plain.txt", "hello\n");
    session.file(std::string(251, 'n') + ".txt", "a name of 255 bytes");
    session.file(std::string(254, 'n') + "x", "and one that differs at its end");
    session.file(
        "gr\xc3\xbc\xc3\x9f"
        "e \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x93\x80",
        "Unicode");
    session.file("100% & more;1.txt", "percent").file(" spaces  around ", "spaces");
    session.file("Makefile", "upper").file("makefile", "lower");
    session.file("block", std::string(2048, 'b')).file("block and one", std::string(2049, 'c'));
    session.file("large", std::string(3'000'001, 'd'));
    std::string deep = "deep";
    session.folder(deep);
    for (int level = 2; level <= 30; ++level) session.folder(deep += "/level " + std::to_string(level));
    session.file(deep + "/bottom", "thirty levels down");
    session.link("link", "plain.txt").link("up", "../outside").link(deep + "/far", "../../level 2/nowhere");
    return session;
}

}  // namespace

TEST_CASE("disc: every kind of entry is burned and read back") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    StagedSession session = everything(rig, "holiday");
    rig.burn_well({session.seal()});
    // What the seal promises to fit fits.
    CHECK(estimate_session_bytes(session.sealed().manifest) >= (rig.medium().next_lba - 32) * kSectorBytes);
}

TEST_CASE("disc: names of 255 bytes on thirty levels are burned and read back") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    StagedSession session = rig.stage("deep");
    std::string path = std::string(255, 'a');
    session.folder(path);
    for (int level = 2; level <= 30; ++level)
        session.folder(path += "/" + std::string(255, static_cast<char>('a' + level % 26)));
    session.file(path + "/" + std::string(255, 'z'), "bottom");
    rig.burn_well({session.seal()});
    CHECK(estimate_session_bytes(session.sealed().manifest) >= (rig.medium().next_lba - 32) * kSectorBytes);
}

TEST_CASE(
    "disc: what a disc session takes is bounded by the tree before it and the estimate, and not by far") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    std::uint64_t tree_bytes = 0;
    const auto burn = [&](StagedSession& session, std::uint64_t most_wasted) {
        TestObserver observer;
        const auto written = rig.drive().burn(rig.job({session.seal()}), observer);
        REQUIRE(written);
        const std::uint64_t bytes = written->blocks * kSectorBytes;
        const std::uint64_t bound = tree_bytes + estimate_session_bytes(session.sealed());
        CHECK(bound >= bytes);
        CHECK(bound <= bytes + most_wasted);
        MESSAGE(session.disc_path(), ": ", bytes, " bytes, ", bound - bytes, " fewer than estimated");
        REQUIRE(observer.plans.size() == 1);
        tree_bytes = observer.plans.front().tree.blocks * kSectorBytes;
    };
    constexpr std::uint64_t kMiB = 1U << 20U;
    StagedSession kinds = everything(rig, "kinds");
    burn(kinds, 5 * kMiB / 4);
    StagedSession many = rig.stage("many");
    for (unsigned folder = 0; folder < 40; ++folder) {
        const std::string path = "folder " + std::to_string(folder);
        many.folder(path);
        for (unsigned i = 0; i < 100; ++i)
            many.file(path + "/IMG_" + std::to_string(10'000 + i) + ".JPG", std::string(i, 'x'));
    }
    burn(many, 2 * kMiB);
    StagedSession again = everything(rig, "again");
    burn(again, 5 * kMiB / 4);
    StagedSession last = rig.stage("last");
    burn(last.file("a", "1"), 5 * kMiB / 4);
}

TEST_CASE("disc: foreign tools see the same files in the newest disc session") {
    if (!installed("bsdtar") || !installed("xorriso") || !installed("isoinfo")) return;
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    StagedSession one = everything(rig, "one");
    rig.burn_well({one.seal()});
    const std::string out = rig.temp() / "out";
    std::filesystem::create_directories(out + "/b");
    // Only now: libarchive 3.6 does not follow a long name's continuation when the name is newer than the
    // file's content, as it is for older files in a later disc session.
    REQUIRE(run("bsdtar -C '" + out + "/b' -xf '" + rig.image() + "'") == 0);
    CHECK(run("diff -r --no-dereference '" + one.path() + "' '" + out + "/b/alice/one/data'") == 0);

    StagedSession two = rig.stage("two");
    rig.burn_well({two.file("b", "2").seal()});
    REQUIRE(run("xorriso -osirrox on -indev '" + rig.image() + "' -extract / '" + out + "/x'") == 0);
    CHECK(run("diff -r --no-dereference '" + one.path() + "' '" + out + "/x/alice/one/data'") == 0);
    CHECK(run("diff -r '" + two.path() + "' '" + out + "/x/alice/two/data'") == 0);
    CHECK(run("cd '" + out + "/x/alice/one' && sha256sum --strict -c SHA256SUMS") == 0);
    CHECK(read_all(out + "/x/README.txt") == disc_readme(DriveRig::kLabel, DriveRig::kSerial));

    const std::string info = output_of("isoinfo -d -i '" + rig.image() + "'");
    CHECK(info.find("Volume id: BURNBOX_0001\n") != std::string::npos);
    CHECK(info.find(std::string("Volume set id: ") + DriveRig::kSerial) != std::string::npos);
    CHECK(info.find("Joliet with UCS level 3") != std::string::npos);

    const std::string toc = output_of("xorriso -indev '" + rig.image() + "' -toc");
    CHECK(toc.find("Media summary: 2 sessions") != std::string::npos);
    const std::string first =
        output_of("xorriso -load session 1 -indev '" + rig.image() + "' -find /alice -maxdepth 1");
    CHECK(first.find("/alice/one") != std::string::npos);
    CHECK(first.find("/alice/two") == std::string::npos);
}

TEST_CASE("disc: the same sessions, label and time give the same image") {
    WorkerDriveRig rigs[2];
    for (WorkerDriveRig& rig : rigs) {
        REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
        rig.burn_well({everything(rig, "one").seal()});
        rig.burn_well({rig.stage("two").file("b", "2").seal()});
    }
    CHECK(run("cmp '" + rigs[0].image() + "' '" + rigs[1].image() + "'") == 0);
}

TEST_CASE("disc: verification of the newest disc session finds what older ones burned") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    std::vector<BurnSession> sessions;
    for (const char* name : {"one", "two", "three"}) {
        sessions.push_back(rig.stage(name).file("content", std::string("of ") + name).seal());
        rig.burn_well({sessions.back()});
    }
    rig.verify_well(sessions, 3);
    TestObserver observer;
    const auto too_early = rig.drive().verify(rig.job({sessions[1]}), 1, observer);
    REQUIRE(too_early);
    CHECK_FALSE(too_early->mismatches.empty());
}

TEST_CASE("disc: a session is never burned twice on the same disc") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession session = rig.stage("one").file("a", "1").seal();
    rig.burn_well({session});
    TestObserver observer;
    const auto again = rig.drive().burn(rig.job({session}), observer);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == Errc::exists);
    CHECK(observer.plans.empty());
}

TEST_CASE("disc: a byte that changed on the disc is found and named") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const std::vector<BurnSession> sessions{
        rig.stage("one").file("a", std::string(5000, 'a')).file("b", "2").seal()};
    rig.burn_well(sessions);
    for (const VerifiedFile& file : rig.verify_well(sessions, 1).files) {
        if (file.path != "alice/one/data/a") continue;
        std::fstream image(rig.image(), std::ios::binary | std::ios::in | std::ios::out);
        image.seekp(file.lba * 2048LL + 4999);
        image << 'x';
    }
    TestObserver observer;
    const auto report = rig.drive().verify(rig.job(sessions), 1, observer);
    REQUIRE(report);
    REQUIRE(report->mismatches.size() == 1);
    CHECK(report->mismatches[0].starts_with("/alice/one/data/a: its content"));
}

TEST_CASE("disc: one wrong bit in any block of descriptors and folders is found, the last one's too") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const std::vector<BurnSession> sessions{rig.stage("one").folder("f").file("f/a", "1").seal()};
    BurnJob job = rig.job(sessions);
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    REQUIRE(observer.plans.size() == 1);
    const TreeArea tree = observer.plans[0].tree;
    job = rig.job(sessions);
    job.tree = tree;
    std::fstream image(rig.image(), std::ios::binary | std::ios::in | std::ios::out);
    const auto flip = [&](std::uint64_t at) {
        image.seekg(static_cast<std::streamoff>(at));
        const int byte = image.get();
        image.seekp(static_cast<std::streamoff>(at));
        image.put(static_cast<char>(byte ^ 0x10)).flush();
    };
    for (std::uint32_t block = 0; block < tree.blocks; block += block + 7 < tree.blocks ? 7 : 1) {
        const std::uint64_t at =
            std::uint64_t{tree.start_lba + block} * kSectorBytes + (block * 619) % kSectorBytes;
        CAPTURE(block);
        flip(at);
        const auto report = rig.drive().verify(job, 1, observer);
        REQUIRE(report);
        REQUIRE_FALSE(report->mismatches.empty());
        CHECK(std::ranges::any_of(report->mismatches, [](const std::string& mismatch) {
            return mismatch.find("descriptors and folders (blocks") != std::string::npos;
        }));
        flip(at);
    }
    CHECK(rig.drive().verify(job, 1, observer)->mismatches.empty());
}

TEST_CASE("disc: what differs from the seal record is found and named") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    BurnSession session = rig.stage("one").file("a", "1").link("l", "a").seal();
    rig.burn_well({session});
    std::string record = read_all(session.seal_record);
    const std::size_t at = record.rfind("\"l\"");
    REQUIRE(at != std::string::npos);
    record.replace(at, 3, "\"m\"");
    std::ofstream(session.seal_record, std::ios::trunc) << record;
    TestObserver observer;
    const auto report = rig.drive().verify(rig.job({session}), 1, observer);
    REQUIRE(report);
    unsigned missing = 0;
    unsigned extra = 0;
    for (const std::string& mismatch : report->mismatches) {
        if (mismatch == "/alice/one/data/m: it is not on the disc") ++missing;
        if (mismatch == "/alice/one/data/l: it is on the disc, but was not sealed") ++extra;
    }
    CHECK(missing == 1);
    CHECK(extra == 1);
}

TEST_CASE("disc: what is wrong with a session's files or records is said to be the session's") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession session = rig.stage("one").file("a", "1").seal();
    SUBCASE("its folder") {
        std::filesystem::rename(session.folder, session.folder + ".away");
    }
    SUBCASE("its record") {
        std::filesystem::remove(session.seal_record);
    }
    SUBCASE("its content") {
        std::ofstream(session.folder + "/a", std::ios::trunc) << "2";
    }
    TestObserver observer;
    const auto burned = rig.drive().burn(rig.job({session}), observer);
    REQUIRE_FALSE(burned);
    CHECK(burned.error().origin == Origin::session);
}

TEST_CASE("disc: the other layouts are burned and read back") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    BurnJob job = rig.job({rig.stage("one").folder("f").file("f/a", "1").seal()});
    SUBCASE("plain") {
        job.layout = Layout::plain;
    }
    SUBCASE("root") {
        job.layout = Layout::root;
    }
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    const auto report = rig.drive().verify(job, 1, observer);
    REQUIRE(report);
    CHECK(report->mismatches.empty());
}

TEST_CASE("disc: what another run has burned is read back as it was burned, whatever is configured now") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession session = rig.stage("one").folder("f").file("f/a", "1").seal();
    std::string record = read_all(session.seal_record);
    for (std::size_t at; (at = record.find("\"0644\"")) != std::string::npos;)
        record.replace(at, 6, "\"0600\"");
    std::ofstream(session.seal_record, std::ios::trunc) << record;
    BurnJob job = rig.job({session});
    SUBCASE("bag") {
        job.layout = Layout::bag;
    }
    SUBCASE("plain") {
        job.layout = Layout::plain;
    }
    SUBCASE("root") {
        job.layout = Layout::root;
    }
    job.modes = ModePolicy::keep;
    TestObserver observer;
    REQUIRE(rig.drive().burn(job, observer));
    BurnJob later = job;
    later.layout = job.layout == Layout::bag ? Layout::plain : Layout::bag;
    later.modes = ModePolicy::readable;
    const auto strict = rig.drive().verify(later, 1, observer);
    REQUIRE(strict);
    CHECK_FALSE(strict->mismatches.empty());
    later.just_burned = false;
    const auto report = rig.drive().verify(later, 1, observer);
    REQUIRE(report);
    CHECK(report->mismatches.empty());
    CHECK(report->layout == job.layout);
    CHECK(report->modes == ModePolicy::keep);
}

TEST_CASE("disc: the README of another version is no damage, one that names no disc or another is") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    const BurnSession session = rig.stage("one").file("a", "1").seal();
    rig.burn_well({session});
    const auto change_on_disc = [&](const std::string& from, const std::string& to) {
        REQUIRE(from.size() == to.size());
        std::string image = read_all(rig.image());
        const std::size_t at = image.find(from);
        REQUIRE(at != std::string::npos);
        std::ofstream(rig.image(), std::ios::trunc) << image.replace(at, from.size(), to);
    };
    TestObserver observer;
    BurnJob job = rig.job({session});
    change_on_disc("WHAT THIS DISC IS", "WHAT THIS DISK IS");
    const auto of_this_version = rig.drive().verify(job, 1, observer);
    REQUIRE(of_this_version);
    CHECK(of_this_version->mismatches.size() == 1);
    job.just_burned = false;
    const auto of_another = rig.drive().verify(job, 1, observer);
    REQUIRE(of_another);
    CHECK(of_another->mismatches.empty());
    change_on_disc(std::string("Serial ") + DriveRig::kSerial, std::string("Serial ") + std::string(36, '0'));
    const auto of_no_disc = rig.drive().verify(job, 1, observer);
    REQUIRE(of_no_disc);
    REQUIRE(of_no_disc->mismatches.size() == 1);
    CHECK(of_no_disc->mismatches.front() == "/README.txt: it does not name the disc it is on");
}

TEST_CASE("disc: a link target that a disc can't hold is refused before anything is written") {
    WorkerDriveRig rig;
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    TestObserver observer;
    std::string longest;
    while (longest.size() + 100 < 1023) longest += std::string(99, 't') + "/";
    longest += std::string(1023 - longest.size(), 'e');
    const BurnSession good = rig.stage("good").link("l", longest).seal();
    StagedSession one_more = rig.stage("bad");
    SUBCASE("too long") {
        one_more.link("l", longest + "x");
    }
    SUBCASE("a name in it is too long") {
        one_more.link("l", "a/" + std::string(256, 't'));
    }
    const BurnSession bad = one_more.seal();
    const auto written = rig.drive().burn(rig.job({bad}), observer);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::unsupported);
    CHECK(observer.plans.empty());
    rig.burn_well({good});
}

TEST_CASE("disc: a file of more than 4 GiB is burned and read back" *
          doctest::skip(std::getenv("BURNBOX_SLOW_TESTS") == nullptr)) {
    WorkerDriveRig rig("bd-r");
    REQUIRE(rig.drive().load_blank(DriveRig::kLabel));
    rig.burn_well(
        {rig.stage("big").file("a", "before").zeros("big", (5ULL << 30U) + 1).file("z", "after").seal()});
}
