// The sections without names of their own: listen, session, burn, limits, log.
#include "common/config/sections.hpp"

#include <algorithm>
#include <charconv>

#include "common/config/units.hpp"
#include "common/session/names.hpp"

namespace burnbox {
namespace {

using namespace std::chrono_literals;

// The part of a label that a conversion becomes; 0 = none that gives digits only.
std::size_t conversion_width(char conversion) {
    switch (conversion) {
        case 'N':
        case 'Y':
        case 'G':
            return 4;
        case 'j':
            return 3;
        case 'y':
        case 'm':
        case 'd':
        case 'H':
        case 'M':
        case 'S':
        case 'V':
        case 'U':
        case 'W':
        case 'g':
            return 2;
        case 'u':
        case 'w':
            return 1;
        default:
            return 0;
    }
}

// Disc labels are volume identifiers (ECMA-119 7.4.1: A-Z 0-9 _), and Joliet holds 16 characters of them: the
// number must stand in those, or two discs would get the same.
std::string wrong_with_label(std::string_view label) {
    std::size_t width = 0, number_end = 0;
    for (std::size_t i = 0; i < label.size(); ++i) {
        if (label[i] != '%') {
            const bool allowed = (label[i] >= 'A' && label[i] <= 'Z') ||
                                 (label[i] >= '0' && label[i] <= '9') || label[i] == '_';
            if (!allowed)
                return fmt::format(
                    "\"{}\" can't stand in a disc's label; A-Z 0-9 _ and % conversions are allowed",
                    escape(label.substr(i, 1)));
            ++width;
            continue;
        }
        const char conversion = i + 1 < label.size() ? label[++i] : '\0';
        const std::size_t conversion_size = conversion_width(conversion);
        if (conversion_size == 0)
            return "its conversions may be %N (the disc's number, required) and %Y %m %d %H %M %S %y %j %G "
                   "%g %V %U %W %u %w";
        width += conversion_size;
        if (conversion == 'N' && number_end == 0) number_end = width;
    }
    if (number_end == 0) return "it has no %N, the disc's number: every disc needs a label of its own";
    if (number_end > 16)
        return "%N must end within the first 16 characters: they alone must tell two discs apart";
    if (width > 32) return fmt::format("it makes {} characters, a disc's label holds 32", width);
    return "";
}

ValueReader disc_label(std::string& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string* given = scalar(value, key, reading, "text");
        if (given == nullptr) return;
        const std::string wrong = wrong_with_label(*given);
        if (!wrong.empty()) return reading.wrong(key, wrong);
        target = *given;
    };
}

ValueReader marker_names(std::vector<std::string>& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        texts(target)(value, key, reading);
        for (std::size_t i = 0; i < target.size(); ++i) {
            const Status name = check_entry_name(target[i]);
            if (!name)
                reading.wrong(item_key(key, i), name.error().message);
            else if (is_own_file(target[i]))
                reading.wrong(item_key(key, i), "burnbox writes files of this name itself; choose another");
        }
    };
}

constexpr std::chrono::milliseconds kLongestKept = 24h * 36'500;  // any more is forever

ValueReader keep_burned(KeepBurned& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string expected = fmt::format("forever, until_needed, or a time ({})", kTimeUnits);
        const std::string* given = scalar(value, key, reading, expected);
        if (given == nullptr) return;
        using How = KeepBurned::How;
        if (*given == "forever" || *given == "until_needed") {
            target = {*given == "forever" ? How::forever : How::until_needed, 0ms};
        } else if (parse_duration(*given)) {
            duration(target.time, 0ms, kLongestKept)(value, key, reading);
            target.how = How::for_time;
        } else {
            reading.wrong(key, fmt::format("expected {}, found \"{}\"", expected, escape(*given)));
        }
    };
}

// In multiples of the medium's own unit, as drives and discs are labelled: 1x of a DVD is 1385 kB/s.
ValueReader burn_speed(double& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        std::string given;
        text(given)(value, key, reading);
        if (given.empty()) return;
        double times = 0;
        std::string_view digits = given;
        if (digits.ends_with('x')) digits.remove_suffix(1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), times);
        const bool is_number = error == std::errc() && end == digits.data() + digits.size();
        if (given == "max")
            target = 0;
        else if (is_number && times >= 0.5 && times <= 100)
            target = times;
        else
            reading.wrong(
                key, fmt::format("expected max or a speed from 0.5x to 100x, found \"{}\"", escape(given)));
    };
}

