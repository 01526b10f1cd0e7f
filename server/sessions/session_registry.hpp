// What all pieces of Uploads share: the services, the accounts with their open sessions, and the counter that
// says what came first. Lock order: the sync's or the recount's mutex, a WriteGate, then Account::mutex, then
// SessionRegistry::mutex; none is held while hashing, syncing, in the catalogue, in run_blocking or in a
// Done. Page-cache operations on the inbox do run under the account's mutex: that is what makes "look, then
// act" one step, and a seal or a rename invisible in between.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/sessions/account_terms.hpp"
#include "server/sessions/after_unlock.hpp"
#include "server/sessions/disk_sync.hpp"
#include "server/sessions/failed_sync.hpp"
#include "server/sessions/open_session.hpp"
#include "server/sessions/sealed_alias.hpp"
#include "server/sessions/services.hpp"

namespace burnbox::upload {

struct ClientConnection {
    ConnectionId id = 0;
    std::uint64_t opened = 0;  // SessionRegistry's counter
    Timestamp opened_at;
    std::map<std::string, std::shared_ptr<SealedAlias>> alias;  // by the old name
    // Sessions that were sealed by a marker's file while it was open, and in whose names it has changed
    // nothing since: the marker's digest, by name. The old name may be another connection's new session by
    // now.
    std::map<std::string, Sha256> sealed_by;
    // By sessions that were to be made by it: SessionFiles::missed. "" = any other: there were too many.
    std::map<std::string, SessionFiles::Missed> missed_early;
};

struct Account {
    Account(const std::string& account, const CurrentConfig& config)
        : name(account), terms(account, config) {}

    const std::string name;
    const AccountTerms terms;

    std::mutex mutex;        // guards all below, and the insides of the sessions
    bool recovered = false;  // its folder and journals were read (server/startup/recover)
    std::string closed;      // why it can't be served, with the remedy; "" = it is
    std::map<std::string, std::shared_ptr<OpenSession>> sessions;  // by name; open, sealing or arriving ones
    // Those whose folder is somewhere else by now, as long as it may come back.
    std::vector<std::shared_ptr<OpenSession>> away;
    std::map<ConnectionId, ClientConnection> connections;
    std::uint64_t open_bytes = 0;                       // the sum of the records' sizes
    std::map<std::string, std::uint64_t> queued_bytes;  // sealed, not yet burned; by disc name

    [[nodiscard]] std::uint64_t used_bytes() const;
    // So many bytes more. Errors: Errc::quota, and nothing changes.
    [[nodiscard]] Status charge(std::uint64_t more_bytes);
    // Counts a file at its new size, under each of its names.
    [[nodiscard]] Status charge(SessionFiles& files, FileRecord& record, std::uint64_t size_bytes);
    // The same for a size that is a fact already.
    void set_size(SessionFiles& files, FileRecord& record, std::uint64_t size_bytes);
    void release(std::uint64_t bytes);
    // For what this connection completes at that moment.
    [[nodiscard]] Completion completion_by(ConnectionId connection, std::uint64_t now) const;
    // One more open session, one more file in them, `more` of which have no record yet. Errors: Errc::limit,
    // naming the key.
    [[nodiscard]] Status check_session_room(const Limits& limits) const;
    [[nodiscard]] Status check_file_room(const Limits& limits, std::size_t more = 0) const;
    // The same for one more folder or link.
    [[nodiscard]] Status check_other_room(const Limits& limits, std::size_t more = 0) const;
};

struct SessionRegistry : std::enable_shared_from_this<SessionRegistry> {
    explicit SessionRegistry(const UploadServices& given)
        : services(given), failed_sync_(given.state_fs, given.inbox.area(), given.boot_id) {}

    const UploadServices services;

    [[nodiscard]] FileSystem& inbox() const { return services.inbox.fs(); }
    [[nodiscard]] ConfigSnapshot config() const { return services.config.snapshot(); }
    [[nodiscard]] Limits limits() const { return limits_of(services.config); }
    // Every moment has its own number; a later one is larger.
    [[nodiscard]] std::uint64_t tick() { return ++counter_; }
    // Made at first use.
    [[nodiscard]] std::shared_ptr<Account> account(const std::string& name);
    [[nodiscard]] std::vector<std::shared_ptr<Account>> accounts();
    // The account's session of that name if its folder is there; one that an administrator made is taken in,
    // and one that he moved is known by its folder's inode. Account locked.
    [[nodiscard]] std::shared_ptr<OpenSession> find_session(Account& account, const std::string& name);
    // That of a folder that was made just now, with a journal of its own. Errors: those of making it. Account
    // locked.
    [[nodiscard]] Result<std::shared_ptr<OpenSession>> new_session(Account& account, const std::string& name);
    // The account has it by its name from now on, with what was refused to it before. Account locked.
    void add_session(Account& account, const std::shared_ptr<OpenSession>& session);
    // What was refused must be remembered after a power cut too. Never blocks.
    void keep_journal(const SessionFiles& files);
    void listen();  // queued bytes begin anew with a person's retry and end with the burn
    // One checked sync of the inbox, and of `disks` (other_disks), for a seal that began when sync_failures()
    // was `failures_seen`. The
    // kernel tells a failed write-back once, to whoever asks first, and not whose it was: from then on every
    // file that has come, or is on its way, counts as cut off, and seals that were under way fail too.
    // Blocks; no lock held.
    [[nodiscard]] Status sync_inbox(std::uint64_t failures_seen, const std::vector<std::string>& disks = {});
    [[nodiscard]] std::uint64_t sync_failures() const { return sync_failures_; }
    // The last time that a sync failed since the machine was started. Blocks.
    [[nodiscard]] Result<std::optional<Timestamp>> last_failed_sync() { return failed_sync_.last(); }
    // A sealed session's row and its folder's name are durable, but that they agree could not be noted, and
    // nobody burns it before that. It is tried again once the catalogue can be written to.
    void end_move_later(SessionId session);

  private:
    void lose_sight(Account& account, const std::shared_ptr<OpenSession>& session);
    [[nodiscard]] std::shared_ptr<OpenSession> find_moved(Account& account, const std::string& name,
                                                          std::uint64_t inode);
    [[nodiscard]] std::shared_ptr<OpenSession> meet_session(Account& account, const std::string& name,
                                                            const FileInfo& folder);
    void recount_queued(const std::string& account, const std::string& disc_name);
    void end_moves();

    [[nodiscard]] Timestamp latest_time();

    std::atomic<std::uint64_t> counter_{0};
    std::mutex recount_mutex_;  // what the catalogue says is applied in the order in which it was asked
    std::mutex sync_mutex_;     // one sync at a time, so that none misses another's failure
    std::atomic<std::uint64_t> sync_failures_{0};
    DiskSync disk_sync_;  // with sync_mutex_
    FailedSync failed_sync_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Account>> accounts_;
    std::vector<SessionId> moves_to_end_;
    std::shared_ptr<void> subscription_;
    std::shared_ptr<void> moves_subscription_;
};

// By the configuration of this moment (server/rules/marker_rule).
[[nodiscard]] bool is_marker_name(const SessionRegistry& registry, std::string_view inside);
[[nodiscard]] bool uses_checksum_list(const SessionRegistry& registry);

// Sealed and not yet burned: it counts against the quota.
inline constexpr std::array kQueuedStates{SessionState::queued, SessionState::burning,
                                          SessionState::verifying};
[[nodiscard]] bool counts_as_queued(SessionState state);

}  // namespace burnbox::upload
