#include "common/session/json_line.hpp"

#include <charconv>

namespace burnbox {
namespace {

// RFC 8259 7: the quotation mark, the backslash and control characters must be escaped.
bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        const char c = text[i];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += "\\u00";
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
        }
    }
    out.append(text, plain);
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6U), put(0x80 | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12U), put(0x80 | (code >> 6U & 0x3FU)), put(0x80 | (code & 0x3FU));
    } else {
        put(0xF0 | code >> 18U), put(0x80 | (code >> 12U & 0x3FU)), put(0x80 | (code >> 6U & 0x3FU));
        put(0x80 | (code & 0x3FU));
    }
}

}  // namespace

void JsonLineWriter::key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append("\"").append(name).append("\":");
}

JsonLineWriter& JsonLineWriter::text(std::string_view name, std::string_view value) {
    return text(name, value, {});
}

JsonLineWriter& JsonLineWriter::text(std::string_view name, std::string_view front, std::string_view back) {
    key(name);
    out_ += '"';
    append_escaped(out_, front);
    append_escaped(out_, back);
    out_ += '"';
    return *this;
}

JsonLineWriter& JsonLineWriter::number(std::string_view name, std::uint64_t value) {
    key(name);
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, end);
    return *this;
}

JsonLineReader::JsonLineReader(std::string_view line) : rest_(line) {
    skip_space();
    good_ = take('{');
}

std::optional<JsonLineReader::Field> JsonLineReader::next() {
    if (!good_ || ended_) return std::nullopt;
    skip_space();
    if (take('}')) {
        skip_space();
        ended_ = true;
        good_ = rest_.empty();
        return std::nullopt;
    }
    if (!first_ && !take(',')) return bad();
    first_ = false;
    skip_space();
    Field field;
    const auto key = read_string(key_);
    if (!key) return bad();
    field.key = *key;
    skip_space();
    if (!take(':')) return bad();
    skip_space();
    if (!rest_.empty() && rest_.front() == '"') {
        const auto text = read_string(text_);
        if (!text) return bad();
        field.text = *text;
        return field;
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc()) return bad();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    field.number = number;
    return field;
}

std::optional<JsonLineReader::Field> JsonLineReader::bad() {
    good_ = false;
    return std::nullopt;
}

void JsonLineReader::skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\r'))
        rest_.remove_prefix(1);
}

bool JsonLineReader::take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
}

// A string without escapes, the common case, is a view into the line; else it is decoded.
std::optional<std::string_view> JsonLineReader::read_string(std::string& decoded) {
    if (!take('"')) return std::nullopt;
    const std::size_t stop = rest_.find_first_of("\"\\");
    if (stop == std::string_view::npos) return std::nullopt;
    if (rest_[stop] == '"') {
        const std::string_view plain = rest_.substr(0, stop);
        rest_.remove_prefix(stop + 1);
        return plain;
    }
    decoded.clear();
    for (;;) {
        const std::size_t next = rest_.find_first_of("\"\\");
        if (next == std::string_view::npos) return std::nullopt;
        decoded.append(rest_, 0, next);
        const bool closed = rest_[next] == '"';
        rest_.remove_prefix(next + 1);
        if (closed) return decoded;
        if (!decode_escape(decoded)) return std::nullopt;
    }
}

bool JsonLineReader::decode_escape(std::string& decoded) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
        case '"':
        case '\\':
        case '/':
            decoded += c;
            return true;
        case 'b':
            decoded += '\b';
            return true;
        case 'f':
            decoded += '\f';
            return true;
        case 'n':
            decoded += '\n';
            return true;
        case 'r':
            decoded += '\r';
            return true;
        case 't':
            decoded += '\t';
            return true;
        case 'u':
            break;
        default:
            return false;
    }
    auto code = read_hex4();
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {  // the first half of a surrogate pair
        if (!take('\\') || !take('u')) return false;
        const auto low = read_hex4();
        if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
        code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
        return false;
    }
    append_utf8(decoded, *code);
    return true;
}

std::optional<std::uint32_t> JsonLineReader::read_hex4() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (error != std::errc() || end != rest_.data() + 4) return std::nullopt;
    rest_.remove_prefix(4);
    return code;
}

}  // namespace burnbox
