#include "server/control/protocol.hpp"

#include <doctest/doctest.h>

using namespace burnbox;

namespace {

std::vector<ControlReply> parse_all(std::string lines) {
    std::vector<ControlReply> replies;
    for (std::size_t end = 0; (end = lines.find('\n')) != std::string::npos; lines.erase(0, end + 1)) {
        auto reply = parse_reply_line(lines.substr(0, end));
        REQUIRE(reply);
        CHECK(end < kReplyLineBytes);
        replies.push_back(*reply);
    }
    CHECK(lines.empty());
    return replies;
}

}  // namespace

TEST_CASE("control protocol: a request keeps its words, whatever is in them") {
    const std::vector<std::string> argv = {"find", "a b\n\"*.jpg\" \\ é", "--json", ""};
    const std::string line = to_request_line(argv);
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(parse_request_line(line.substr(0, line.size() - 1)) == argv);
}

TEST_CASE("control protocol: what is no request is refused with the form of one") {
    for (const char* line : {"", "{", "[]", "{}", "{\"argv\": \"status\"}", "{\"argv\": [1]}", "status"}) {
        const auto request = parse_request_line(line);
        REQUIRE_FALSE(request);
        CHECK(request.error().message.find("{\"argv\": [\"status\"]}") != std::string::npos);
    }
}

TEST_CASE("control protocol: every kind of reply comes back as it was") {
    for (const ControlReply& reply :
         std::vector<ControlReply>{OutReply{"a\n\tb"}, OutReply{""}, ErrorReply{"no: é"}, ExitReply{3}})
        CHECK(parse_all(to_reply_lines(reply)) == std::vector{reply});
}

TEST_CASE("control protocol: long text goes as several lines that are split between characters") {
    std::string text;
    while (text.size() < 3 * kReplyTextBytes) text += "ä\x01€𝄞x";
    std::string joined;
    const auto replies = parse_all(to_reply_lines(OutReply{text}));
    CHECK(replies.size() == 4);
    for (const ControlReply& reply : replies) joined += std::get<OutReply>(reply).text;
    CHECK(joined == text);
}

TEST_CASE("control protocol: bytes that are no UTF-8 do not break a line") {
    const auto replies = parse_all(to_reply_lines(ErrorReply{"caf\xE9 \xFF"}));
    REQUIRE(replies.size() == 1);
    CHECK(std::get<ErrorReply>(replies[0]).line == "caf\xEF\xBF\xBD \xEF\xBF\xBD");
    CHECK(parse_all(to_reply_lines(OutReply{std::string(2 * kReplyTextBytes, '\x80')})).size() >= 2);
}
