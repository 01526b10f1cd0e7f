// Everything that Uploads needs, in memory: what the unit tests of server/upload move into.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/catalogue/catalogue.hpp"
#include "server/upload/client.hpp"
#include "tests/support/storage/faulty_catalogue.hpp"
#include "tests/support/storage/faulty_file_system.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/temp_folder.hpp"
#include "tests/support/storage/test_clock.hpp"

namespace burnbox::test {

class UploadHouse {
  public:
    UploadHouse();  // one account, alice, with all rights; jobs of the disk pool run at once
    ~UploadHouse();

    Config config;                    // holds from start(), connect() or hold() on
    CurrentConfig current{Config()};  // what Uploads asks
    TestClock clock;
    MemoryFileSystem inbox_fs;
    MemoryFileSystem state_fs;
    std::unique_ptr<Catalogue> catalogue;
    FaultPlan plan;  // what fails of all that Uploads does to the two file systems and to the catalogue
    Events events;
    std::optional<Inbox> inbox;
    std::unique_ptr<Uploads> uploads;

    bool jobs_wait = false;  // jobs stay in `jobs` until run_jobs()
    std::deque<std::function<void()>> jobs;
    Status fits;  // what check_fits answers
    std::function<Result<Proof>(const std::string& seal_id)> prove = [](const std::string&) {
        return Proof{};
    };
    std::optional<DiscRoom> disc_room;
    std::string boot_id = "first";
    int wakes = 0;
    std::vector<std::string> event_names;

    [[nodiscard]] UploadServices services();  // what Uploads works with
    void hold() { current.publish(config); }  // what `config` says now, as a reload does
    void start();                             // Uploads over what is there, recovered; ends the one before
    void power_cut();                         // drops what was not synced, then start()
    void kill();                              // kill -9, then start()
    void run_jobs();

    [[nodiscard]] std::unique_ptr<Client> connect(const std::string& account = "alice") {
        hold();
        return uploads->connect(account);
    }
    [[nodiscard]] AccountConfig& alice() { return config.accounts.at("alice"); }
    [[nodiscard]] bool exists(const std::string& inbox_path) { return inbox_fs.info(inbox_path).has_value(); }
    [[nodiscard]] std::string text(const std::string& inbox_path);  // "" when missing
    [[nodiscard]] std::vector<std::string> names(const std::string& inbox_path);
    [[nodiscard]] std::vector<SessionRow> rows();
    [[nodiscard]] std::vector<std::string> manifest_paths(const SessionRow& row);
    // What an administrator does in the inbox, without us.
    void put_behind(const std::string& inbox_path, const std::string& content);
    void publish(EventKind kind, const std::string& session);  // of alice
    // The session is on a disc, as the burner would leave it.
    void burn(SessionId id, const std::string& label);

  private:
    TempFolder temp_;
    FaultyFileSystem faulty_inbox_;
    FaultyFileSystem faulty_state_;
    std::unique_ptr<Catalogue> faulty_catalogue_;
    std::shared_ptr<void> listener_;
};

// One request and its answer, as text: "ok", "ok: LINE" or the error's message.
[[nodiscard]] std::string put(Client& client, const std::string& path, std::string_view content);
[[nodiscard]] std::string rename(Client& client, const std::string& from, const std::string& to,
                                 RenameMode mode = RenameMode::no_replace);
[[nodiscard]] std::string hardlink(Client& client, const std::string& existing, const std::string& path);
[[nodiscard]] std::string burn(Client& client, const std::string& session, bool again = false);
[[nodiscard]] std::string cancel(Client& client, const std::string& session);
[[nodiscard]] std::string get(Client& client, const std::string& path);
[[nodiscard]] std::string shown(const Status& status);
[[nodiscard]] Result<FileSystem::Space> space(Client& client, const std::string& path);
[[nodiscard]] std::uint64_t free_bytes(Client& client);
[[nodiscard]] Result<Digests> digest(Client& client, const std::string& path, const DigestRange& range = {});
[[nodiscard]] std::vector<std::string> list(Client& client, const std::string& path);
[[nodiscard]] std::unique_ptr<UploadFile> create(Client& client, const std::string& path);
[[nodiscard]] std::string write(UploadFile& file, std::string_view content, std::uint64_t offset = 0);
[[nodiscard]] std::string close(Client& client, std::unique_ptr<UploadFile> file);
// Keeps the answer of a request that comes later; "" until then.
struct Answer {
    std::shared_ptr<std::string> text = std::make_shared<std::string>();
    [[nodiscard]] Done done() const;
    [[nodiscard]] const std::string& operator*() const { return *text; }
};
[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace burnbox::test
