// A client's open file. WriteHandle is where the bytes of an upload pass: they are counted against the quota,
// hashed while they come in order, and pushed to the disk early, so that little is left to do at the seal.
// ReadHandle only reads. Thread rule: the connection's thread; a WriteHandle's gate lets the sealing thread
// shut it.
#pragma once

#include <memory>
#include <optional>

#include "server/sessions/resolved_path.hpp"
#include "server/upload/client.hpp"

namespace burnbox::upload {

class WriteHandle final : public UploadFile {
  public:
    struct Facts {
        HandleId id = 0;
        ConnectionId connection = 0;
        bool readable = false;
        bool appends = false;
        bool emptied = false;  // created or truncated by this open: the content is what this handle writes
    };
    // The session's entry of this handle exists already.
    WriteHandle(std::shared_ptr<SessionRegistry> registry, std::shared_ptr<Account> account,
                std::shared_ptr<OpenSession> session, std::shared_ptr<WriteGate> gate,
                std::unique_ptr<File> file, const Facts& facts);
    ~WriteHandle()
        override;  // not finished: the connection was lost in the middle, the file counts as cut off

    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override;
    [[nodiscard]] Status write_at(std::span<const std::byte> data, std::uint64_t offset) override;
    [[nodiscard]] Result<FileInfo> info() override;
    [[nodiscard]] Status set_attributes(const Attributes& attributes) override;
    void note_lost_write(const Error& error) override;
    [[nodiscard]] Status check_complete() override;
    void expect_size(std::uint64_t size_bytes) override;

    // The end of the upload: what became of the file.
    struct Finished {
        FileInfo info;
        std::optional<Sha256> digest;  // known when everything came in order
        WriteGate::Shut shut = WriteGate::Shut::no;
    };
    // Gives back what was reserved too much. Errors: of this, or of the first write that failed: the file is
    // not whole then.
    [[nodiscard]] Result<Finished> finish();

    [[nodiscard]] const std::shared_ptr<OpenSession>& session() const { return session_; }
    [[nodiscard]] HandleId id() const { return facts_.id; }
    [[nodiscard]] ConnectionId connection() const { return facts_.connection; }
    [[nodiscard]] std::string fs_path() const;  // "" when the file was removed

  private:
    [[nodiscard]] Status check_gate() const;
    struct Known {
        const std::string* path = nullptr;
        FileRecord* record = nullptr;
    };
    // Account locked. Errors: it was removed, or is being sent anew.
    [[nodiscard]] Result<Known> find_record() const;
    [[nodiscard]] Status check_hole(const FileRecord& record, std::uint64_t end) const;
    [[nodiscard]] Status check_appends_alone(std::uint64_t offset, std::uint64_t size_bytes) const;
    [[nodiscard]] Status note_write(Coverage::Run bytes);
    void note_failure(Coverage::Run bytes);
    [[nodiscard]] Status write_through(std::span<const std::byte> data, Coverage::Run bytes);
    [[nodiscard]] Status set_size(std::uint64_t size_bytes);
    void reserve_ahead(std::uint64_t end);
    [[nodiscard]] Result<FileInfo> settle_size();  // requires the gate; returns what the file is then
    void hash_in_order(std::span<const std::byte> data, std::uint64_t offset);

    const std::shared_ptr<SessionRegistry> registry_;
    const std::shared_ptr<Account> account_;
    const std::shared_ptr<OpenSession> session_;
    const std::shared_ptr<WriteGate> gate_;
    const std::unique_ptr<File> file_;
    const Facts facts_;
    bool in_order_;
    Sha256Hasher hasher_;
    std::uint64_t hashed_ = 0;
    std::uint64_t reserved_ = 0;  // up to this offset
    std::uint64_t expected_ = 0;
    std::uint64_t appended_ = 0;
    std::uint64_t pushed_ = 0;  // write-back began up to here
    bool finished_ = false;
    std::optional<Error> first_error_;
};

class ReadHandle final : public UploadFile {
  public:
    ReadHandle(std::shared_ptr<Account> account, ResolvedPath place, std::unique_ptr<File> file)
        : account_(std::move(account)), place_(std::move(place)), file_(std::move(file)) {}

    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override {
        BB_CHECK(check_read_right(*account_, place_));  // it may be another one than at OPEN
        return file_->read_at(buffer, offset);
    }
    [[nodiscard]] Status write_at(std::span<const std::byte> data, std::uint64_t offset) override;
    [[nodiscard]] Result<FileInfo> info() override;
    [[nodiscard]] Status set_attributes(const Attributes& attributes) override;
    [[nodiscard]] Status check_complete() override;

  private:
    const std::shared_ptr<Account> account_;
    const ResolvedPath place_;
    const std::unique_ptr<File> file_;
};

}  // namespace burnbox::upload
