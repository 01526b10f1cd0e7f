#include "common/config/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostFindings = 20;
constexpr std::size_t kMostNodes = 100'000;  // aliases can make a small file endless
constexpr int kMostDepth = 32;

class TreeBuilder {
  public:
    TreeBuilder(std::string file, Findings& findings) : file_(std::move(file)), findings_(findings) {}

    YamlNode build(const YAML::Node& from, int depth = 0) {
        YamlNode node;
        node.place = place(from.Mark());
        if (++nodes_ > kMostNodes || depth > kMostDepth) {
            if (!too_large_)
                findings_.add(node.place, "the document is too large or too deep for a configuration");
            too_large_ = true;
            return node;
        }
        if (from.IsScalar()) {
            node.kind = YamlNode::Kind::scalar;
            node.text = from.Scalar();
        } else if (from.IsSequence()) {
            node.kind = YamlNode::Kind::list;
            for (const YAML::Node& item : from) {
                if (too_large_) break;
                node.items.push_back(build(item, depth + 1));
            }
        } else if (from.IsMap()) {
            node.kind = YamlNode::Kind::map;
            build_pairs(from, node, depth);
        }
        return node;
    }

    // yaml-cpp counts from 0, and marks of nodes that stand nowhere (an empty value) are -1.
    [[nodiscard]] Place place(const YAML::Mark& mark) const {
        return mark.is_null() ? Place{file_, 1, 1} : Place{file_, mark.line + 1, mark.column + 1};
    }

  private:
    void build_pairs(const YAML::Node& from, YamlNode& node, int depth) {
        std::set<std::string> seen;
        for (const auto& pair : from) {
            if (too_large_) break;
            YamlNode key = build(pair.first, depth + 1);
            YamlNode value = build(pair.second, depth + 1);
            if (key.kind != YamlNode::Kind::scalar) {
                findings_.add(key.place, "a key must be a plain word");
                continue;
            }
            if (value.kind == YamlNode::Kind::nothing) value.place = key.place;
            if (!seen.insert(key.text).second) {
                findings_.add(key.place,
                              fmt::format("the key {} is here twice; remove one of them", escape(key.text)));
                continue;
            }
            node.pairs.push_back({std::move(key), std::move(value)});
        }
    }

    std::string file_;
    Findings& findings_;
    std::size_t nodes_ = 0;
    bool too_large_ = false;
};

}  // namespace

void Findings::add(const Place& place, std::string_view what) {
    if (lines_.size() >= kMostFindings) {
        ++more_;
        return;
    }
    lines_.push_back(fmt::format("{}:{}:{}: {}", escape(place.file), place.line, place.column, what));
}

std::string Findings::text() const {
    std::string all;
    for (const std::string& line : lines_) all += (all.empty() ? "" : "\n") + line;
    if (more_ > 0) all += fmt::format("\nand {} more", more_);
    return all;
}

YamlNode parse_yaml(const std::string& text, const std::string& file, Findings& findings) {
    TreeBuilder builder(file, findings);
    YamlNode nothing;
    nothing.place.file = file;
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(text);
        if (documents.empty() || (documents.size() == 1 && documents[0].IsNull())) return nothing;
        if (documents.size() == 1) return builder.build(documents[0]);
        findings.add(builder.place(documents[1].Mark()),
                     "a second YAML document begins here; one file is one document");
    } catch (const YAML::Exception& exception) {
        findings.add(builder.place(exception.mark), "this is no YAML: " + exception.msg);
    } catch (const std::exception& exception) {
        findings.add(nothing.place, std::string("this is no YAML: ") + exception.what());
    }
    return nothing;
}

}  // namespace burnbox
