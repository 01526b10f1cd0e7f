// Drives and pools.
#include "common/config/sections.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace burnbox {
namespace {

constexpr std::array<std::string_view, 6> kMedia = {"cd-r", "dvd-r", "dvd+r", "dvd+r-dl", "bd-r", "bd-r-dl"};

ValueReader medium(std::string& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string allowed = fmt::format("{}", fmt::join(kMedia, ", "));
        const std::string* given = scalar(value, key, reading, "one of " + allowed);
        if (given == nullptr) return;
        target = *given;
        if (std::ranges::find(kMedia, *given) == kMedia.end())
            reading.wrong(key, fmt::format("\"{}\" is none of {}", escape(*given), allowed));
    };
}

ValueReader blanks(std::optional<unsigned>& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        unsigned count = 0;
        number(count, 0, 1'000'000)(value, key, reading);
        target = count;
    };
}

void check_name(const std::string& key, std::string_view name, Reading& reading) {
    if (!is_plain_name(name, LetterCase::any))
        reading.wrong(key, "a name here is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit");
}

// Which keys belong to which kind of drive.
void check_kind(const DriveConfig& drive, const std::string& key, Reading& reading) {
    const auto given = [&](std::string_view name) {
        return reading.places.contains(fmt::format("{}.{}", key, name));
    };
    if (given("device") == given("image_dir"))
        return reading.wrong(
            key, given("device")
                     ? "it has both device and image_dir; a drive is real or emulated"
                     : "it has neither device (as /dev/sr0) nor image_dir (a folder, for an emulated one)");
    const auto misplaced = [&](std::string_view name, std::string_view kind, std::string_view reason) {
        if (given(name))
            reading.wrong(fmt::format("{}.{}", key, name),
                          fmt::format("it is for {} drives; {}", kind, reason));
    };
    if (!drive.eject.empty() && drive.load.empty())
        reading.wrong(key + ".eject", "it needs load too: something must put the next disc in");
    if (drive.emulated()) return misplaced("expect", "real", "say medium to choose what this one plays");
    misplaced("medium", "emulated", "a real one reports its own; say expect for the blanks that are bought");
    misplaced("blanks", "emulated", "a real one is fed by people");
}

}  // namespace

ValueReader drives_section(Config& config, std::vector<std::string>& order) {
    return [&config, &order](const YamlNode& value, const std::string& key, Reading& reading) {
        read_entries(value, key, reading, [&](const YamlNode& body, const std::string& entry, Reading& in) {
            DriveConfig drive;
            drive.name = entry.substr(key.size() + 1);
            check_name(entry, drive.name, in);
            const std::size_t findings = in.findings.count();
            read_keys(body, entry, in,
                      {
                          {"device", folder_path(drive.device)},
                          {"image_dir", folder_path(drive.image_dir)},
                          {"medium", medium(drive.medium)},
                          {"expect", medium(drive.expect)},
                          {"blanks", blanks(drive.blanks)},
                          {"load", texts(drive.load)},
                          {"eject", texts(drive.eject)},
                      });
            if (in.findings.count() == findings) check_kind(drive, entry, in);
            if (drive.emulated() && drive.medium.empty()) drive.medium = "dvd+r";
            order.push_back(drive.name);
            config.drives.emplace(drive.name, std::move(drive));
        });
    };
}

ValueReader pools_section(Config& config) {
    return [&config](const YamlNode& value, const std::string& key, Reading& reading) {
        read_entries(value, key, reading, [&](const YamlNode& body, const std::string& entry, Reading& in) {
            PoolConfig pool;
            pool.name = entry.substr(key.size() + 1);
            check_name(entry, pool.name, in);
            read_keys(body, entry, in,
                      {
                          {"drives", texts(pool.drives)},
                          {"copies", number(pool.copies, 1, 100)},
                          {"allow_emulated", flag(pool.allow_emulated)},
                      });
            config.pools.emplace(pool.name, std::move(pool));
        });
    };
}

}  // namespace burnbox
