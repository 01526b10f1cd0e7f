#include "server/service/slow_call.hpp"

#include <thread>

namespace burnbox {

void call_slow(const Poster& post, const std::shared_ptr<Client>& client,
               std::function<void(const Result<std::string>&)> answer,
               const std::function<void(Done)>& begin) {
    struct Call {
        std::thread::id thread = std::this_thread::get_id();
        bool under_way = true;  // touched on that thread only
    };
    auto call = std::make_shared<Call>();
    begin([call, post, client, answer = std::move(answer)](Result<std::string> result) {
        if (std::this_thread::get_id() == call->thread && call->under_way) {
            answer(result);
        } else {
            post([client, answer, result = std::move(result)] { answer(result); });
        }
    });
    call->under_way = false;
}

}  // namespace burnbox
