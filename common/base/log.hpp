// The log: a fixed verb, then key=value. Values are escaped; info = one line per change of state, error = a
// human must act.
//     log::info("session sealed", log::kv("account", a), log::kv("files", n));
// Safe from every thread.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "common/base/error.hpp"

namespace burnbox::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

// Call once, before threads. Under systemd (JOURNAL_STREAM set) lines carry the journal's <N> priorities and
// no time.
void init(Level level, Format format);
void set_level(Level level);
[[nodiscard]] bool enabled(Level level);

struct Field {
    std::string_view key;
    std::string value;
};

template <typename T>
[[nodiscard]] Field kv(std::string_view key, const T& value) {
    return {key, fmt::format("{}", value)};
}
[[nodiscard]] inline Field kv(const Error& error) {
    return {"error", error.message};
}

void write(Level level, std::string_view verb, std::initializer_list<Field> fields);

template <typename... F>
void debug(std::string_view verb, F&&... fields) {
    if (enabled(Level::debug)) write(Level::debug, verb, {std::forward<F>(fields)...});
}
template <typename... F>
void info(std::string_view verb, F&&... fields) {
    write(Level::info, verb, {std::forward<F>(fields)...});
}
template <typename... F>
void warning(std::string_view verb, F&&... fields) {
    write(Level::warning, verb, {std::forward<F>(fields)...});
}
template <typename... F>
void error(std::string_view verb, F&&... fields) {
    write(Level::error, verb, {std::forward<F>(fields)...});
}

}  // namespace burnbox::log
