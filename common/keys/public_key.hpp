// One line of an authorized_keys or .pub file. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"

namespace burnbox {

struct PublicKey {
    std::string type;  // "ssh-ed25519"
    std::string base64;
    std::string comment;
    bool operator==(const PublicKey&) const = default;
};

// "TYPE BASE64 COMMENT". The blob is checked against its type (RFC 4253 6.6, RFC 5656, RFC 8709, OpenSSH
// PROTOCOL.u2f): right fields, right lengths, nothing after them; RSA of at least 2048 bits. Options before
// the type are refused, never ignored: whoever wrote them meant a restriction. The error says what is wrong
// and what is allowed.
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view line);

struct KeyFileLine {
    int line = 0;
    int column = 0;
    Result<PublicKey> key;
};
// Every line of a file in authorized_keys format that is neither empty nor a comment.
[[nodiscard]] std::vector<KeyFileLine> parse_key_lines(std::string_view text);

}  // namespace burnbox
