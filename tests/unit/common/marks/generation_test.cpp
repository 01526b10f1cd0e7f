#include "common/marks/generation.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "common/catalogue/catalogue.hpp"
#include "common/marks/folder_mark.hpp"
#include "common/marks/older_catalogue.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A catalogue in a file, and the two folders in whose marks its generation is noted.
struct Box {
    TempFolder folder;
    MemoryFileSystem state, inbox, discs;
    std::vector<FileSystem*> places = {&inbox, &discs};
    std::unique_ptr<Catalogue> catalogue;

    Box() {
        REQUIRE(write_folder_mark(inbox, {.kind = "inbox_dir", .identity = "inbox", .owner = "state"}));
        REQUIRE(write_folder_mark(discs, {.kind = "image_dir", .identity = "discs", .owner = "state"}));
        CHECK(start() == CatalogueAge::current);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return folder.path() + "/" + name; }
    CatalogueAge start() {
        catalogue = Catalogue::open("sqlite3://" + file("catalogue.sqlite")).value();
        return check_generation(*catalogue, state, inbox, places).value();
    }
    void copy() {
        catalogue.reset();
        std::filesystem::copy_file(file("catalogue.sqlite"), file("old.sqlite"));
        (void)start();
    }
    CatalogueAge put_back() {
        catalogue.reset();
        for (const char* name : {"catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm"})
            std::filesystem::remove(file(name));
        std::filesystem::copy_file(file("old.sqlite"), file("catalogue.sqlite"));
        return start();
    }
    CatalogueAge lose() {
        catalogue.reset();
        for (const char* name : {"catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm"})
            std::filesystem::remove(file(name));
        return start();
    }
    // Its number.
    unsigned begin_disc(const std::string& label = "") {
        const unsigned number = catalogue->next_disc_number().value();
        DiscRow disc;
        disc.label = label.empty() ? "DISC_" + std::to_string(number) : label, disc.serial = disc.label;
        REQUIRE(catalogue->add_disc(disc));
        REQUIRE(note_generation_in(*catalogue, places));
        return number;
    }
};

}  // namespace

TEST_CASE("generation: a fork that is as old is told by what it has begun") {
    Box box;
    CHECK(box.begin_disc() == 1);
    box.copy();
    const FolderMark then = **read_folder_mark(box.inbox);
    CHECK(box.begin_disc() == 2);
    const FolderMark fork = **read_folder_mark(box.inbox);
    // The whole state as it was, while the place that knows of the other's disc is away.
    REQUIRE(write_folder_mark(box.inbox, then));
    REQUIRE(write_folder_mark(box.discs, then));
    CHECK(box.put_back() == CatalogueAge::current);
    CHECK(box.begin_disc("ANOTHER_2") == 2);
    CHECK(box.start() == CatalogueAge::current);
    SUBCASE("at the start") {
        REQUIRE(write_folder_mark(box.discs, fork));
        CHECK(box.start() == CatalogueAge::older);
    }
    SUBCASE("when it comes") {
        REQUIRE(write_folder_mark(box.discs, fork));
        CHECK(compare_generation(*box.catalogue, box.state, box.discs).value() == CatalogueAge::older);
        CHECK(compare_generation(*box.catalogue, box.state, box.discs).value() == CatalogueAge::current);
    }
    CHECK(box.begin_disc() == 103);
}

TEST_CASE("generation: a mark of an earlier burnbox, which says nothing of what was begun, is no fork") {
    Box box;
    CHECK(box.begin_disc() == 1);
    FolderMark mark = **read_folder_mark(box.inbox);
    CHECK(mark.last_begun.starts_with("1:DISC_1 "));
    mark.last_begun.clear();
    REQUIRE(write_folder_mark(box.inbox, mark));
    CHECK(box.start() == CatalogueAge::current);
}

TEST_CASE("generation: the same old catalogue put back again and again never gives a number twice") {
    Box box;
    CHECK(box.begin_disc() == 1);
    box.copy();
    CHECK(box.begin_disc() == 2);
    unsigned last = 2;
    for (int time = 0; time < 3; ++time) {
        CHECK((time == 1 ? box.lose() : box.put_back()) == CatalogueAge::older);
        for (int disc = 0; disc < 2; ++disc) {
            const unsigned number = box.begin_disc();
            CHECK(number > last + (disc == 0 ? 100 : 0));
            last = number;
        }
        CHECK(box.start() == CatalogueAge::older);
        REQUIRE(note_shelves_seen(box.state));
        CHECK(box.start() == CatalogueAge::current);
    }
}

TEST_CASE("generation: that a catalogue was put back is remembered when nobody would see it any more") {
    Box box;
    (void)box.begin_disc();
    box.copy();
    CHECK(may_miss_discs(box.state).value() == false);
    (void)box.begin_disc();
    CHECK(box.put_back() == CatalogueAge::older);
    box.state.crash();
    CHECK(box.start() == CatalogueAge::older);
    CHECK(box.begin_disc() < 200);  // it goes on once
    REQUIRE(note_shelves_seen(box.state));
    box.state.crash();
    CHECK(box.start() == CatalogueAge::current);
    CHECK(may_miss_discs(box.state).value() == true);
}

TEST_CASE("generation: a folder that comes later is compared, too") {
    Box box;
    MemoryFileSystem late;
    REQUIRE(write_folder_mark(late, {.kind = "image_dir", .identity = "late", .owner = "state"}));
    box.places.push_back(&late);
    (void)box.begin_disc();
    box.copy();
    (void)box.begin_disc();
    box.places.pop_back();
    REQUIRE(box.inbox.remove(std::string(kFolderMark)));
    REQUIRE(box.discs.remove(std::string(kFolderMark)));
    REQUIRE(write_folder_mark(box.discs, {.kind = "image_dir", .identity = "discs", .owner = "state"}));
    CHECK(box.put_back() == CatalogueAge::current);  // nobody knows
    CHECK(compare_generation(*box.catalogue, box.state, late).value() == CatalogueAge::older);
    CHECK(may_miss_discs(box.state).value());
    CHECK(box.begin_disc() > 102);
    CHECK(compare_generation(*box.catalogue, box.state, late).value() == CatalogueAge::current);
}

TEST_CASE("generation: while a shelf is away the labels of a catalogue without discs begin later") {
    Box box;
    CHECK(skip_unseen_labels(*box.catalogue).value());
    CHECK(box.begin_disc() == 101);
    CHECK_FALSE(skip_unseen_labels(*box.catalogue).value());
    CHECK(box.begin_disc() == 102);
}

TEST_CASE("generation: one folder that is there says how far the numbers are") {
    Box box;
    box.copy();
    for (int disc = 0; disc < 150; ++disc) (void)box.begin_disc();
    SUBCASE("the inbox") {
        REQUIRE(box.discs.remove(std::string(kFolderMark)));
    }
    SUBCASE("the shelf") {
        REQUIRE(box.inbox.remove(std::string(kFolderMark)));
    }
    CHECK(box.put_back() == CatalogueAge::older);
    CHECK(box.begin_disc() == 251);
}

TEST_CASE("generation: a mark of an earlier version gets the disc number of the next start") {
    Box box;
    (void)box.begin_disc();
    for (FileSystem* const place : box.places) {
        auto mark = read_folder_mark(*place).value();
        REQUIRE(mark);
        CHECK(mark->disc_number == 1);
        mark->disc_number = 0;
        REQUIRE(write_folder_mark(*place, *mark));
    }
    CHECK(box.start() == CatalogueAge::current);
    for (FileSystem* const place : box.places) CHECK(read_folder_mark(*place).value()->disc_number == 1);
}
