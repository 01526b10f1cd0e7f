#include "server/places/start_findings.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <set>

#include "common/base/text.hpp"
#include "common/storage/access_problem.hpp"
#include "server/places/catalogue_rescue.hpp"
#include "server/places/folder_locks.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostExamples = 10;

enum class Need : std::uint8_t { folder, read, write };

// Why what is there can't be used so; nothing is fine, it is made.
std::optional<std::string> entry_finding(const std::string& key, const std::string& path, Need need) {
    struct stat info{};
    const bool wants_folder = need == Need::folder;
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) != wants_folder)
        return fmt::format("{}: {} is no {}; move it away", key, escape(path),
                           wants_folder ? "folder" : "file");
    const int wanted = need == Need::read ? R_OK : wants_folder ? R_OK | W_OK | X_OK : R_OK | W_OK;
    const auto problem = access_problem(path, wanted);
    if (!problem) return std::nullopt;
    return fmt::format("{}: {}", key, *problem);
}

class Lines {
  public:
    void look(const std::string& key, const std::string& path, Need need) {
        if (auto found = entry_finding(key, path, need); found && known_.insert(*found).second)
            lines_.push_back(std::move(*found));
    }
    // The files of a folder, each of which has to be readable.
    void look_at_files(const std::string& key, const std::string& folder, std::string_view ending) {
        std::error_code error;
        std::filesystem::directory_iterator entries(folder, error);
        for (; !error && entries != std::filesystem::directory_iterator() && lines_.size() < kMostExamples;
             entries.increment(error))
            if (entries->path().filename().string().ends_with(ending))
                look(key, entries->path().string(), Need::read);
    }
    [[nodiscard]] std::vector<std::string> take() && { return std::move(lines_); }

  private:
    std::set<std::string> known_;  // of a closed folder there is one, not one for each file
    std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> state_findings(const Config& config) {
    Lines lines;
    const std::string state = config.state_dir + "/";
    for (const char* const folder :
         {"host_keys", "seals", "journal", "recovery", "staged", "skim", "rollback"})
        lines.look("state_dir", state + folder, Need::folder);
    lines.look_at_files("host keys", state + "host_keys", "_key");
    for (const char* const file : {"lock", "boot_id"}) lines.look("state_dir", state + file, Need::write);
    for (const char* const file : {".burnbox-folder", "folders.jsonl", "older_catalogue.json"})
        lines.look("state_dir", state + file, Need::read);
    const std::string catalogue = catalogue_file(config.catalogue);
    if (catalogue.empty()) return std::move(lines).take();
    for (const char* const beside : {"", "-wal", "-shm"})
        lines.look("catalogue", catalogue + beside, Need::write);
    return std::move(lines).take();
}

std::vector<std::string> closed_findings(const Config& config) {
    Lines lines;
    for (const auto& [name, account] : config.accounts) {
        const std::string key = "accounts." + name;
        lines.look(key, config.inbox_dir + "/" + name, Need::folder);
        lines.look(key, config.state_dir + "/journal/" + name, Need::folder);
    }
    lines.look_at_files("state_dir", config.state_dir + "/seals", ".jsonl");
    return std::move(lines).take();
}

std::vector<std::string> lock_findings(const Config& config) {
    std::vector<std::string> findings;
    if (held_by_another("state_dir", config.state_dir + "/lock")) return findings;
    const auto look = [&](const std::string& key, const std::string& path) {
        if (auto found = held_by_another(key, path)) findings.push_back(std::move(*found));
    };
    look("inbox_dir", config.inbox_dir);
    look("signals_dir", config.signals_dir);
    for (const auto& [name, drive] : config.drives)
        if (drive.emulated()) look(fmt::format("drives.{}.image_dir", name), drive.image_dir);
    for (std::size_t i = 0; i < config.watch.size(); ++i)
        look(fmt::format("watch[{}].path", i), config.watch[i].path);
    return findings;
}

}  // namespace burnbox
