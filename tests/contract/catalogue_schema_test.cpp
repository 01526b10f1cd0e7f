// Opening: URLs, schema versions, files that are no catalogue, and the fake that fails.
#include <doctest/doctest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "common/catalogue/schema.hpp"
#include "tests/contract/catalogue_fixture.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

Error open_error(const std::string& url) {
    auto opened = Catalogue::open(url);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
}

void execute(const std::string& path, const std::string& statement) {
    soci::session sql(soci::sqlite3, "dbname=\"" + path + "\"");
    sql << statement;
}

}  // namespace

TEST_CASE("catalogue: an empty file becomes a catalogue of the newest schema") {
    TemporaryCatalogue catalogue;
    catalogue.close();
    std::filesystem::remove(catalogue.path());
    {
        const std::ofstream empty(catalogue.path());
    }
    catalogue.reopen();
    CHECK(catalogue->add_session(session_row("holiday")).has_value());
    catalogue.reopen();
    CHECK(catalogue->sessions("").value().size() == 1);
}

TEST_CASE("catalogue: one whose migration never came to its end is migrated from version 0") {
    TemporaryCatalogue catalogue;
    catalogue.close();
    std::filesystem::remove(catalogue.path());
    execute(catalogue.path(), "CREATE TABLE schema_version (version INTEGER NOT NULL)");
    execute(catalogue.path(), "INSERT INTO schema_version (version) VALUES (0)");
    catalogue.reopen();
    CHECK(catalogue->add_session(session_row("holiday")).has_value());
}

TEST_CASE("catalogue: one that a newer burnbox wrote is refused and left as it is") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_session(session_row("holiday")).has_value());
    catalogue.close();
    execute(catalogue.path(), "UPDATE schema_version SET version = 999");
    const Error error = open_error(catalogue.url());
    CHECK(error.code == Errc::unsupported);
    CHECK(error.message.find(catalogue.path()) != std::string::npos);
    CHECK(error.message.find("a newer burnbox wrote it (schema 999") != std::string::npos);
    CHECK(error.message.find("install that version again") != std::string::npos);
    execute(catalogue.path(),
            "UPDATE schema_version SET version = " + std::to_string(newest_schema_version()));
    catalogue.reopen();
    CHECK(catalogue->sessions("").value().size() == 1);
}

TEST_CASE("catalogue: one of the first version keeps its sessions, which are those of inboxes") {
    TemporaryCatalogue catalogue;
    REQUIRE(catalogue->add_session(session_row("holiday")).has_value());
    REQUIRE(catalogue->add_disc(disc_row("BURNBOX_0001", 1)).has_value());
    DiscRow real = disc_row("BURNBOX_0002", 2);
    real.head_digest.clear();
    REQUIRE(catalogue->add_disc(real).has_value());
    catalogue.close();
    execute(catalogue.path(), "DROP INDEX sessions_by_whole");
    for (const char* column : {"root", "whole_id", "part", "parts", "copies"})
        execute(catalogue.path(), std::string("ALTER TABLE sessions DROP COLUMN ") + column);
    for (const char* column : {"tree_lba", "tree_blocks", "tree_sha256"})
        execute(catalogue.path(), std::string("ALTER TABLE attempts DROP COLUMN ") + column);
    execute(catalogue.path(), "DROP INDEX attempts_by_drive");
    execute(catalogue.path(), "DROP TABLE drives");
    execute(catalogue.path(), "ALTER TABLE sessions DROP COLUMN retried_after");
    for (const char* column : {"cause", "spoiled"})
        execute(catalogue.path(), std::string("ALTER TABLE attempts DROP COLUMN ") + column);
    for (const char* column :
         {"suspicion", "suspect_at", "missing_since", "state_before", "reason_before", "is_image"})
        execute(catalogue.path(), std::string("ALTER TABLE discs DROP COLUMN ") + column);
    for (const char* column : {"checked_at", "good"})
        execute(catalogue.path(), std::string("ALTER TABLE disc_sessions DROP COLUMN ") + column);
    execute(catalogue.path(), "UPDATE schema_version SET version = 1");
    catalogue.reopen();
    CHECK(catalogue->sessions("").value().front().staging == StagingArea::inbox());
    CHECK(catalogue->find_disc("BURNBOX_0001").value()->is_image);
    CHECK_FALSE(catalogue->find_disc("BURNBOX_0002").value()->is_image);
}

