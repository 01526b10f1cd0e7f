// What a confined program can do and can't: each probe is tried inside, and outside where it must work, so
// that a probe that can't work anywhere proves nothing.
#include "common/process/confinement.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {
namespace {

std::string read_all(int fd) {
    std::string text;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = ::read(fd, buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

std::string answer_of(Spawner& spawner, const Launch& launch) {
    auto child = spawner.run(launch);
    REQUIRE_MESSAGE(child.has_value(), child.error().message);
    std::string text = read_all(child->out());
    if (child->err() >= 0) text += read_all(child->err());
    CHECK(child->wait() == 0);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

class Cell {
  public:
    Cell() {
        auto started = Spawner::start();
        REQUIRE(started.has_value());
        spawner = std::move(*started);
        for (const char* const folder : {"session", "session/sub", "other"})
            REQUIRE(::mkdir((temp / folder).c_str(), 0755) == 0);
        for (const char* const file : {"session/old", "session/sub/a", "other/secret"})
            std::ofstream(temp / file) << "content";
    }

    // What the probe says inside.
    std::string inside(const std::string& probe, const std::string& argument = "", bool writes = true) {
        const Confinement confinement{.folder = temp / "session",
                                      .writes = writes,
                                      .start_in = temp / "session",
                                      .most_file_bytes = 4096,
                                      .argv = {BURNBOX_TEST_CONFINED, probe, argument}};
        return answer_of(*spawner, confined_launch(BURNBOX_TEST_CONFINED, confinement));
    }
    std::string outside(const std::string& probe, const std::string& argument = "") {
        return answer_of(*spawner, Launch{{BURNBOX_TEST_CONFINED, probe, argument}});
    }
    [[nodiscard]] std::string path(const std::string& name) const { return temp / name; }

    TempFolder temp;
    std::unique_ptr<Spawner> spawner;
};

}  // namespace

TEST_CASE("confinement: the folder can be used in every way that an upload needs") {
    Cell cell;
    CHECK(cell.inside("read", "old") == "done");
    CHECK(cell.inside("write", "old") == "done");
    CHECK(cell.inside("make", "new") == "done");
    CHECK(cell.inside("mkdir", "folder") == "done");
    CHECK(cell.inside("list", ".") == "done");
    CHECK(cell.inside("move_within") == "done");
    CHECK(cell.inside("remove", "new") == "done");
    CHECK(cell.inside("socketpair") == "done");
    CHECK(cell.inside("fork") == "done");
}

TEST_CASE("confinement: to read is all that a reader can") {
    Cell cell;
    CHECK(cell.inside("read", "old", false) == "done");
    CHECK(cell.inside("list", ".", false) == "done");
    for (const char* const probe : {"write", "append", "remove", "truncate"})
        CHECK_MESSAGE(cell.inside(probe, "old", false) != "done", probe);
    for (const char* const probe : {"make", "mkdir", "fifo"})
        CHECK_MESSAGE(cell.inside(probe, "new", false) != "done", probe);
    CHECK(cell.inside("move_within", "", false) != "done");
}

TEST_CASE("confinement: nothing else of the file system can be read or changed") {
    Cell cell;
    const std::string secret = cell.path("other/secret");
    for (const char* const probe : {"read", "write", "append", "move_in", "link_in", "truncate", "remove"})
        CHECK_MESSAGE(cell.inside(probe, secret) != "done", probe);
    for (const char* const probe : {"make", "mkdir", "fifo"})
        CHECK_MESSAGE(cell.inside(probe, cell.path("other/new")) != "done", probe);
    CHECK(cell.inside("read", "../other/secret") != "done");
    CHECK(cell.inside("list", cell.path("other")) != "done");
    CHECK(cell.inside("list", "/") != "done");
    CHECK(cell.inside("read", "/etc/shadow") != "done");
    CHECK(cell.inside("read", "/etc/passwd") != "done");
    CHECK(cell.inside("read", "/proc/self/environ") != "done");
    CHECK(cell.inside("make", "/tmp/burnbox-confinement-probe") != "done");
    CHECK(cell.inside("run", "/bin/true") != "done");
    CHECK(cell.outside("read", secret) == "done");
    CHECK(cell.outside("read", "/etc/passwd") == "done");
    CHECK(cell.outside("truncate", secret) == "done");
}

TEST_CASE("confinement: a link in the folder leads nowhere else") {
    Cell cell;
    REQUIRE(::symlink(cell.path("other/secret").c_str(), cell.path("session/link").c_str()) == 0);
    REQUIRE(::symlink(cell.path("other").c_str(), cell.path("session/folder").c_str()) == 0);
    CHECK(cell.inside("read", "link") != "done");
    CHECK(cell.inside("write", "link") != "done");
    CHECK(cell.inside("make", "folder/new") != "done");
    CHECK(cell.outside("read", cell.path("session/link")) == "done");
}

TEST_CASE("confinement: there is no network, no other process, no namespace") {
    Cell cell;
    for (const char* const probe : {"socket", "unix_socket", "io_uring", "namespace", "clone_namespace"})
        CHECK_MESSAGE(cell.inside(probe) != "done", probe);
    CHECK(cell.inside("trace", std::to_string(::getpid())) != "done");
    CHECK(cell.outside("socket") == "done");
    CHECK(cell.outside("unix_socket") == "done");
    CHECK(cell.outside("signal", std::to_string(::getpid())) == "done");
}

TEST_CASE("confinement: no devices, FIFOs or owners, also for root") {
    Cell cell;
    CHECK(cell.inside("device", "device") != "done");
    CHECK(cell.inside("fifo", "fifo") != "done");
    CHECK(cell.inside("chown", "old") != "done");
    CHECK(cell.outside("fifo", cell.path("fifo")) == "done");
}

TEST_CASE("confinement: files, memory and environment are bounded") {
    Cell cell;
    CHECK(cell.inside("grow", "large") == "File too large");
    CHECK(cell.inside("memory") != "done");
    CHECK(cell.inside("variable", "PATH") != "done");
    CHECK(cell.inside("variable", "LC_ALL") == "done");
    CHECK(cell.outside("grow", cell.path("large")) == "done");
    CHECK(cell.outside("variable", "PATH") == "done");
}

TEST_CASE("confinement: what can't be confined is not run") {
    Cell cell;
    const auto told = [&](const Confinement& confinement) {
        auto child = cell.spawner->run(confined_launch(BURNBOX_TEST_CONFINED, confinement));
        REQUIRE(child.has_value());
        CHECK(read_all(child->out()).empty());
        const std::string text = read_all(child->err());
        CHECK(child->wait() == kNotConfined);
        return text;
    };
    CHECK(told({.folder = cell.path("missing"),
                .start_in = cell.path("session"),
                .argv = {BURNBOX_TEST_CONFINED, "socketpair"}})
              .find("missing") != std::string::npos);
    CHECK(told({.folder = cell.path("session"), .start_in = cell.path("session"), .argv = {"/no/rsync"}})
              .find("/no/rsync") != std::string::npos);
}

}  // namespace burnbox::test
