#include "server/scp/command.hpp"

#include <algorithm>
#include <optional>
#include <ranges>

#include "common/base/text.hpp"

namespace burnbox::scp {
namespace {

std::string_view take_field(std::string_view& line) {
    const std::size_t blank = line.find(' ');
    const std::string_view field = line.substr(0, blank);
    line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    return field;
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
    if (text.size() != 4) return std::nullopt;
    std::uint32_t mode = 0;
    for (const char c : text) {
        if (c < '0' || c > '7') return std::nullopt;
        mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
    }
    return mode;
}

std::optional<Timestamp> parse_time(std::string_view seconds, std::string_view micros) {
    constexpr std::uint64_t kLatest = 0xFFFFFFFFU;  // in 2106, as over SFTP: later ones become that
    const auto whole = parse_u64(seconds);
    const auto part = parse_u64(micros);
    if (!whole || !part || *part > 999'999) return std::nullopt;
    return Timestamp(std::chrono::seconds(std::min(*whole, kLatest)) + std::chrono::microseconds(*part));
}

}  // namespace

Result<Command> parse_command(const std::vector<std::string>& argv) {
    static constexpr const char* kUsage = "scp: only `scp [-rpdqv] -t PATH` and `-f PATH...` work here";
    Command command;
    bool to = false, from = false;
    std::size_t i = 1;
    for (; i < argv.size() && argv[i].size() > 1 && argv[i].front() == '-'; ++i) {
        if (argv[i] == "--") {
            ++i;
            break;
        }
        for (const char option : argv[i].substr(1)) {
            switch (option) {
                case 't':
                    to = true;
                    break;
                case 'f':
                    from = true;
                    break;
                case 'r':
                    command.recursive = true;
                    break;
                case 'p':
                    command.preserve = true;
                    break;
                case 'd':
                    command.folder_wanted = true;
                    break;
                case 'q':
                case 'v':
                    break;
                default:
                    return fail(Errc::invalid, kUsage);
            }
        }
    }
    if (to == from || i == argv.size() || (to && i + 1 != argv.size())) return fail(Errc::invalid, kUsage);
    command.sink = to;
    for (std::string path : argv | std::views::drop(i)) {
        if (path.size() > kLongestLine) return fail(Errc::invalid, "scp: a path of more than 4096 bytes");
        // A shell would have made the home folder of it, which is the inbox.
        if (path == "~" || path.starts_with("~/")) path.replace(0, 1, ".");
        command.paths.push_back(path.empty() ? "." : std::move(path));
    }
    return command;
}

Result<Entry> parse_entry(std::string_view line) {
    Entry entry;
    const auto mode = parse_mode(take_field(line));
    if (!mode) return fail(Errc::invalid, "scp: a mode must be four octal digits");
    const auto size = parse_u64(take_field(line));
    if (!size || *size > static_cast<std::uint64_t>(INT64_MAX))
        return fail(Errc::invalid, "scp: impossible size");
    entry.mode = *mode;
    entry.size_bytes = *size;
    entry.name = line;
    if (line.empty() || line == "." || line == ".." ||
        line.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
        return fail(Errc::invalid, "scp: unexpected file name: " + entry.name);
    return entry;
}

Result<Times> parse_times(std::string_view line) {
    const auto mtime_seconds = take_field(line), mtime_micros = take_field(line);
    const auto atime_seconds = take_field(line), atime_micros = line;
    const auto mtime = parse_time(mtime_seconds, mtime_micros),
               atime = parse_time(atime_seconds, atime_micros);
    if (!mtime || !atime) return fail(Errc::invalid, "scp: impossible times");
    return Times{*mtime, *atime};
}

}  // namespace burnbox::scp
