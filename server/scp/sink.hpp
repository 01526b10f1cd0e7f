// `scp -t`: takes files and folders by the rcp protocol and gives them to the Client. A file is acknowledged
// when the Client has closed it, so that the OK of a marker is the seal's promise; until then nothing more is
// read. Data that ends early, or that the sender itself calls bad, leaves the file cut off, never whole.
// Network thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/scp/command.hpp"
#include "server/service/service.hpp"
#include "server/upload/client.hpp"

namespace burnbox::scp {

class Sink final : public Service {
  public:
    Sink(ServicePort& port, std::shared_ptr<Client> client, Command command);

    void start();  // checks the target and tells the client to begin
    std::size_t receive(std::span<const std::byte> data) override;
    void end_of_input() override;
    void output_drained() override {}
    [[nodiscard]] bool busy() const override { return state_ == State::closing; }

  private:
    enum class State : std::uint8_t { line, data, verdict, closing, finished };
    struct Level {
        std::string path;
        bool is_folder = false;  // else the first entry gets this very path
        std::uint32_t mode = 0;
        std::optional<Times> times;
    };

    std::size_t take_line(std::span<const std::byte> data);
    std::size_t take_data(std::span<const std::byte> data);
    void handle_line(std::string_view line);
    void begin_file(const Entry& entry);
    void begin_folder(const Entry& entry);
    void end_folder();
    void end_file(bool sender_ok);
    void file_closed(const Result<std::string>& result);
    [[nodiscard]] std::string path_for(const std::string& name) const;

    void ok() { port_.out().append(std::string_view("\0", 1)); }
    void complain(const Error& error);  // this entry fails, the sender may go on
    void give_up(const Error& error);   // the protocol is broken: end with an error
    void finish();

    ServicePort& port_;
    std::shared_ptr<Client> client_;
    Command command_;
    State state_ = State::line;
    std::string line_;
    std::vector<Level> levels_;   // the target, then the folders entered
    std::optional<Times> times_;  // of the next entry
    bool failed_ = false, input_ended_ = false;

    std::unique_ptr<UploadFile> file_;  // being received
    std::string file_path_;
    Attributes file_attributes_;
    std::uint64_t offset_ = 0, left_ = 0;
    std::optional<Error> file_error_;
};

}  // namespace burnbox::scp
