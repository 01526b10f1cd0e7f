// `scp -f`: sends files, or with -r trees, one after the other, by the rcp protocol. Each step waits for the
// client's answer byte; answers are taken, and anything is produced, only while there is room in the port,
// and a few entries at once: a network thread is not one client's. Network thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/scp/command.hpp"
#include "server/service/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox::scp {

class Source final : public Service {
  public:
    Source(ServicePort& port, std::shared_ptr<Client> client, Command command);

    std::size_t receive(std::span<const std::byte> data) override;
    void end_of_input() override;
    void output_drained() override;
    [[nodiscard]] bool busy() const override { return false; }

  private:
    // For what the client says, or (data, entries) for room in the port and the next turn.
    enum class Waiting : std::uint8_t {
        begin,
        times,
        header,
        done,
        folder,
        message,
        data,
        entries,
        finished
    };
    struct Level {
        std::string path;
        std::unique_ptr<Folder> folder;
        std::deque<DirEntry> entries;
        bool at_end = false;
    };

    [[nodiscard]] bool is_full() const;
    void answer(bool ok);
    [[nodiscard]] bool begin_entry(const std::string& path);
    void send_header();
    void send_data();
    void next_entry();
    void pause();
    bool complain(const Error& error);  // false
    void finish();

    ServicePort& port_;
    std::shared_ptr<Client> client_;
    Command command_;
    std::size_t next_path_ = 0;
    Waiting waiting_ = Waiting::begin;
    Waiting before_message_ = Waiting::begin;
    std::size_t message_bytes_ = 0;
    bool failed_ = false;

    std::size_t begun_ = 0;  // entries, in this call
    std::vector<Level> levels_;
    std::string path_;
    FileInfo info_;
    std::unique_ptr<UploadFile> file_;
    std::uint64_t offset_ = 0;
    bool short_read_ = false;
};

}  // namespace burnbox::scp
