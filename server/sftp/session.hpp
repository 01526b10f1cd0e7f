// An SFTP version 3 session on one channel (draft-ietf-secsh-filexfer-02): finds each request's function in
// one table, calls the Client, and answers with the request's id. Every request gets exactly one answer.
// Answers of slow operations come from the disk pool by way of the port's poster; requests behind them are
// served meanwhile, so answers may be out of order. Network thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/service/service.hpp"
#include "server/sftp/decoder.hpp"
#include "server/sftp/gather.hpp"
#include "server/sftp/handles.hpp"
#include "server/sftp/protocol.hpp"
#include "server/sftp/wire.hpp"
#include "server/upload/client.hpp"

namespace burnbox::sftp {

// What a session needs of its connection.
struct SessionParts {
    std::shared_ptr<Client> client;  // shared: a slow answer may outlive the channel
    std::shared_ptr<HandleBudget> handles;
    WriteGather& gather;
};

struct Request {
    std::uint8_t type = 0;
    std::uint32_t id = 0;
    Reader body;
    const char* name = "";  // for messages: "open"
    bool changes = false;   // it would change something: then "not found" is worth a line for the person
};

class Session final : public Service, private PacketSink, private WriteGather::User {
  public:
    Session(ServicePort& port, const SessionParts& parts);
    ~Session() override;

    std::size_t receive(std::span<const std::byte> data) override;
    void end_of_batch() override { flush_writes(); }
    void end_of_input() override;
    void output_drained() override {}
    [[nodiscard]] bool busy() const override { return pending_ > 0; }
    [[nodiscard]] bool transfers() const override { return pending_ > 0 || handles_.any(); }

  private:
    using Function = void (Session::*)(Request&);
    struct Entry {
        std::uint8_t type;
        const char* name;
        bool changes;  // see Request
        Function function;
    };
    struct Extension {
        std::string_view name;
        std::string_view version;  // what VERSION announces; empty = an alias, not announced
        bool changes;              // see Request
        Function function;
    };
    static const Entry kTable[];
    static const Extension kExtensions[];
    struct Copy;

    // The stream.
    void packet(std::uint8_t type, std::span<const std::byte> body) override;
    void write_begin(const WriteHeader& header) override;
    void write_data(std::span<const std::byte> data) override;
    void write_end() override;
    [[nodiscard]] bool full() const override;
    void flush_writes() override;
    void start(Reader body);
    void give_up(std::string_view why);
    void finish_if_done();

    // Requests on handles.
    void open(Request& request);
    void close(Request& request);
    void read(Request& request);
    void fstat(Request& request);
    void fsetstat(Request& request);
    void opendir(Request& request);
    void readdir(Request& request);
    // Requests on paths.
    void lstat(Request& request);
    void stat(Request& request);
    void setstat(Request& request);
    void remove(Request& request);
    void mkdir(Request& request);
    void rmdir(Request& request);
    void realpath(Request& request);
    void rename(Request& request);
    void readlink(Request& request);
    void symlink(Request& request);
    // Extensions.
    void extended(Request& request);
    void limits(Request& request);
    void fsync(Request& request);
    void posix_rename(Request& request);
    void hardlink(Request& request);
    void statvfs(Request& request);
    void fstatvfs(Request& request);
    void copy_data(Request& request);
    void expand_path(Request& request);
    void home_directory(Request& request);
    void names_by_id(Request& request);
    void check_file_name(Request& request);
    void check_file_handle(Request& request);

    void begin_close(const Request& request, const std::shared_ptr<OpenHandle>& handle);
    void end_use(const std::shared_ptr<OpenHandle>& handle);
    void rename_as(Request& request, RenameMode mode);
    void copy_slice(const std::shared_ptr<Copy>& copy);
    void digest(Request& request, const std::string& path);
    void reply_space(const Request& request, const std::string& path);
    // Begins a slow operation, whose Done answers the request; `then` runs after that.
    void run_slow(const Request& request, std::function<void()> then, const std::function<void(Done)>& begin);

    template <class T>
    void ask(const Request& request, const std::function<void(std::function<void(Result<T>)>)>& begin,
             std::function<void(const T&)> write);

    // The fields of a request, checked.
    [[nodiscard]] Result<std::string> path_of(Request& request);
    [[nodiscard]] bool complete(const Request& request);  // else BAD_MESSAGE is answered
    [[nodiscard]] Status check_owner(const Request& request, const Attributes& attributes,
                                     const Result<FileInfo>& info) const;
    [[nodiscard]] OpenHandle* file_of(Request& request, std::string_view wire);  // else FAILURE is answered

    // Answers.
    void reply(std::uint32_t id, StatusCode code, std::string_view text = {});
    void reply(const Request& request, const Error& error);
    void reply(const Request& request, const Status& status);
    void reply_info(const Request& request, const Result<FileInfo>& info);
    void reply_name(std::uint32_t id, std::string_view path);
    void refuse(const char* name, const Error& error);

    ServicePort& port_;
    std::shared_ptr<Client> client_;
    WriteGather& gather_;
    HandleTable handles_;
    Decoder decoder_;
    bool started_ = false, finished_ = false, input_ended_ = false;
    unsigned pending_ = 0;   // answers that come later
    unsigned refusals_ = 0;  // lines printed

    // The WRITE being received and those gathered before it, to the same handle.
    std::uint32_t write_id_ = 0;
    std::uint64_t write_offset_ = 0;  // where its next byte goes
    StatusCode write_code_ = kOk;     // else why it fails: write_error_
    std::string write_error_;
    std::shared_ptr<OpenHandle> gathered_;
    std::uint64_t gathered_offset_ = 0;
    std::vector<std::uint32_t> gathered_ids_;
};

// Error -> status, the only place. RFC drafts give v3 no more codes than these.
[[nodiscard]] StatusCode status_of(const Error& error);

// "-rw-r--r--    1 alice    alice        1234 Nov 23 06:50 name", as ls -l has it and OpenSSH's server sends
// it.
[[nodiscard]] std::string long_name(const std::string& name, const FileInfo& info, const std::string& account,
                                    Timestamp now);

}  // namespace burnbox::sftp
