// What every FileSystem does, the real one and those of the tests.
#include <algorithm>

#include "tests/contract/file_system_fixtures.hpp"

using namespace burnbox;
using namespace burnbox::test;

#define FILE_SYSTEM_TEST(name) \
    TEST_CASE_TEMPLATE("file system: " name, Fixture, PosixFixture, MemoryFixture, FaultyFixture)

FILE_SYSTEM_TEST("what was written is read back, at any offset") {
    Fixture f;
    auto file = f.fs->open("a", {.read = true, .write = true, .create = true}).value();
    REQUIRE_OK(file->write_at(std::as_bytes(std::span(std::string_view("hello"))), 3));
    std::byte buffer[16]{};
    CHECK(file->read_at(buffer, 0).value() == 8);
    CHECK(static_cast<char>(buffer[0]) == '\0');  // a gap reads as zeros
    CHECK(static_cast<char>(buffer[3]) == 'h');
    CHECK(file->read_at(buffer, 6).value() == 2);
    CHECK(file->read_at(buffer, 8).value() == 0);
    CHECK(file->read_at(buffer, 1000).value() == 0);
    CHECK(file->info().value().size_bytes == 8);
    CHECK(f.fs->info("a").value().size_bytes == 8);
}

FILE_SYSTEM_TEST("open modes: create, exclusive, truncate, append") {
    Fixture f;
    CHECK(code_of(f.fs->open("a", {.read = true})) == Errc::not_found);
    REQUIRE_OK(put(*f.fs, "a", "12345"));
    CHECK(code_of(f.fs->open("a", {.write = true, .create = true, .exclusive = true})) == Errc::exists);
    {
        auto file = f.fs->open("a", {.write = true, .append = true}).value();
        REQUIRE_OK(file->write_at(std::as_bytes(std::span(std::string_view("67"))), 0));
    }
    CHECK(get(*f.fs, "a") == "1234567");
    {
        auto file = f.fs->open("a", {.write = true, .create = true}).value();
    }
    CHECK(get(*f.fs, "a") == "1234567");
    {
        auto file = f.fs->open("a", {.write = true, .truncate = true}).value();
    }
    CHECK(get(*f.fs, "a").empty());
}

FILE_SYSTEM_TEST("a file opened for reading refuses writes, and the other way round") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "12345"));
    std::byte byte{};
    CHECK_FALSE(f.fs->open("a", {.read = true}).value()->write_at(std::span(&byte, 1), 0).has_value());
    CHECK_FALSE(f.fs->open("a", {.write = true}).value()->read_at(std::span(&byte, 1), 0).has_value());
    CHECK(get(*f.fs, "a") == "12345");
}

FILE_SYSTEM_TEST("truncate shortens, and lengthens with zeros") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "12345"));
    auto file = f.fs->open("a", {.read = true, .write = true}).value();
    REQUIRE_OK(file->truncate(2));
    REQUIRE_OK(file->truncate(4));
    CHECK(get(*f.fs, "a") == std::string("12\0\0", 4));
}

FILE_SYSTEM_TEST("paths with empty, '.' or '..' components or NUL are refused") {
    Fixture f;
    REQUIRE_OK(f.fs->make_folder("d", 0755));
    REQUIRE_OK(put(*f.fs, "d/a", "x"));
    for (const std::string path :
         {"/", "/d", "d/", "d//a", "./d", "d/.", "..", "d/../d/a", "d/..", "../etc/passwd"}) {
        CAPTURE(path);
        CHECK(code_of(f.fs->info(path)) == Errc::invalid);
        CHECK(code_of(f.fs->open(path, {.read = true})) == Errc::invalid);
        CHECK(code_of(f.fs->make_folder(path, 0755)) == Errc::invalid);
        CHECK(code_of(f.fs->rename("d/a", path, RenameMode::replace)) == Errc::invalid);
        CHECK(code_of(f.fs->open_folder(path)) == Errc::invalid);
    }
    CHECK(code_of(f.fs->info(std::string("d\0a", 3))) == Errc::invalid);
    CHECK(get(*f.fs, "d/a") == "x");
}

