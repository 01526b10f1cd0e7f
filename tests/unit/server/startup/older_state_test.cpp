// State folders of the program before rows said in a type where a session's folder lies: rows and seal
// records as it wrote them, of an imported session and of one in a watched folder.
#include <doctest/doctest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "common/catalogue/catalogue.hpp"
#include "common/inbox/reconcile.hpp"
#include "common/storage/durable_file.hpp"
#include "server/startup/lost_sessions.hpp"
#include "server/withdraw/withdraw_session.hpp"
#include "tests/support/must.hpp"
#include "tests/support/server/quiet_services.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/storage/test_clock.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

constexpr const char* kRows[] = {
    "INSERT INTO sessions VALUES(1,'lab','measure','measure','default','queued','measure-queued','',"
    "'db6db6ce-3222-48d1-b4da-375f2db4ac8e','"
    "e0b25e5cc953734fe235eb0edde85799d056434788aed90801238788df27da12',"
    "'BURN','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',3,1,1796064244129449682,NULL,"
    "NULL,'it waits for a new disc','/srv/incoming',NULL,0,0,0,1)",
    "INSERT INTO sessions VALUES(2,'alice','archive','archive','default','queued','archive-queued','',"
    "'9d9c8cd2-c752-4ab0-92f8-32dacf0dc8df','"
    "384a181c411125d234010ba62ba89666bf9b726336ca932c0a3e23ae8ab21c41',"
    "'','0000000000000000000000000000000000000000000000000000000000000000',4,1,1796064244206100321,NULL,NULL,"
    "'it waits for a new disc','',NULL,0,0,0,1)"};

constexpr const char* kMeasure =
    R"({"burnbox_seal":1,"version":"0.1.0","account":"lab","session":"measure","sealed_at":"2026-11-30T18:44:04Z","entries":2,"marker":"BURN","marker_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","marker_hex":""}
{"path":"data","type":"folder","mode":"0755","uid":0,"gid":0,"mtime":"2026-11-30T18:44:03.205015499Z"}
{"path":"data/odd%FF","type":"file","mode":"0644","uid":0,"gid":0,"mtime":"2026-11-30T18:44:03.205015499Z","size":3,"sha256":"8b7293f6dd93853c83bf8c87ec5349a41789fa166a9431f108edb538e6fd82fd","source_hex":"646174612f6f6464ff"}
)";
constexpr const char* kArchive =
    R"({"burnbox_seal":1,"version":"0.1.0","account":"alice","session":"archive","sealed_at":"2026-11-30T18:44:04Z","entries":1,"marker":"","marker_sha256":"0000000000000000000000000000000000000000000000000000000000000000","marker_hex":""}
{"path":"z","type":"file","mode":"0644","uid":0,"gid":0,"mtime":"2026-11-30T18:44:04.177015518Z","size":4,"sha256":"72d4df2c38fbc597aa5ea832baa8d09ed3ec77fc3107dcc9204a8500405cd992"}
)";

const StagingArea kWatched = StagingArea::watched("/srv/incoming");

std::unique_ptr<Catalogue> older_catalogue(const std::string& file) {
    const std::string url = "sqlite3://" + file;
    (void)must(Catalogue::open(url));
    {
        soci::session sql(soci::sqlite3, "dbname=\"" + file + "\"");
        for (const char* const row : kRows) sql << row;
    }
    return must(Catalogue::open(url));
}

struct OlderState {
    TempFolder temp;
    TestClock clock;
    CurrentConfig config{Config()};
    Events events;
    MemoryFileSystem state_fs{"/memory/state", clock}, inbox_fs{"/memory/inbox", clock},
        watched_fs{"/memory/incoming", clock};
    std::unique_ptr<Catalogue> catalogue = older_catalogue(temp / "catalogue.sqlite");
    Inbox inbox{inbox_fs, *catalogue}, watched{watched_fs, *catalogue, kWatched};
    SharedServices shared = quiet_services(config, clock, *catalogue, state_fs, events);

    OlderState() {
        Config both;
        for (const char* const account : {"alice", "lab"}) both.accounts[account].name = account;
        config.publish(both);
        must(make_folders(state_fs, "seals", 0700));
        must(replace_file(state_fs, "seals/db6db6ce-3222-48d1-b4da-375f2db4ac8e.jsonl", kMeasure));
        must(replace_file(state_fs, "seals/9d9c8cd2-c752-4ab0-92f8-32dacf0dc8df.jsonl", kArchive));
        must(make_folders(inbox_fs, "alice/archive-queued", 0755));
        must(replace_file(inbox_fs, "alice/archive-queued/z", "zzz\n"));
        must(make_folders(watched_fs, "lab/measure-queued/data", 0755));
        must(replace_file(watched_fs, "lab/measure-queued/data/odd\xff", "mmm"));
        must(replace_file(watched_fs, "lab/measure-queued/BURN", ""));
        inbox.add_area(kWatched, watched_fs);
    }
    void start() {
        must(upload::find_lost_sessions(UploadServices{shared, inbox}, {"alice", "lab"}));
        must(reconcile_inboxes(inbox, *catalogue, {"alice", "lab"}));
        must(upload::find_lost_sessions(UploadServices{shared, watched}, {"lab"}));
        must(reconcile_inboxes(watched, *catalogue, {"lab"}));
    }
    SessionRow row(const std::string& account, const std::string& name) {
        return must(catalogue->find_session(account, name)).value();
    }
};

}  // namespace

TEST_CASE("an older state folder: its sessions are where they were, and wait") {
    OlderState state;
    state.start();
    const SessionRow archive = state.row("alice", "archive"), measure = state.row("lab", "measure");
    CHECK(archive.staging == StagingArea::inbox());
    CHECK(archive.folder == "archive-queued");
    CHECK(archive.state == SessionState::queued);
    CHECK(measure.staging == kWatched);
    CHECK(measure.folder == "measure-queued");
    CHECK(measure.state == SessionState::queued);
    CHECK(must(state.inbox.fs_of(archive)) == &state.inbox_fs);
    CHECK(must(state.inbox.fs_of(measure)) == &state.watched_fs);
}

TEST_CASE("an older state folder: each session is taken back as what it is") {
    OlderState state;
    state.start();
    const auto registry =
        std::make_shared<upload::SessionRegistry>(UploadServices{state.shared, state.inbox});
    const auto take_back = [&](const SessionRow& row) {
        return must(upload::withdraw_session(*registry, *registry->account(row.account), row));
    };
    CHECK(take_back(state.row("alice", "archive")) == "archive");
    CHECK(state.inbox_fs.info("alice/archive/z"));
    CHECK(state.state_fs.info("journal/alice/archive.jsonl"));
    CHECK(take_back(state.row("lab", "measure")) == "measure");
    CHECK(state.watched_fs.info("lab/measure/BURN.refused"));
    CHECK_FALSE(state.state_fs.info("journal/lab"));
    CHECK(must(state.catalogue->sessions("")).empty());
    CHECK(must(list_folder(state.state_fs, "seals")).empty());
}
