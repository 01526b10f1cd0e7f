// The Client of an account's inbox: translates paths to places and applies the rules there. One file per kind
// of request: inbox_client_read, _open, _change, _link, _rename, _jobs, _lease.
#pragma once

#include <memory>
#include <string>

#include "server/seal/seal_start.hpp"
#include "server/sessions/resolved_path.hpp"
#include "server/upload/client.hpp"

namespace burnbox::upload {

class InboxClient final : public Client {
  public:
    InboxClient(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account);
    ~InboxClient() override;

    [[nodiscard]] const std::string& account() const override { return account_->name; }
    [[nodiscard]] Result<std::string> real_path(const std::string& path) override;
    [[nodiscard]] Result<FileInfo> info(const std::string& path, bool follow_links) override;
    [[nodiscard]] Result<std::unique_ptr<UploadFile>> open(const std::string& path,
                                                           const OpenMode& mode) override;
    [[nodiscard]] Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override;
    [[nodiscard]] Status make_folder(const std::string& path, std::uint32_t permissions) override;
    [[nodiscard]] Status remove_folder(const std::string& path) override;
    [[nodiscard]] Status remove(const std::string& path) override;
    [[nodiscard]] Status set_attributes(const std::string& path, const Attributes& attributes) override;
    [[nodiscard]] Status make_symlink(const std::string& target, const std::string& path) override;
    [[nodiscard]] Result<std::string> read_symlink(const std::string& path) override;
    void note_refused(const std::string& path, const Error& error) override;
    void close(std::unique_ptr<UploadFile> file, Done done) override;
    void sync(UploadFile& file, Done done) override;
    void rename(const std::string& from, const std::string& to, RenameMode mode, Done done) override;
    void make_hardlink(const std::string& existing, const std::string& path, Done done) override;
    void burn(const std::string& session, bool again, Done done) override;
    void cancel(const std::string& session, Done done) override;
    void digest(const std::string& path, const DigestRange& range,
                std::function<void(Result<Digests>)> done) override;
    void space(const std::string& path, std::function<void(Result<FileSystem::Space>)> done) override;
    void lease(const LeaseRequest& request, LeaseDone done) override;

  private:
    // All of these: account locked.
    [[nodiscard]] Result<ResolvedPath> find(const std::string& path);
    // The place with every link in it followed, never out of its session.
    [[nodiscard]] Result<ResolvedPath> follow(const ResolvedPath& place);
    [[nodiscard]] Result<FileInfo> info_at(ResolvedPath& place, bool follow_links);
    [[nodiscard]] Result<FileInfo> info_as_sent(ResolvedPath place, bool follow_links);
    [[nodiscard]] Result<std::unique_ptr<UploadFile>> open_for_reading(const ResolvedPath& place);
    [[nodiscard]] Result<std::unique_ptr<UploadFile>> open_for_writing(const ResolvedPath& place,
                                                                       const OpenMode& mode,
                                                                       AfterUnlock& after);
    [[nodiscard]] Status check_open_for_writing(const ResolvedPath& place, const OpenMode& mode);
    [[nodiscard]] Result<std::unique_ptr<UploadFile>> register_writer(const ResolvedPath& place,
                                                                      std::unique_ptr<File> file,
                                                                      const OpenMode& mode, bool created,
                                                                      AfterUnlock& after);
    // The session of this place; makes its folder when it is missing.
    [[nodiscard]] Status make_session(ResolvedPath& place);
    void undo_session(const ResolvedPath& place);
    void note_change(const ResolvedPath& place);
    // The same for a request that is refused here.
    template <typename ResultType>
    [[nodiscard]] ResultType noted(const VirtualPath& path, ResultType result) {
        if (!result) note_missed(path, result.error());
        return result;
    }
    void note_missed(const VirtualPath& path, const Error& error);
    void note_missed_early(const std::string& session, const std::string& path);
    [[nodiscard]] Status make_folder_at(ResolvedPath place, std::uint32_t permissions);
    [[nodiscard]] Status make_symlink_at(const ResolvedPath& place, const std::string& target);
    [[nodiscard]] Status make_top_folder(const ResolvedPath& place, std::uint32_t permissions);
    [[nodiscard]] Status remove_sealed(const ResolvedPath& place, bool folder, AfterUnlock& after);
    [[nodiscard]] Status resize(const ResolvedPath& place, std::uint64_t size_bytes, AfterUnlock& after);
    [[nodiscard]] Status apply_attributes(const ResolvedPath& place, const Attributes& attributes);
    [[nodiscard]] Status link_entry(const ResolvedPath& from, const ResolvedPath& to);
    // A plain file came to this place by its name: when that makes it a marker, its answer is the seal's.
    [[nodiscard]] bool seal_if_marker(const ResolvedPath& place, const Done& done, AfterUnlock& after);
    [[nodiscard]] Status rename_session(const ResolvedPath& from, const ResolvedPath& to);
    [[nodiscard]] Status rename_entry(const ResolvedPath& from, const ResolvedPath& to, RenameMode mode);
    // One place for all paths of a lease: they must be in one session.
    [[nodiscard]] Result<ResolvedPath> find_leased(const LeaseRequest& request);
    [[nodiscard]] Result<std::unique_ptr<Lease>> lease_for_reading(const ResolvedPath& place,
                                                                   const LeaseRequest& request);
    [[nodiscard]] Result<std::unique_ptr<Lease>> lease_for_writing(ResolvedPath place,
                                                                   const LeaseRequest& request);
    [[nodiscard]] Status check_rename(const ResolvedPath& from, const ResolvedPath& to, const FileInfo& what);

    const std::shared_ptr<SessionRegistry> registry_;
    const std::shared_ptr<Account> account_;
    ConnectionId id_ = 0;
};

// What `burn` and `cancel` do, for clients and for the control socket.
void burn_session(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                  const std::string& session, bool again, Done done);
void cancel_session(const std::shared_ptr<SessionRegistry>& registry, const std::shared_ptr<Account>& account,
                    const std::string& session, Done done);

}  // namespace burnbox::upload
