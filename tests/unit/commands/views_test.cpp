#include "server/operations/views.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace burnbox;

namespace {

using nlohmann::json;

SessionView session(const std::string& account, const std::string& name, std::optional<SessionState> state,
                    const std::string& reason = "") {
    return {.account = account,
            .session = name,
            .state = state,
            .bytes = 1536,
            .files_count = 2,
            .reason = reason};
}

DiscView disc(DiscState state) {
    DiscView view;
    view.disc.label = "BURNBOX_0001";
    view.disc.serial = "s-1";
    view.disc.medium = "dvd+r";
    view.disc.state = state;
    view.disc.free_bytes = 3ULL << 30U;
    view.disc.sessions_left = 150;
    view.disc.reason = state == DiscState::suspect ? "unreadable" : "";
    DiscSessionRow row;
    row.disc_session = 3;
    row.account = "alice";
    row.session_name = "holiday";
    view.sessions.push_back(row);
    return view;
}

DriveView burning_drive() {
    DriveView view;
    view.drive = {.drive = "tray",
                  .device = "/dev/sr0",
                  .state = DriveActivity::burning,
                  .medium = "dvd+r",
                  .disc = "BURNBOX_0001",
                  .sessions = {7},
                  .progress = {50ULL << 20U, 100ULL << 20U},
                  .bytes_per_second = 1 << 20,
                  .reason = ""};
    view.sessions = {{"alice", "holiday"}};
    return view;
}

}  // namespace

TEST_CASE("views: sessions in JSON have the words of the contract") {
    const json list =
        json::parse(sessions_json({session("alice", "holiday", std::nullopt, "no marker yet: send BURN")}));
    CHECK(list ==
          json::parse(R"([{"account":"alice","session":"holiday","state":"open","bytes":1536,"files_count":2,
                                   "reason":"no marker yet: send BURN"}])"));
    CHECK(sessions_json({}) == "[]\n");
}

TEST_CASE("views: discs in JSON have the words of the contract") {
    const json list = json::parse(discs_json({disc(DiscState::open)}));
    CHECK(
        list ==
        json::parse(
            R"([{"label":"BURNBOX_0001","serial":"s-1","medium":"dvd+r","state":"open","free_bytes":3221225472,
                                   "sessions_left":150,"sessions":[{"disc_session":3,"account":"alice","session":"holiday"}]}])"));
}

TEST_CASE("views: drives in JSON have the words of the contract") {
    const json list = json::parse(drives_json({burning_drive()}));
    CHECK(
        list ==
        json::parse(
            R"([{"drive":"tray","device":"/dev/sr0","state":"burning","medium":"dvd+r","disc":"BURNBOX_0001"}])"));
}

TEST_CASE("views: found files in JSON have the words of the contract") {
    const FoundFile file{.path = "/alice/holiday/data/a.jpg",
                         .size_bytes = 5,
                         .sha256 = Sha256::of("hello"),
                         .account = "alice",
                         .session = "holiday",
                         .disc = "BURNBOX_0001",
                         .disc_session = 3};
    const json list = json::parse(found_json({file}));
    CHECK(list == json::parse(R"([{"path":"/alice/holiday/data/a.jpg","size":5,
        "sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","account":"alice","session":"holiday",
        "disc":"BURNBOX_0001","disc_session":3}])"));
}

TEST_CASE(
    "views: names with control characters and bytes that are no text break neither JSON nor a terminal") {
    CHECK(json::parse(sessions_json({session("alice", "a\nb\xFF", std::nullopt)}))[0]["session"] ==
          "a\nb\xEF\xBF\xBD");
    CHECK(sessions_text({session("alice", "a\x1b[2Jb", std::nullopt)}, false).find('\x1b') ==
          std::string::npos);
}

TEST_CASE("views: an account's lists name no account") {
    CHECK(sessions_text({session("alice", "holiday", SessionState::queued)}, true).find("alice/holiday") !=
          std::string::npos);
    CHECK(sessions_text({session("alice", "holiday", SessionState::queued)}, false).find("alice") ==
          std::string::npos);
    CHECK(discs_text({disc(DiscState::open)}, false).find("alice") == std::string::npos);
    const StatusView status{
        {burning_drive()}, {disc(DiscState::open)}, {session("alice", "holiday", SessionState::burning)}};
    CHECK(status_text(status, false).find("alice") == std::string::npos);
}

