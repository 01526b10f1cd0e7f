// Flat JSON objects, one a line: {"key":"text","other":42}. The format of entries.jsonl and of the seal
// records, which may have a million lines; hence no general JSON library here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace burnbox {

// Appends one object to `out`: JsonLineWriter line(out); line.text("path", p).number("size", n).end();
class JsonLineWriter {
  public:
    explicit JsonLineWriter(std::string& out) : out_(out) { out_ += '{'; }
    // Keys are written as they are: plain words only.
    JsonLineWriter& text(std::string_view key, std::string_view value);
    // The same for a value in two parts.
    JsonLineWriter& text(std::string_view key, std::string_view front, std::string_view back);
    JsonLineWriter& number(std::string_view key, std::uint64_t value);
    void end() { out_ += "}\n"; }

  private:
    void key(std::string_view name);

    std::string& out_;
    bool first_ = true;
};

// Reads one object key by key. Values are texts or whole numbers; anything else is an error.
class JsonLineReader {
  public:
    explicit JsonLineReader(std::string_view line);

    struct Field {
        std::string_view key;   // valid until the next call
        std::string_view text;  // the same; empty for numbers
        std::optional<std::uint64_t> number;
    };
    // The next field; empty at the object's end, and after an error: then good() is false.
    [[nodiscard]] std::optional<Field> next();
    [[nodiscard]] bool good() const { return good_; }

  private:
    [[nodiscard]] std::optional<Field> bad();
    void skip_space();
    bool take(char c);
    std::optional<std::string_view> read_string(std::string& decoded);
    bool decode_escape(std::string& decoded);
    std::optional<std::uint32_t> read_hex4();

    std::string_view rest_;
    std::string key_, text_;  // decoded, when they have escapes
    bool good_ = true;
    bool first_ = true;
    bool ended_ = false;
};

}  // namespace burnbox