FILE_SYSTEM_TEST("links are never followed, neither at the end of a path nor inside it") {
    Fixture f;
    REQUIRE_OK(f.fs->make_folder("d", 0755));
    REQUIRE_OK(put(*f.fs, "d/a", "x"));
    REQUIRE_OK(f.fs->make_symlink("d", "folder_link"));
    REQUIRE_OK(f.fs->make_symlink("d/a", "file_link"));
    REQUIRE_OK(f.fs->make_symlink("nowhere", "dangling"));
    CHECK(code_of(f.fs->open("file_link", {.read = true})) == Errc::permission);
    CHECK(code_of(f.fs->open("dangling", {.write = true, .create = true})) == Errc::permission);
    CHECK_FALSE(f.fs->info("nowhere").has_value());
    CHECK(code_of(f.fs->open("folder_link/a", {.read = true})) == Errc::permission);
    CHECK(code_of(f.fs->open("folder_link/new", {.write = true, .create = true})) == Errc::permission);
    CHECK(code_of(f.fs->info("folder_link/a")) == Errc::permission);
    CHECK(code_of(f.fs->make_folder("folder_link/b", 0755)) == Errc::permission);
    CHECK(code_of(f.fs->remove("folder_link/a")) == Errc::permission);
    CHECK(code_of(f.fs->rename("d/a", "folder_link/b", RenameMode::replace)) == Errc::permission);
    CHECK(code_of(f.fs->open_folder("folder_link")) == Errc::permission);
    CHECK(code_of(f.fs->subtree("folder_link")) == Errc::permission);
    CHECK(f.fs->info("file_link").value().type == FileType::symlink);
    CHECK(f.fs->read_symlink("file_link").value() == "d/a");
    CHECK(code_of(f.fs->read_symlink("d/a")) == Errc::invalid);
    REQUIRE_OK(f.fs->remove("file_link"));
    CHECK(get(*f.fs, "d/a") == "x");
    CHECK_FALSE(f.fs->set_mode("folder_link", 0700).has_value());
}

FILE_SYSTEM_TEST("a link's own times can be set") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "x"));
    REQUIRE_OK(f.fs->make_symlink("a", "link"));
    const Timestamp time(std::chrono::seconds(86400));
    REQUIRE_OK(f.fs->set_times("link", time, time));
    CHECK(f.fs->info("link").value().mtime == time);
    CHECK(f.fs->info("a").value().mtime != time);
}

FILE_SYSTEM_TEST("times keep their nanoseconds, before 1970 too; modes keep their bits") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "x"));
    for (const auto nanoseconds : {0LL, 1'700'000'000'123'456'789LL, -1'234'567'890'123'456'789LL}) {
        const Timestamp time{std::chrono::nanoseconds(nanoseconds)};
        REQUIRE_OK(f.fs->set_times("a", time, time));
        CHECK(f.fs->info("a").value().mtime == time);
        CHECK(f.fs->info("a").value().atime == time);
    }
    for (const std::uint32_t mode : {0600U, 0U, 0777U, 0640U}) {
        REQUIRE_OK(f.fs->set_mode("a", mode));
        CHECK(f.fs->info("a").value().mode == mode);
    }
    auto file = f.fs->open("a", {.read = true, .write = true}).value();
    REQUIRE_OK(file->set_mode(0604));
    REQUIRE_OK(file->set_times(Timestamp(), Timestamp(std::chrono::seconds(7))));
    CHECK(file->info().value().mode == 0604);
    CHECK(file->info().value().mtime == Timestamp(std::chrono::seconds(7)));
    REQUIRE_OK(f.fs->set_mode("", 0750));
    CHECK(f.fs->info("").value().mode == 0750);
}