// The key is there to say so: -burned means read back, and nothing can weaken that word.
ValueReader always_verified() {
    return [](const YamlNode& value, const std::string& key, Reading& reading) {
        bool verify = true;
        flag(verify)(value, key, reading);
        if (!verify)
            reading.wrong(key,
                          "it can only be true: nothing is called burned before it was read back from "
                          "the disc");
    };
}

}  // namespace

ValueReader listen_section(std::vector<ListenAddress>& listen) {
    return [&listen](const YamlNode& value, const std::string& key, Reading& reading) {
        std::vector<std::string> given;
        texts(given)(value, key, reading);
        listen.clear();
        for (std::size_t i = 0; i < given.size(); ++i) {
            const auto address = parse_listen_address(given[i]);
            if (address)
                listen.push_back(*address);
            else
                reading.wrong(
                    item_key(key, i),
                    fmt::format("\"{}\" is not ADDRESS:PORT with a numeric address, as 127.0.0.1:2022, "
                                "[::1]:22 or [::]:22",
                                escape(given[i])));
        }
        if (value.kind == YamlNode::Kind::list && value.items.empty())
            reading.wrong(key, "it is empty; name at least one ADDRESS:PORT");
    };
}

ValueReader session_section(SessionConfig& session) {
    return section({
        {"marker", marker_names(session.marker)},
        {"any_file", flag(session.any_file)},
        {"ignore", globs(session.ignore, GlobsOf::names)},
        {"keep_burned", keep_burned(session.keep_burned)},
    });
}

ValueReader burn_section(BurnConfig& burn) {
    return section({
        {"verify", always_verified()},
        {"layout", choice<Layout>(burn.layout,
                                  {{"bag", Layout::bag}, {"plain", Layout::plain}, {"root", Layout::root}})},
        {"label", disc_label(burn.label)},
        {"modes",
         choice<ModePolicy>(burn.modes, {{"readable", ModePolicy::readable}, {"keep", ModePolicy::keep}})},
        {"speed", burn_speed(burn.speed)},
        {"batch", section({{"wait", duration(burn.batch.wait, 0ms)},
                           {"sessions", number(burn.batch.sessions, 1, 1'000)},
                           {"size", size(burn.batch.size_bytes)}})},
        {"span", flag(burn.span)},
        {"close_disc", choice<bool>(burn.close_when_full, {{"never", false}, {"when_full", true}})},
        {"full_below", size(burn.full_below_bytes)},
        {"redundancy", number(burn.redundancy, 0, 100)},
        {"write_once_only", flag(burn.write_once_only)},
    });
}

ValueReader limits_section(Limits& limits) {
    return section({
        {"connections", number(limits.connections, 1, 100'000)},
        {"per_address", number(limits.per_address, 1, 100'000)},
        {"unauthenticated", number(limits.unauthenticated, 1, 100'000)},
        {"login_grace", duration(limits.login_grace, 1s)},
        {"auth_tries", number(limits.auth_tries, 1, 100)},
        {"key_exchanges", number(limits.key_exchanges, 1, 10'000)},
        {"channels", number(limits.channels, 1, 1'000)},
        {"handles", number(limits.handles, 1, 100'000)},
        {"sessions", number(limits.sessions, 1, 100'000)},
        {"files", number(limits.files, 1, 100'000'000)},
        {"window", size(limits.window_bytes, 64ULL << 10U, 1ULL << 30U)},
        {"idle", duration(limits.idle, 1s)},
    });
}

ValueReader log_section(Config& config) {
    using log::Format;
    using log::Level;
    return section({
        {"level", choice<Level>(config.log_level, {{"debug", Level::debug},
                                                   {"info", Level::info},
                                                   {"warning", Level::warning},
                                                   {"error", Level::error}})},
        {"format", choice<Format>(config.log_format, {{"text", Format::text}, {"json", Format::json}})},
    });
}

bool is_plain_name(std::string_view name, LetterCase letters) {
    const auto alphanumeric = [letters](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (letters == LetterCase::any && c >= 'A' && c <= 'Z');
    };
    return !name.empty() && name.size() <= 64 && alphanumeric(name[0]) &&
           std::ranges::all_of(name,
                               [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace burnbox
