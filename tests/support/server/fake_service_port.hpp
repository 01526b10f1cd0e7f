// A ServicePort without a connection: what the service said, and the functions posted to its thread, run when
// the test says so.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/service/service.hpp"

namespace burnbox::test {

class FakeServicePort final : public ServicePort {
  public:
    ByteBuffer output;
    std::string errors;
    std::optional<int> exit_code;

    FakeServicePort() = default;
    ~FakeServicePort() override { posted_->clear(); }  // what is posted may hold a poster
    FakeServicePort(const FakeServicePort&) = delete;
    FakeServicePort& operator=(const FakeServicePort&) = delete;

    ByteBuffer& out() override { return output; }
    void print_error(std::string_view text) override { errors += text; }
    void finish(int code) override {
        if (!exit_code) exit_code = code;
    }
    Poster poster() override {
        return [posted = posted_](std::function<void()> function) { posted->push_back(std::move(function)); };
    }

    // Runs what was posted, and what that posts.
    void run_posted() {
        while (!posted_->empty()) {
            const auto function = std::move(posted_->front());
            posted_->pop_front();
            function();
        }
    }
    [[nodiscard]] std::string take_output() {
        const auto bytes = output.bytes();
        std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        output.clear();
        return text;
    }

  private:
    std::shared_ptr<std::deque<std::function<void()>>> posted_ =
        std::make_shared<std::deque<std::function<void()>>>();
};

// Gives a service text as bytes, in pieces of `piece` bytes; returns how much it took.
inline std::size_t send(Service& service, std::string_view text, std::size_t piece = SIZE_MAX) {
    std::size_t taken = 0;
    while (taken < text.size()) {
        const auto part = std::as_bytes(std::span(text.substr(taken, piece)));
        const std::size_t count = service.receive(part);
        taken += count;
        if (count < part.size()) break;
    }
    service.end_of_batch();
    return taken;
}

}  // namespace burnbox::test
