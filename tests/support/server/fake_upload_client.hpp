// A Client on any FileSystem, without the contract's rules: what SFTP and scp are tested against. Paths are
// resolved lexically below the file system's root. Slow answers come at once, or are held until the test lets
// them go.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/storage/file_system.hpp"
#include "server/upload/client.hpp"

namespace burnbox::test {

class FakeUploadClient final : public Client {
  public:
    explicit FakeUploadClient(FileSystem& fs) : fs_(fs) {}

    // What the test asks about or asks for.
    bool hold_answers = false;
    std::deque<std::function<void()>> held;  // slow answers, in order; call to let them go
    std::vector<std::string> closed;         // paths closed whole
    std::vector<std::string> cut_off;        // written, but dropped without a close
    std::map<std::string, Error> refusals;   // "open /a" -> the error it gets
    std::string close_text;                  // what a close answers
    DigestRange asked;                       // what digest() was asked for
    std::size_t writes = 0;                  // calls of write_at

    const std::string& account() const override { return account_; }
    Result<std::string> real_path(const std::string& path) override;
    Result<FileInfo> info(const std::string& path, bool follow_links) override;
    Result<std::unique_ptr<UploadFile>> open(const std::string& path, const OpenMode& mode) override;
    Result<std::unique_ptr<Folder>> open_folder(const std::string& path) override;
    Status make_folder(const std::string& path, std::uint32_t permissions) override;
    Status remove_folder(const std::string& path) override;
    Status remove(const std::string& path) override;
    Status set_attributes(const std::string& path, const Attributes& attributes) override;
    Status make_symlink(const std::string& target, const std::string& path) override;
    Result<std::string> read_symlink(const std::string& path) override;
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
    class OpenFile;
    [[nodiscard]] Status refusal(const std::string& request, const std::string& path) const;
    void answer(std::function<void()> function);

    FileSystem& fs_;
    std::string account_ = "alice";
};

// "/a//b/../c/" -> "a/c"
[[nodiscard]] std::string lexical_path(const std::string& path);

}  // namespace burnbox::test
