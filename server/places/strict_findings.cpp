#include "server/places/strict_findings.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "common/base/text.hpp"
#include "common/storage/strict_modes.hpp"

namespace burnbox {
namespace {

// Names of the files in a folder that end so; hidden ones don't count.
std::vector<std::string> files_in(const std::string& folder, std::string_view ending) {
    std::vector<std::string> files;
    std::error_code error;
    std::filesystem::directory_iterator entries(folder, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        if (name.ends_with(ending) && !name.starts_with('.')) files.push_back(entries->path().string());
    }
    std::ranges::sort(files);
    return files;
}

class Findings {
  public:
    explicit Findings(std::vector<uid_t> trusted) : trusted_(std::move(trusted)) {}

    void look(const std::string& key, const std::string& path, OwnerRule rule = OwnerRule::trusted) {
        if (auto found = strict_finding(path, rule, trusted_)) lines_.push_back(key + ": " + *found);
    }
    void add(std::string line) { lines_.push_back(std::move(line)); }
    [[nodiscard]] std::vector<std::string> lines() && { return std::move(lines_); }

  private:
    const std::vector<uid_t> trusted_;
    std::vector<std::string> lines_;
};

// Who may open the folder's files by their names may put others in their place: a sticky one keeps them.
bool is_sticky(const std::string& folder) {
    struct stat info{};
    return ::stat(folder.c_str(), &info) == 0 && (info.st_mode & S_ISVTX) != 0;
}

void look_at_configuration(const Config& config, Findings& findings) {
    if (config.file.empty()) return;
    const std::string folder = std::filesystem::absolute(config.file).parent_path().string();
    findings.look("configuration", config.file);
    if (!is_sticky(folder)) findings.look("configuration", folder);
    findings.look("accounts.d", folder + "/accounts.d");
    for (const std::string& file : files_in(folder + "/accounts.d", ".yaml"))
        findings.look("accounts.d", file);
}

void look_at_programs(const Config& config, Findings& findings) {
    for (std::size_t i = 0; i < config.hooks.size(); ++i)
        if (config.hooks[i].run[0].starts_with('/'))
            findings.look(fmt::format("hooks[{}].run[0]", i), config.hooks[i].run[0], OwnerRule::any);
    for (const auto& [name, drive] : config.drives)
        for (const auto& [key, argv] : {std::pair("load", &drive.load), std::pair("eject", &drive.eject)})
            if (!argv->empty() && argv->front().starts_with('/'))
                findings.look(fmt::format("drives.{}.{}", name, key), argv->front(), OwnerRule::any);
}

void look_at_host_keys(const std::string& state_dir, Findings& findings) {
    const std::string folder = state_dir + "/host_keys";
    findings.look("host keys", folder);
    for (const std::string& file : files_in(folder, "_key")) {
        findings.look("host keys", file);
        struct stat info{};
        if (::stat(file.c_str(), &info) == 0 && (info.st_mode & 0077U) != 0)
            findings.add(fmt::format("host keys: {} can be read by others; mend it with: chmod 600 {}",
                                     escape(file), escape(file)));
    }
}

std::vector<uid_t> trusted_users(const Config& config, StrictFor who) {
    std::vector<uid_t> users = {::geteuid()};
    struct stat info{};
    if (who == StrictFor::check && ::geteuid() == 0 && ::stat(config.state_dir.c_str(), &info) == 0)
        users.insert(users.begin(), info.st_uid);
    return users;
}

}  // namespace

std::vector<std::string> strict_findings(const Config& config, StrictFor who) {
    Findings findings(trusted_users(config, who));
    look_at_configuration(config, findings);
    look_at_programs(config, findings);
    findings.look("state_dir", config.state_dir);
    for (const char* name : {"seals", "journal", "recovery", "staged", "skim", "rollback"})
        findings.look("state_dir", config.state_dir + "/" + name);
    constexpr std::string_view kSqlite = "sqlite3://";
    if (config.catalogue.starts_with(kSqlite))
        findings.look("catalogue", config.catalogue.substr(kSqlite.size()));
    look_at_host_keys(config.state_dir, findings);
    return std::move(findings).lines();
}

}  // namespace burnbox