FILE_SYSTEM_TEST("folders: made once, removed when empty, listed page by page") {
    Fixture f;
    REQUIRE_OK(f.fs->make_folder("d", 0755));
    CHECK(code_of(f.fs->make_folder("d", 0755)) == Errc::exists);
    CHECK(code_of(f.fs->make_folder("x/y", 0755)) == Errc::not_found);
    CHECK(code_of(f.fs->make_folder("", 0755)) == Errc::exists);
    for (int i = 0; i < 100; ++i) REQUIRE_OK(put(*f.fs, "d/" + std::to_string(i), ""));
    REQUIRE_OK(f.fs->make_folder("d/sub", 0755));
    REQUIRE_OK(f.fs->make_symlink("0", "d/link"));
    auto folder = f.fs->open_folder("d").value();
    std::vector<DirEntry> all;
    for (;;) {
        auto page = folder->next(7).value();
        CHECK(page.size() <= 7);
        if (page.empty()) break;
        all.insert(all.end(), page.begin(), page.end());
    }
    CHECK(all.size() == 102);
    const auto type_of = [&](std::string_view name) {
        return std::ranges::find(all, name, &DirEntry::name)->type;
    };
    CHECK(type_of("99") == FileType::file);
    CHECK(type_of("sub") == FileType::folder);
    CHECK(type_of("link") == FileType::symlink);
    CHECK(code_of(f.fs->remove_folder("d")) == Errc::exists);
    CHECK(code_of(f.fs->remove("d")) == Errc::invalid);
    CHECK_FALSE(f.fs->remove_folder("d/0").has_value());
    REQUIRE_OK(f.fs->remove_folder("d/sub"));
    CHECK(code_of(f.fs->info("d/sub")) == Errc::not_found);
    CHECK(code_of(f.fs->open("d", {.read = true})) == Errc::invalid);
    CHECK(code_of(f.fs->open("", {.read = true})) == Errc::invalid);
    CHECK_FALSE(f.fs->open_folder("d/0").has_value());
}

FILE_SYSTEM_TEST("rename moves files and folders; no_replace never overwrites") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "A"));
    REQUIRE_OK(put(*f.fs, "b", "B"));
    REQUIRE_OK(f.fs->make_folder("d", 0755));
    REQUIRE_OK(f.fs->make_folder("e", 0755));
    CHECK(code_of(f.fs->rename("a", "b", RenameMode::no_replace)) == Errc::exists);
    CHECK(code_of(f.fs->rename("d", "e", RenameMode::no_replace)) == Errc::exists);
    CHECK(get(*f.fs, "b") == "B");
    REQUIRE_OK(f.fs->rename("a", "b", RenameMode::replace));
    CHECK(get(*f.fs, "b") == "A");
    CHECK(code_of(f.fs->info("a")) == Errc::not_found);
    REQUIRE_OK(f.fs->rename("b", "d/c", RenameMode::no_replace));
    CHECK(get(*f.fs, "d/c") == "A");
    REQUIRE_OK(f.fs->rename("d", "e", RenameMode::replace));  // an empty folder may be replaced
    CHECK(get(*f.fs, "e/c") == "A");
    REQUIRE_OK(f.fs->make_folder("full", 0755));
    REQUIRE_OK(put(*f.fs, "full/x", "x"));
    CHECK(code_of(f.fs->rename("e", "full", RenameMode::replace)) == Errc::exists);
    CHECK(code_of(f.fs->rename("e", "e/inside", RenameMode::no_replace)) == Errc::invalid);
    CHECK(code_of(f.fs->rename("nothing", "y", RenameMode::no_replace)) == Errc::not_found);
    CHECK_FALSE(f.fs->rename("", "y", RenameMode::replace).has_value());
}

FILE_SYSTEM_TEST("hard links share content and count") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "A"));
    REQUIRE_OK(f.fs->make_hardlink("a", "b"));
    CHECK(f.fs->info("a").value().links == 2);
    CHECK(f.fs->info("a").value().inode == f.fs->info("b").value().inode);
    REQUIRE_OK(put(*f.fs, "b", "changed"));
    CHECK(get(*f.fs, "a") == "changed");
    REQUIRE_OK(f.fs->remove("a"));
    CHECK(f.fs->info("b").value().links == 1);
    CHECK(get(*f.fs, "b") == "changed");
    CHECK(code_of(f.fs->make_hardlink("b", "b")) == Errc::exists);
    CHECK(code_of(f.fs->make_hardlink("nothing", "c")) == Errc::not_found);
}

