// A YAML document as plain nodes that know where they stand. The only place that touches yaml-cpp; what YAML
// allows and a configuration must not (duplicate keys, several documents, endless aliases) is found here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace burnbox {

struct Place {
    std::string file;
    int line = 1;  // both from 1
    int column = 1;
};

struct YamlPair;

struct YamlNode {
    enum class Kind : std::uint8_t { nothing, scalar, list, map };

    Kind kind = Kind::nothing;
    Place place;
    std::string text;             // scalar
    std::vector<YamlNode> items;  // list
    std::vector<YamlPair> pairs;  // map, in the file's order; keys are scalars and differ
};

struct YamlPair {
    YamlNode key, value;
};

// What is wrong, as "FILE:LINE:COL: ..." lines: at most 20, then how many more.
class Findings {
  public:
    void add(const Place& place, std::string_view what);
    [[nodiscard]] std::size_t count() const { return lines_.size() + more_; }
    [[nodiscard]] std::string text() const;

  private:
    std::vector<std::string> lines_;
    std::size_t more_ = 0;
};

// An empty document is Kind::nothing. On a syntax error there is a finding and Kind::nothing.
[[nodiscard]] YamlNode parse_yaml(const std::string& text, const std::string& file, Findings& findings);

}  // namespace burnbox
