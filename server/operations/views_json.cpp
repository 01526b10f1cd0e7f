#include <nlohmann/json.hpp>

#include "common/unicode/shown_text.hpp"
#include "server/control/columns.hpp"
#include "server/operations/views.hpp"

namespace burnbox {
namespace {

using Json = nlohmann::ordered_json;

std::string to_text(const Json& json) {
    return show_json(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

template <typename Views, typename Make>
Json array_of(const Views& views, Make make) {
    Json array = Json::array();
    for (const auto& view : views) array.push_back(make(view));
    return array;
}

Json to_json(const SessionView& view) {
    Json json{{"account", view.account}, {"session", view.session},         {"state", state_word(view)},
              {"bytes", view.bytes},     {"files_count", view.files_count}, {"reason", view.reason}};
    if (!view.place.empty()) json["folder"] = view.place;
    return json;
}

// What is not as it should be is there only when it is so.
Json to_json(const DiscSessionRow& row) {
    Json json{{"disc_session", row.disc_session}, {"account", row.account}, {"session", row.session_name}};
    if (!row.good) json["good"] = false;
    return json;
}

Json to_json(const DiscView& view) {
    Json json{{"label", view.disc.label},
              {"serial", view.disc.serial},
              {"medium", view.disc.medium},
              {"state", to_string(view.disc.state)},
              {"free_bytes", view.disc.free_bytes},
              {"sessions_left", view.disc.sessions_left},
              {"sessions", array_of(view.sessions, [](const DiscSessionRow& row) { return to_json(row); })}};
    if (!view.disc.reason.empty()) json["reason"] = view.disc.reason;
    if (view.disc.missing_since) json["missing"] = true;
    return json;
}

Json to_json(const DriveView& view) {
    const DriveStatus& drive = view.drive;
    return {{"drive", drive.drive},
            {"device", drive.device},
            {"state", to_string(drive.state)},
            {"medium", drive.medium},
            {"disc", drive.disc}};
}

Json to_json_with_progress(const DriveView& view) {
    const DriveStatus& drive = view.drive;
    Json json = to_json(view);
    json["reason"] = drive.reason;
    if (drive.sessions.empty()) return json;
    json["sessions"] = array_of(view.sessions, [](const SessionName& name) {
        return Json{{"account", name.account}, {"session", name.session}};
    });
    json["percent"] = percent(drive.progress.done_bytes, drive.progress.total_bytes);
    json["bytes_per_second"] = static_cast<std::uint64_t>(drive.bytes_per_second);
    json["seconds_left"] =
        seconds_left(drive.progress.done_bytes, drive.progress.total_bytes, drive.bytes_per_second);
    return json;
}

Json to_json(const FoundFile& file) {
    return {{"path", file.path},
            {"size", file.size_bytes},
            {"sha256", file.sha256.hex()},
            {"account", file.account},
            {"session", file.session},
            {"disc", file.disc},
            {"disc_session", file.disc_session}};
}

constexpr auto kToJson = [](const auto& view) { return to_json(view); };

}  // namespace

std::string sessions_json(const std::vector<SessionView>& sessions) {
    return to_text(array_of(sessions, kToJson));
}
std::string discs_json(const std::vector<DiscView>& discs) {
    return to_text(array_of(discs, kToJson));
}
std::string drives_json(const std::vector<DriveView>& drives) {
    return to_text(array_of(drives, kToJson));
}
std::string found_json(const std::vector<FoundFile>& files) {
    return to_text(array_of(files, kToJson));
}

std::string status_json(const StatusView& status) {
    Json json{{"drives", array_of(status.drives, to_json_with_progress)},
              {"discs", array_of(status.discs, kToJson)},
              {"sessions", array_of(status.sessions, kToJson)}};
    if (!status.away.empty())
        json["folders_away"] = array_of(status.away, [](const auto& away) {
            return Json{{"folder", away.first}, {"reason", away.second}};
        });
    if (!status.keys_wrong.empty())
        json["keys_wrong"] = array_of(status.keys_wrong, [](const auto& wrong) {
            return Json{{"account", wrong.first}, {"reason", wrong.second}};
        });
    return to_text(json);
}

}  // namespace burnbox
