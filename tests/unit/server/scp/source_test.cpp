#include "server/scp/source.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

    House() {
        REQUIRE(fs.make_folder("d", 0755));
        put("d/a", "hello");
        REQUIRE(fs.make_folder("tree", 0755));
        REQUIRE(fs.make_folder("tree/sub", 0700));
        put("tree/sub/b", "");
    }
    void put(const std::string& path, std::string_view content) {
        auto file = fs.open(path, {.write = true, .create = true});
        REQUIRE(file);
        REQUIRE((*file)->write_at(std::as_bytes(std::span(content)), 0));
    }
    // Everything the source says to a client that answers each step with 0.
    std::string all(scp::Command command) {
        scp::Source source(port, client, std::move(command));
        std::string said;
        for (int step = 0; step < 100 && !port.exit_code; ++step) {
            send(source, "\0"s);
            source.output_drained();
            said += port.take_output();
        }
        return said;
    }
};

scp::Command from(const std::string& path, bool recursive = false, bool preserve = false) {
    return {
        .sink = false, .recursive = recursive, .preserve = preserve, .folder_wanted = false, .paths = {path}};
}

}  // namespace

TEST_CASE("scp source: a file is sent with its mode, size and content") {
    House house;
    CHECK(house.all(from("/d/a")) == "C0644 5 a\nhello\0"s);
    CHECK(house.port.exit_code == 0);
}

TEST_CASE("scp source: a tree is sent folder by folder") {
    House house;
    CHECK(house.all(from("/tree/", true)) == "D0755 0 tree\nD0700 0 sub\nC0644 0 b\n\0E\nE\n"s);
}

TEST_CASE("scp source: with -p the times come first") {
    House house;
    REQUIRE(
        house.fs.set_times("d/a", Timestamp(std::chrono::seconds(7)), Timestamp(std::chrono::seconds(9))));
    CHECK(house.all(from("/d/a", false, true)).starts_with("T9 0 7 0\nC0644 5 a\n"));
}

TEST_CASE("scp source: several paths are sent one after the other, and a missing one holds up none") {
    House house;
    scp::Command command = from("/d/a");
    command.paths = {"/d/a", "/nope", "/tree/sub/b"};
    const std::string said = house.all(command);
    CHECK(said.starts_with("C0644 5 a\nhello\0\1"s));
    CHECK(said.ends_with("C0644 0 b\n\0"s));
    CHECK(house.port.exit_code == 1);
}

TEST_CASE("scp source: what is missing, or a folder without -r, is an error") {
    House house;
    CHECK(house.all(from("/nope")).starts_with("\1"));
    CHECK(house.port.exit_code == 1);
    House other;
    CHECK(other.all(from("/d")).starts_with("\1"));
    CHECK(other.port.exit_code == 1);
}

TEST_CASE("scp source: a large file waits for a slow reader") {
    House house;
    house.put("big", std::string(10'000'000, 'x'));
    scp::Source source(house.port, house.client, from("/big"));
    send(source, "\0"s);
    send(source, "\0"s);
    CHECK(house.port.output.size() < kMostQueued + (1U << 20U));
    std::size_t total = 0;
    while (!house.port.output.empty()) {
        total += house.port.take_output().size();
        source.output_drained();
    }
    CHECK(total == "C0644 10000000 big\n"s.size() + 10'000'001);
}

TEST_CASE("scp source: many unreadable files are told one by one, without recursion") {
    House house;
    REQUIRE(house.fs.make_folder("many", 0755));
    for (int i = 0; i < 5000; ++i) {
        house.put("many/" + std::to_string(i), "");
        house.client->refusals["open /many/" + std::to_string(i)] = Error{Errc::permission, 0, "no"};
    }
    CHECK(house.all(from("/many", true)).ends_with("E\n"));
    CHECK(house.port.exit_code == 1);
}

TEST_CASE("scp source: a client that complains of one file gets the next, one that gives up gets nothing") {
    House house;
    scp::Source source(house.port, house.client, from("/d", true));
    send(source, "\0\0"s);
    send(source, "\1no room\n");
    CHECK(house.port.take_output() == "D0755 0 d\nC0644 5 a\nE\n");
    send(source, "\2");
    CHECK(house.port.exit_code == 1);
}

TEST_CASE(
    "scp source: answers that come faster than the client reads wait for it, and then all of it is sent") {
    House house;
    REQUIRE(house.fs.make_folder("many", 0755));
    constexpr std::size_t kFiles = 20'000;
    const std::string longest(200, 'n');
    for (std::size_t i = 0; i < kFiles; ++i) house.put("many/" + std::to_string(i) + longest, "");
    scp::Source source(house.port, house.client, from("/many", true));
    const std::string answers(2 * kFiles + 4, '\0');
    std::size_t given = send(source, answers);
    CHECK(given < 1000);  // in one call: other connections have their turn
    for (std::size_t before = 0; given != before;) {
        before = given;
        given += send(source, std::string_view(answers).substr(given));
        source.output_drained();
    }
    CHECK(given < answers.size());
    CHECK(house.port.output.size() >= kMostQueued);
    CHECK(house.port.output.size() < kMostQueued + 1000);
    std::size_t files = 0;
    while (!house.port.exit_code) {
        const std::string said = house.port.take_output();
        files += static_cast<std::size_t>(std::ranges::count(said, 'C'));
        source.output_drained();
        given += send(source, std::string_view(answers).substr(given));
    }
    const std::string said = house.port.take_output();
    files += static_cast<std::size_t>(std::ranges::count(said, 'C'));
    CHECK(files == kFiles);
    CHECK(house.port.exit_code == 0);
}

TEST_CASE("scp source: what can't be sent is told a few at a time") {
    House house;
    scp::Command command = from("/nope");
    command.paths.assign(10'000, "/nope");
    scp::Source source(house.port, house.client, std::move(command));
    send(source, "\0"s);
    CHECK(house.port.output.size() < 10'000);
    std::size_t told = 0;
    while (!house.port.exit_code) {
        const std::string said = house.port.take_output();
        told += static_cast<std::size_t>(std::ranges::count(said, '\1'));
        source.output_drained();
    }
    const std::string rest = house.port.take_output();
    CHECK(told + static_cast<std::size_t>(std::ranges::count(rest, '\1')) == 10'000);
}
