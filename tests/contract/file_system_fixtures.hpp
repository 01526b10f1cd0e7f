// The implementations that the FileSystem suite runs on, and short words for its tests.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/storage/posix_file_system.hpp"
#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"

namespace burnbox::test {

struct PosixFixture {
    TempFolder folder;
    std::unique_ptr<FileSystem> fs = open_posix_file_system(folder.path()).value();
};

struct MemoryFixture {
    std::unique_ptr<FileSystem> fs = std::make_unique<MemoryFileSystem>();
};

// Without a planned fault it must be like what it wraps.
struct FaultyFixture {
    FaultPlan plan;
    std::unique_ptr<FileSystem> fs =
        std::make_unique<FaultyFileSystem>(std::make_unique<MemoryFileSystem>(), plan);
};

inline Status put(FileSystem& fs, const std::string& path, std::string_view content) {
    BB_TRY(const auto file, fs.open(path, {.write = true, .create = true, .truncate = true}));
    return file->write_at(std::as_bytes(std::span(content)), 0);
}

inline std::string get(FileSystem& fs, const std::string& path) {
    auto content = read_file(fs, path, 1U << 30U);
    return content ? *content : "error: " + content.error().message;
}

template <typename T>
Errc code_of(const Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().code;
}

}  // namespace burnbox::test

// The message of a failed Status, or of a Result, in the test's output.
#define REQUIRE_OK(expression)                                                    \
    do {                                                                          \
        const auto ok_result = (expression);                                      \
        const std::string ok_text = ok_result ? "ok" : ok_result.error().message; \
        REQUIRE_MESSAGE(ok_result.has_value(), ok_text);                          \
    } while (false)
