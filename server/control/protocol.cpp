#include "server/control/protocol.hpp"

#include <nlohmann/json.hpp>

namespace burnbox {
namespace {

using nlohmann::json;

std::string to_line(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

// The length of the longest front part of at most `most` bytes that does not end inside a UTF-8 character.
std::size_t cut_length(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    std::size_t length = most;
    while (length > most - 4 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    return length;
}

std::string text_lines(const char* key, std::string_view text) {
    std::string lines;
    do {
        const std::size_t length = cut_length(text, kReplyTextBytes);
        lines += to_line({{key, text.substr(0, length)}});
        text.remove_prefix(length);
    } while (!text.empty());
    return lines;
}

}  // namespace

std::string to_request_line(const std::vector<std::string>& argv) {
    return to_line({{"argv", argv}});
}

Result<std::vector<std::string>> parse_request_line(std::string_view line) {
    const json request = json::parse(line, nullptr, false);
    const auto invalid = [] {
        return fail(Errc::invalid, "control: a request is one line like {\"argv\": [\"status\"]}");
    };
    if (!request.is_object() || !request.contains("argv") || !request["argv"].is_array()) return invalid();
    std::vector<std::string> argv;
    for (const json& word : request["argv"]) {
        if (!word.is_string()) return invalid();
        argv.push_back(word.get<std::string>());
    }
    return argv;
}

std::string to_reply_lines(const ControlReply& reply) {
    if (const auto* out = std::get_if<OutReply>(&reply)) return text_lines("out", out->text);
    if (const auto* error = std::get_if<ErrorReply>(&reply)) return text_lines("error", error->line);
    return to_line({{"exit", std::get<ExitReply>(reply).code}});
}

Result<ControlReply> parse_reply_line(std::string_view line) {
    const json reply = json::parse(line, nullptr, false);
    if (reply.is_object()) {
        if (const auto it = reply.find("out"); it != reply.end() && it->is_string())
            return OutReply{it->get<std::string>()};
        if (const auto it = reply.find("error"); it != reply.end() && it->is_string())
            return ErrorReply{it->get<std::string>()};
        if (const auto it = reply.find("exit"); it != reply.end() && it->is_number_integer())
            return ExitReply{it->get<int>()};
    }
    return fail(Errc::corrupt,
                "control: the server's answer can't be read; is it the same version as this program?");
}

}  // namespace burnbox
