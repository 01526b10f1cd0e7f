// Folders whose new files are taken.
#include <array>
#include <ctime>

#include "common/config/sections.hpp"
#include "common/session/names.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kConversions = "YmdHMSyjGgVUWuwF";

// Whether every session that the pattern makes can have its name.
std::string wrong_with_pattern(const std::string& pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '%' &&
            (++i == pattern.size() || kConversions.find(pattern[i]) == std::string::npos))
            return "its conversions may be %Y %m %d %H %M %S %F %y %j %G %g %V %U %W %u %w, the time in UTC";
    const std::time_t some_time = 0;
    std::tm utc{};
    ::gmtime_r(&some_time, &utc);
    std::array<char, 1024> name{};
    const std::size_t length = std::strftime(name.data(), name.size(), pattern.c_str(), &utc);
    const Status good = check_session_name(std::string_view(name.data(), length));
    return good ? std::string() : good.error().message;
}

ValueReader session_pattern(std::string& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string* given = scalar(value, key, reading, "text");
        if (given == nullptr) return;
        const std::string wrong = wrong_with_pattern(*given);
        if (!wrong.empty()) return reading.wrong(key, wrong);
        target = *given;
    };
}

}  // namespace

ValueReader skim_section(std::vector<SkimConfig>& skim) {
    return [&skim](const YamlNode& value, const std::string& key, Reading& reading) {
        if (!is_list(value, key, reading, "a list of {from, every, account, ...}")) return;
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const std::string item = item_key(key, i);
            reading.places[item] = value.items[i].place;
            SkimConfig folder;
            const std::size_t findings = reading.findings.count();
            read_keys(value.items[i], item, reading,
                      {
                          {"from", folder_path(folder.from)},
                          {"every", duration(folder.every, std::chrono::seconds(1))},
                          {"account", text(folder.account)},
                          {"session", session_pattern(folder.session)},
                          {"include", globs(folder.include, GlobsOf::paths)},
                          {"exclude", globs(folder.exclude, GlobsOf::paths)},
                          {"min_age", duration(folder.min_age, std::chrono::milliseconds(0))},
                          {"max_size", size(folder.max_size_bytes, 1)},
                      });
            if (folder.include.empty())
                reading.wrong(item + ".include",
                              "it is empty: nothing is ever taken; leave it out for everything");
            if (folder.from.empty() && reading.findings.count() == findings)
                reading.wrong(item, "it has no from; which folder is skimmed?");
            if (folder.account.empty() && reading.findings.count() == findings)
                reading.wrong(item, "it has no account; whose sessions does it make?");
            skim.push_back(std::move(folder));
        }
    };
}

}  // namespace burnbox
