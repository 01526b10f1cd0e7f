#include "server/scp/sink.hpp"

#include <doctest/doctest.h>

#include "tests/support/server/fake_service_port.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;
using namespace burnbox::test;
using namespace std::string_literals;

namespace {

struct House {
    MemoryFileSystem fs;
    std::shared_ptr<FakeUploadClient> client = std::make_shared<FakeUploadClient>(fs);
    FakeServicePort port;
    std::optional<scp::Sink> sink;

    explicit House(
        scp::Command command = {
            .sink = true, .recursive = true, .preserve = false, .folder_wanted = false, .paths = {"/in/"}}) {
        REQUIRE(fs.make_folder("in", 0755));
        sink.emplace(port, client, std::move(command));
        sink->start();
    }
    ~House() { client->held.clear(); }  // answers that a test never let go hold the client
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    std::string say(const std::string& bytes) {
        send(*sink, bytes);
        port.run_posted();
        return port.take_output();
    }
    std::string content(const std::string& path) {
        return read_file(fs, path, 1U << 24U).value_or("<missing>");
    }
};

}  // namespace

TEST_CASE("scp sink: a file, a folder with a file in it, and the end") {
    House house;
    CHECK(house.say("C0644 5 a\nhello\0"s) == "\0\0\0"s);
    CHECK(house.say("D0755 0 photos\nC0600 1 x\nx\0E\n"s) == "\0\0\0\0"s);
    house.sink->end_of_input();
    CHECK(house.port.exit_code == 0);
    CHECK(house.content("in/a") == "hello");
    CHECK(house.content("in/photos/x") == "x");
    CHECK(house.client->closed == std::vector<std::string>{"/in/a", "/in/photos/x"});
}

TEST_CASE("scp sink: the same bytes one at a time give the same files") {
    House house;
    send(*house.sink, "T1 0 1 0\nC0644 3 a\nabc\0C0644 0 empty\n\0"s, 1);
    CHECK(house.port.take_output() == "\0\0\0\0\0\0"s);
    CHECK(house.content("in/a") == "abc");
    CHECK(house.content("in/empty").empty());
}

TEST_CASE("scp sink: a target that is no folder is the file's own name") {
    House house({.sink = true,
                 .recursive = false,
                 .preserve = false,
                 .folder_wanted = false,
                 .paths = {"/in/renamed"}});
    CHECK(house.say("C0644 2 original\nhi\0"s) == "\0\0\0"s);
    CHECK(house.content("in/renamed") == "hi");
}

TEST_CASE("scp sink: times and modes are kept with -p") {
    House house({.sink = true, .recursive = true, .preserve = true, .folder_wanted = true, .paths = {"/in"}});
    house.say("T1000 0 900 0\nC0640 1 a\nx\0T2000 0 900 0\nD0700 0 d\nE\n"s);
    CHECK(house.fs.info("in/a")->mtime == Timestamp(std::chrono::seconds(1000)));
    CHECK(house.fs.info("in/a")->mode == 0640);
    CHECK(house.fs.info("in/d")->mtime == Timestamp(std::chrono::seconds(2000)));
}

TEST_CASE("scp sink: a file is acknowledged only when it is closed, and nothing is read until then") {
    House house;
    house.client->hold_answers = true;
    const std::string next = "C0644 1 b\ny\0"s;
    const std::string stream = "C0644 1 BURN\nx\0"s + next;
    CHECK(send(*house.sink, stream) == stream.size() - next.size());
    CHECK(house.port.take_output() == "\0\0"s);
    CHECK(house.sink->busy());
    house.client->hold_answers = false;
    house.client->close_text = "holiday is sealed";
    house.client->held.front()();
    house.port.run_posted();
    CHECK(house.port.take_output() == "\0"s);
    CHECK(house.port.errors == "burnbox: holiday is sealed\n");
    CHECK(house.say(next) == "\0\0"s);
}

