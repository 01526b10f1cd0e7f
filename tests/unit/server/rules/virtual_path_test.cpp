#include "server/rules/virtual_path.hpp"

#include <doctest/doctest.h>

using burnbox::Errc;
using burnbox::upload::parse_virtual_path;
using burnbox::upload::VirtualPath;

namespace {

VirtualPath parsed(std::string_view path) {
    const auto result = parse_virtual_path(path);
    REQUIRE(result);
    return *result;
}

}  // namespace

TEST_CASE("virtual path: the root has many names") {
    for (const char* const path : {"", "/", ".", "//", "/.", "..", "/../..", "holiday/.."}) {
        CAPTURE(path);
        CHECK(parsed(path) == VirtualPath{});
    }
}

TEST_CASE("virtual path: folder, inside and slash are told apart") {
    CHECK(parsed("/holiday") == VirtualPath{.folder = "holiday", .inside = "", .trailing_slash = false});
    CHECK(parsed("holiday/") == VirtualPath{.folder = "holiday", .inside = "", .trailing_slash = true});
    CHECK(parsed("holiday/.") == VirtualPath{.folder = "holiday", .inside = "", .trailing_slash = true});
    CHECK(parsed("/holiday//photos/./a.jpg") ==
          VirtualPath{.folder = "holiday", .inside = "photos/a.jpg", .trailing_slash = false});
    CHECK(parsed("holiday/photos/") ==
          VirtualPath{.folder = "holiday", .inside = "photos", .trailing_slash = true});
}

TEST_CASE("virtual path: '..' never leads above the root") {
    CHECK(parsed("/../../etc/passwd").text() == "/etc/passwd");
    CHECK(parsed("holiday/../../../bob/x").text() == "/bob/x");
    CHECK(parsed("holiday/photos/../../other/x").text() == "/other/x");
    CHECK(parsed("/proc/self/root/etc").text() == "/proc/self/root/etc");
}

TEST_CASE("virtual path: too long or with a NUL is refused") {
    CHECK(parse_virtual_path(std::string(4096, 'a')));
    CHECK(parse_virtual_path(std::string(4097, 'a')).error().code == Errc::invalid);
    CHECK(parse_virtual_path(std::string_view("a\0b", 3)).error().code == Errc::invalid);
}