TEST_CASE("views: the status shows what burns, how fast and how long yet") {
    const std::string text = status_text({{burning_drive()}, {}, {}}, true);
    CHECK(text.find("alice/holiday: 50 % of 100.0 MiB, 1.0 MiB/s, 50 s left") != std::string::npos);
    const json status = json::parse(status_json({{burning_drive()}, {}, {}}));
    CHECK(status["drives"][0]["percent"] == 50);
    CHECK(status["drives"][0]["seconds_left"] == 50);
    CHECK(status["drives"][0]["sessions"] == json::parse(R"([{"account":"alice","session":"holiday"}])"));
}

TEST_CASE("views: the status lists folders that are away, when any is") {
    StatusView view;
    CHECK(status_text(view, true).find("away") == std::string::npos);
    CHECK_FALSE(json::parse(status_json(view)).contains("folders_away"));
    view.away["/srv/discs"] = "nothing is mounted";
    CHECK(status_text(view, true).find("Folders that are away\n  /srv/discs  nothing is mounted\n") !=
          std::string::npos);
    CHECK(json::parse(status_json(view))["folders_away"] ==
          json::parse(R"([{"folder":"/srv/discs","reason":"nothing is mounted"}])"));
}

TEST_CASE("views: the status says which accounts' keys open nothing, when any do") {
    StatusView view;
    CHECK_FALSE(json::parse(status_json(view)).contains("keys_wrong"));
    view.keys_wrong["alice"] = "k:3:3: no-pty\nk:4:1: ssh-dss";
    CHECK(status_text(view, true)
              .find("Keys that open nothing\n  alice  k:3:3: no-pty\n  alice  k:4:1: ssh-dss\n") !=
          std::string::npos);
    CHECK(json::parse(status_json(view))["keys_wrong"] ==
          json::parse(R"([{"account":"alice","reason":"k:3:3: no-pty\nk:4:1: ssh-dss"}])"));
}

TEST_CASE("views: the status names the sessions that burn together, the JSON every one of them") {
    DriveView view = burning_drive();
    const auto names = [&](std::vector<std::string> sessions) {
        view.sessions.clear();
        for (const std::string& session : sessions) view.sessions.push_back({"alice", session});
        const std::string text = status_text({{view}, {}, {}}, false);
        const std::size_t begin = text.find("BURNBOX_0001  ") + 14;
        return text.substr(begin, text.find(": 50 %") - begin);
    };
    CHECK(names({"a", "b"}) == "a and b");
    CHECK(names({"a", "b", "c"}) == "a, b and c");
    CHECK(names({"a", "b", "c", "d", "e"}) == "a, b and 3 more");
    const json status = json::parse(status_json({{view}, {}, {}}));
    REQUIRE(status["drives"][0]["sessions"].size() == 5);
    CHECK(status["drives"][0]["sessions"][4]["session"] == "e");
}

TEST_CASE("views: only an open disc shows room; a suspect one shows why") {
    CHECK(status_text({{}, {disc(DiscState::open)}, {}}, true).find("3.0 GiB free, 150 sessions left") !=
          std::string::npos);
    const std::string suspect = status_text({{}, {disc(DiscState::suspect)}, {}}, true);
    CHECK(suspect.find("free") == std::string::npos);
    CHECK(suspect.find("unreadable") != std::string::npos);
}

TEST_CASE("views: the status sorts sessions into queue, open and failed") {
    const std::string text =
        status_text({{},
                     {},
                     {session("a", "one", SessionState::failed, "boom"),
                      session("a", "two", SessionState::queued), session("a", "three", std::nullopt)}},
                    true);
    const std::size_t queue = text.find("Queue"), open = text.find("Open sessions"),
                      failed = text.find("Failed");
    CHECK(queue < text.find("a/two"));
    CHECK(text.find("a/two") < open);
    CHECK(open < text.find("a/three"));
    CHECK(text.find("a/three") < failed);
    CHECK(failed < text.find("a/one"));
    CHECK(text.find("boom") != std::string::npos);
}
