#include "common/config/value_readers.hpp"

#include <algorithm>
#include <filesystem>

#include "common/base/glob.hpp"
#include "common/config/units.hpp"

namespace burnbox {
namespace {

std::string_view kind_name(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::nothing:
            return "nothing";
        case YamlNode::Kind::scalar:
            return "a single value";
        case YamlNode::Kind::list:
            return "a list";
        case YamlNode::Kind::map:
            return "a map";
    }
    return "nothing";
}

void wrong_kind(const YamlNode& value, const std::string& key, Reading& reading, std::string_view expected) {
    reading.wrong(key, fmt::format("expected {}, found {}", expected, kind_name(value)));
}

std::string join(const std::string& key, std::string_view name) {
    return key.empty() ? std::string(name) : fmt::format("{}.{}", key, name);
}

// False with a finding unless it is a map; nothing counts as an empty one, so that all its keys may be
// commented out.
bool is_map(const YamlNode& node, const std::string& key, Reading& reading) {
    if (node.kind == YamlNode::Kind::map) return true;
    if (node.kind != YamlNode::Kind::nothing)
        reading.findings.add(node.place, fmt::format("{}expected a map, found {}",
                                                     key.empty() ? "" : escape(key) + ": ", kind_name(node)));
    return false;
}

}  // namespace

Place Reading::place(std::string key) const {
    for (;;) {
        if (const auto found = places.find(key); found != places.end()) return found->second;
        if (key.empty()) return {};
        const std::size_t end = key.find_last_of(".[");
        key.resize(end == std::string::npos ? 0 : end);
    }
}

void read_keys(const YamlNode& map, const std::string& key, Reading& reading, const std::vector<Key>& keys) {
    if (!is_map(map, key, reading)) return;
    for (const auto& [name, value] : map.pairs) {
        const auto known = std::ranges::find(keys, name.text, &Key::name);
        if (known == keys.end()) {
            std::string allowed;
            for (const Key& each : keys) allowed += (allowed.empty() ? "" : ", ") + std::string(each.name);
            reading.findings.add(name.place, fmt::format("unknown key {}; known here: {}",
                                                         escape(join(key, name.text)), allowed));
            continue;
        }
        const std::string full = join(key, name.text);
        reading.places[full] = value.place;
        known->read(value, full, reading);
    }
}

void read_entries(const YamlNode& map, const std::string& key, Reading& reading,
                  const ValueReader& read_entry) {
    if (!is_map(map, key, reading)) return;
    for (const auto& [name, value] : map.pairs) {
        const std::string full = join(key, name.text);
        reading.places[full] = name.place;  // of an entry its name says more than its first key
        read_entry(value, full, reading);
    }
}

ValueReader section(std::vector<Key> keys) {
    return [keys = std::move(keys)](const YamlNode& value, const std::string& key, Reading& reading) {
        read_keys(value, key, reading, keys);
    };
}

const std::string* scalar(const YamlNode& value, const std::string& key, Reading& reading,
                          std::string_view expected) {
    if (value.kind == YamlNode::Kind::scalar) return &value.text;
    wrong_kind(value, key, reading, expected);
    return nullptr;
}

bool is_list(const YamlNode& value, const std::string& key, Reading& reading, std::string_view expected) {
    if (value.kind == YamlNode::Kind::list) return true;
    wrong_kind(value, key, reading, expected);
    return false;
}

std::string item_key(const std::string& key, std::size_t index) {
    return fmt::format("{}[{}]", key, index);
}

ValueReader text(std::string& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string* given = scalar(value, key, reading, "text");
        if (given == nullptr) return;
        if (given->empty()) reading.wrong(key, "it is empty");
        target = *given;
    };
}

ValueReader texts(std::vector<std::string>& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        if (!is_list(value, key, reading, "a list, as in [a, b]")) return;
        target.clear();
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const std::string item = item_key(key, i);
            reading.places[item] = value.items[i].place;
            const std::string* given = scalar(value.items[i], item, reading, "text");
            if (given == nullptr) continue;
            if (given->empty()) reading.wrong(item, "it is empty");
            target.push_back(*given);
        }
    };
}

namespace {

// What nothing can match, with what was meant; "" = something may.
std::string wrong_with_glob(const std::string& pattern, GlobsOf what) {
    if (pattern.size() > kLongestGlob) return fmt::format("it has more than {} bytes", kLongestGlob);
    if (what == GlobsOf::names)
        return pattern.find('/') == std::string::npos
                   ? ""
                   : fmt::format("\"{}\" matches nothing: it is compared with names, which have no /",
                                 escape(pattern));
    std::string_view meant = pattern;
    while (meant.starts_with("./") || meant.starts_with('/'))
        meant.remove_prefix(meant.front() == '/' ? 1 : 2);
    while (meant.ends_with('/')) meant.remove_suffix(1);
    if (meant == pattern) return "";
    return fmt::format("\"{}\" matches nothing: paths here have no / at either end; write \"{}\"",
                       escape(pattern), escape(meant));
}

}  // namespace