TEST_CASE("catalogue: another program's database is refused and left as it is") {
    TemporaryCatalogue catalogue;
    catalogue.close();
    std::filesystem::remove(catalogue.path());
    execute(catalogue.path(), "CREATE TABLE bookmarks (id INTEGER)");
    const Error error = open_error(catalogue.url());
    CHECK(error.code == Errc::invalid);
    CHECK(error.message.find("database of another program") != std::string::npos);
    execute(catalogue.path(), "INSERT INTO bookmarks (id) VALUES (1)");
}

TEST_CASE("catalogue: a file that is no database is corrupt") {
    TemporaryCatalogue catalogue;
    catalogue.close();
    std::filesystem::remove(catalogue.path());
    std::ofstream(catalogue.path()) << std::string(8192, 'x');
    const Error error = open_error(catalogue.url());
    CHECK(error.code == Errc::corrupt);
    CHECK(error.message.find("catalogue: open " + catalogue.path() + ": ") == 0);
}

TEST_CASE("catalogue: URLs that can't be opened say why") {
    CHECK(open_error("postgresql://db/burnbox").code == Errc::unsupported);
    CHECK(open_error("postgresql://db/burnbox").message.find("this build has no PostgreSQL") !=
          std::string::npos);
    CHECK(open_error("sqlite3://relative.sqlite").code == Errc::invalid);
    CHECK(open_error("/plain/path").code == Errc::invalid);
    CHECK(open_error("sqlite3:///with\"quote").code == Errc::invalid);
    const Error missing = open_error("sqlite3:///nowhere/at/all/catalogue.sqlite");
    CHECK(missing.code == Errc::not_found);
    CHECK(missing.message.find("its folder must exist") != std::string::npos);
}

TEST_CASE("catalogue: a write waits while another program holds the database") {
    TemporaryCatalogue catalogue;
    soci::session other(soci::sqlite3, "dbname=\"" + catalogue.path() + "\"");
    other << "BEGIN IMMEDIATE";
    bool added = false;
    std::thread writer([&] { added = catalogue->add_session(session_row("holiday")).has_value(); });
    other << "COMMIT";
    writer.join();
    CHECK(added);
}

TEST_CASE("faulty catalogue: the planned call fails without effect, the next one works") {
    TemporaryCatalogue catalogue;
    FaultPlan plan;
    const auto faulty = make_faulty_catalogue(*catalogue, plan);
    plan.fail_at(2, Errc::no_space, FaultPlan::Mode::once);
    const SessionId first = faulty->add_session(session_row("first")).value();
    CHECK(faulty->session(first).has_value());  // reads don't count
    CHECK(faulty->add_session(session_row("second")).error().code == Errc::no_space);
    CHECK(catalogue->sessions("").value().size() == 1);
    CHECK(faulty->add_session(session_row("second")).has_value());
    CHECK(plan.count() == 3);
    CHECK(plan.where() == "catalogue add session");
}

TEST_CASE("faulty catalogue: a dead process neither writes nor reads") {
    TemporaryCatalogue catalogue;
    FaultPlan plan;
    const auto faulty = make_faulty_catalogue(*catalogue, plan);
    const SessionId id = faulty->add_session(session_row("first")).value();
    plan.fail_at(1, EIO, FaultPlan::Mode::from_then_on);
    CHECK(faulty->session(id).has_value());
    CHECK_FALSE(faulty->set_reason(id, "x").has_value());
    CHECK_FALSE(faulty->session(id).has_value());
    CHECK_FALSE(faulty->end_move(id).has_value());
    CHECK(catalogue->session(id).value().reason == "waits for a disc");
}