FILE_SYSTEM_TEST("an open file outlives its name") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, "a", "A"));
    auto file = f.fs->open("a", {.read = true}).value();
    REQUIRE_OK(f.fs->remove("a"));
    std::byte byte{};
    CHECK(file->read_at(std::span(&byte, 1), 0).value() == 1);
    CHECK(static_cast<char>(byte) == 'A');
}

FILE_SYSTEM_TEST("a subtree sees its folder only, and the same files") {
    Fixture f;
    REQUIRE_OK(f.fs->make_folder("alice", 0755));
    auto alice = f.fs->subtree("alice").value();
    REQUIRE_OK(put(*alice, "a", "A"));
    CHECK(get(*f.fs, "alice/a") == "A");
    CHECK(code_of(alice->info("../alice")) == Errc::invalid);
    CHECK(alice->host_path("a") == f.fs->host_path("alice/a"));
    CHECK(code_of(f.fs->subtree("nobody")) == Errc::not_found);
    CHECK_FALSE(f.fs->subtree("alice/a").has_value());
    REQUIRE_OK(alice->sync_folder(""));
    REQUIRE_OK(alice->sync_all());
    CHECK(alice->space().value().free_bytes > 0);
}

FILE_SYSTEM_TEST("syncing works on files and folders, and only there") {
    Fixture f;
    REQUIRE_OK(f.fs->make_folder("d", 0755));
    REQUIRE_OK(put(*f.fs, "d/a", "A"));
    auto file = f.fs->open("d/a", {.write = true}).value();
    file->reserve(0, 4096);
    file->start_writeback(0, 4096);
    REQUIRE_OK(file->sync());
    CHECK(file->info().value().size_bytes == 1);  // reserving changes no size
    REQUIRE_OK(f.fs->sync_folder("d"));
    REQUIRE_OK(f.fs->sync_folder(""));
    CHECK_FALSE(f.fs->sync_folder("d/a").has_value());
    CHECK(code_of(f.fs->sync_folder("e")) == Errc::not_found);
}

FILE_SYSTEM_TEST("names of 255 bytes work, of 256 do not; any byte but '/' and NUL is a name") {
    Fixture f;
    REQUIRE_OK(put(*f.fs, std::string(255, 'n'), "long"));
    CHECK(get(*f.fs, std::string(255, 'n')) == "long");
    CHECK(code_of(f.fs->open(std::string(256, 'n'), {.write = true, .create = true})) == Errc::invalid);
    for (const std::string name : {" ", "-", "a\nb", "\\", "...", "%2e", "\xC3\xA4", ":"}) {
        REQUIRE_OK(put(*f.fs, name, name));
        CHECK(get(*f.fs, name) == name);
    }
}

FILE_SYSTEM_TEST("a path longer than the kernel takes at once is no problem") {
    Fixture f;
    std::string path;
    for (int i = 0; i < 30; ++i) path = join_path(path, std::string(250, static_cast<char>('a' + i % 26)));
    REQUIRE_OK(make_folders(*f.fs, path, 0755));
    REQUIRE_OK(put(*f.fs, path + "/file", "deep"));
    CHECK(get(*f.fs, path + "/file") == "deep");
    CHECK(f.fs->info(path + "/file").value().size_bytes == 4);
    REQUIRE_OK(f.fs->rename(path + "/file", path + "/renamed", RenameMode::no_replace));
    CHECK(list_folder(*f.fs, path).value().size() == 1);
    REQUIRE_OK(f.fs->sync_folder(path));
    REQUIRE_OK(remove_tree(*f.fs, path.substr(0, 250)));
    CHECK(list_folder(*f.fs, "").value().empty());
}

FILE_SYSTEM_TEST("messages name operation, object and cause") {
    Fixture f;
    const auto missing = f.fs->open("alice/x.raw", {.read = true});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message == "open alice/x.raw: No such file or directory");
}