ValueReader globs(std::vector<std::string>& target, GlobsOf what) {
    return [&target, what](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::size_t findings = reading.findings.count();
        texts(target)(value, key, reading);
        for (std::size_t i = 0; reading.findings.count() == findings && i < target.size(); ++i)
            if (const std::string wrong = wrong_with_glob(target[i], what); !wrong.empty())
                return reading.wrong(item_key(key, i), wrong);
    };
}

ValueReader folder_path(std::string& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string* given = scalar(value, key, reading, "an absolute path");
        if (given == nullptr) return;
        if (!given->starts_with('/') || given->find('\0') != std::string::npos)
            return reading.wrong(key, fmt::format("\"{}\" is not an absolute path", escape(*given)));
        std::string path = std::filesystem::path(*given).lexically_normal().string();
        while (path.size() > 1 && path.ends_with('/')) path.pop_back();
        if (path == "/") return reading.wrong(key, "it is the root folder; choose a folder below it");
        target = path;
    };
}

ValueReader flag(bool& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string* given = scalar(value, key, reading, "true or false");
        if (given == nullptr) return;
        if (*given != "true" && *given != "false")
            return reading.wrong(key, fmt::format("expected true or false, found \"{}\"", escape(*given)));
        target = *given == "true";
    };
}

ValueReader number(unsigned& target, unsigned least, unsigned most) {
    return [&target, least, most](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string expected = fmt::format("a number from {} to {}", least, most);
        const std::string* given = scalar(value, key, reading, expected);
        if (given == nullptr) return;
        const auto parsed = parse_u64(*given);
        if (!parsed || *parsed < least || *parsed > most)
            return reading.wrong(key, fmt::format("expected {}, found \"{}\"", expected, escape(*given)));
        target = static_cast<unsigned>(*parsed);
    };
}

ValueReader size(std::uint64_t& target, std::uint64_t least, std::uint64_t most) {
    return [&target, least, most](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string expected = fmt::format("a size ({})", kSizeUnits);
        const std::string* given = scalar(value, key, reading, expected);
        if (given == nullptr) return;
        const auto parsed = parse_size(*given);
        if (!parsed)
            return reading.wrong(key, fmt::format("expected {}, found \"{}\"", expected, escape(*given)));
        if (*parsed < least || *parsed > most)
            return reading.wrong(key, fmt::format("{} is out of range; from {} to {} is allowed",
                                                  escape(*given), human_bytes(least), human_bytes(most)));
        target = *parsed;
    };
}

ValueReader duration(std::chrono::milliseconds& target, std::chrono::milliseconds least,
                     std::chrono::milliseconds most) {
    return [&target, least, most](const YamlNode& value, const std::string& key, Reading& reading) {
        const std::string expected = fmt::format("a time ({})", kTimeUnits);
        const std::string* given = scalar(value, key, reading, expected);
        if (given == nullptr) return;
        const auto parsed = parse_duration(*given);
        if (!parsed)
            return reading.wrong(key, fmt::format("expected {}, found \"{}\"", expected, escape(*given)));
        if (*parsed < least || *parsed > most)
            return reading.wrong(
                key, fmt::format("{} is out of range; from {}ms to {}d is allowed", escape(*given),
                                 least.count(), most / std::chrono::days(1)));
        target = *parsed;
    };
}

ValueReader not_served(std::string_view default_value) {
    return [default_value](const YamlNode& value, const std::string& key, Reading& reading) {
        if (value.kind == YamlNode::Kind::scalar && value.text == default_value) return;
        reading.wrong(
            key, fmt::format("this is not served by this version of burnbox; leave it out, or set it to {}",
                             default_value));
    };
}

ValueReader not_served_list() {
    return [](const YamlNode& value, const std::string& key, Reading& reading) {
        if (value.kind == YamlNode::Kind::list && value.items.empty()) return;
        reading.wrong(key, "this is not served by this version of burnbox; leave it out, or set it to []");
    };
}

ValueReader not_served_at_all() {
    return [](const YamlNode&, const std::string& key, Reading& reading) {
        reading.wrong(key, "this is not served by this version of burnbox; leave it out");
    };
}

}  // namespace burnbox