TEST_CASE("scp sink: a refused file is reported and the next one still taken; the exit status is 1") {
    House house;
    house.client->refusals["open /in/a"] = Error{Errc::permission, 0, "holiday is sealed"};
    house.client->refusals["close /in/b"] = Error{Errc::conflict, 0, "2 files were cut off"};
    CHECK(house.say("C0644 1 a\n") == "\0\1holiday is sealed\n"s);
    CHECK(house.say("C0644 1 b\nx\0"s) ==
          "\0\1"
          "2 files were cut off\n"s);
    CHECK(house.say("C0644 1 c\nx\0"s) == "\0\0"s);
    house.sink->end_of_input();
    CHECK(house.port.exit_code == 1);
}

TEST_CASE("scp sink: data that ends early, or that the sender calls bad, is cut off") {
    House house;
    CHECK(house.say("C0644 5 a\nhello\1disk error\nC0644 1 b\nx\0"s).find("cut off") != std::string::npos);
    house.say("C0644 1000 c\nshort");
    house.sink->end_of_input();
    CHECK(house.client->cut_off == std::vector<std::string>{"/in/a", "/in/c"});
    CHECK(house.client->closed == std::vector<std::string>{"/in/b"});
    CHECK(house.port.exit_code == 1);
}

TEST_CASE("scp sink: a client that ends its input after the last byte has sent a whole file") {
    for (const std::string& sent : {"C0644 5 a\nhello"s, "C0644 0 a\n"s}) {
        House house;
        house.say(sent);
        house.sink->end_of_input();
        CHECK(house.client->closed == std::vector<std::string>{"/in/a"});
        CHECK(house.client->cut_off.empty());
        CHECK(house.port.exit_code == 0);
    }
}

TEST_CASE("scp sink: what breaks the protocol ends it with a message and status 1") {
    for (const std::string& bad :
         {"E\n"s, "Z0644 5 x\n"s, "C0644 5 ../x\nhello\0"s, "C0644 -1 x\n"s, "D0755 0 ..\n"s, "T-1 0 0 0\n"s,
          "\n"s, "E5\n"s, "C0644 5 "s + std::string(100'000, 'A') + "\n"}) {
        CAPTURE(bad.substr(0, 40));
        House house;
        CHECK(house.port.take_output() == "\0"s);
        CHECK(house.say(bad).starts_with("\1"));
        CHECK(house.port.exit_code == 1);
    }
}

TEST_CASE("scp sink: a folder needs -r, and no more than 256 levels") {
    House house(
        {.sink = true, .recursive = false, .preserve = false, .folder_wanted = false, .paths = {"/in"}});
    house.say("D0755 0 d\nE\n");
    CHECK(house.port.exit_code == 1);
    House deep;
    for (int i = 0; i < 300; ++i) deep.say("D0755 0 n\n");
    CHECK(deep.port.exit_code == 1);
}

TEST_CASE("scp sink: a folder over a file is refused, an existing folder is entered") {
    House house;
    house.say("C0644 1 f\nx\0D0755 0 d\nE\n"s);
    CHECK(house.say("T1000 0 1000 0\nD0755 0 f\n").starts_with("\0\1"s));
    house.say("C0644 1 g\nx\0"s);
    CHECK(house.fs.info("in/g")->mtime != Timestamp(std::chrono::seconds(1000)));  // those were the folder's
    CHECK(house.say("D0755 0 d\nC0644 1 y\ny\0E\n"s) == "\0\0\0\0"s);
    CHECK(house.content("in/d/y") == "y");
}

TEST_CASE("scp sink: a target that must be a folder and is none is refused before the first file") {
    House house(
        {.sink = true, .recursive = false, .preserve = false, .folder_wanted = true, .paths = {"/missing"}});
    CHECK(house.port.exit_code == 1);
    CHECK(house.port.take_output().starts_with("\1"));
}
