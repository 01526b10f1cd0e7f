#include "server/scp/globs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox::scp {
namespace {

constexpr std::size_t kEntriesAtOnce = 256;

struct Part {
    std::string text;     // unescaped
    std::string pattern;  // as it was written
    bool is_pattern = false;
};

// The parts between the slashes of a pattern.
std::vector<Part> split_pattern(std::string_view pattern) {
    std::vector<Part> parts(1);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '/') {
            parts.emplace_back();
            continue;
        }
        Part& part = parts.back();
        const bool escaped = pattern[i] == '\\' && i + 1 < pattern.size();
        if (escaped) part.pattern += pattern[i++];
        part.pattern += pattern[i];
        part.text += pattern[i];
        part.is_pattern = part.is_pattern ||
                          (!escaped && std::string_view("*?[").find(pattern[i]) != std::string_view::npos);
    }
    return parts;
}

std::unexpected<Error> too_many(const CommandWord& word) {
    return fail(Errc::limit, fmt::format("scp: {} matches more than {} names; take the folder with -r",
                                         escape(word.text), kMostMatches));
}

// `folder` ends with a slash or is empty. What can't be listed matches nothing.
Result<std::vector<std::string>> matches_in(Client& client, const std::string& folder, const Part& part,
                                            const CommandWord& word) {
    std::vector<std::string> matches;
    const auto listing = client.open_folder(folder.empty() ? "." : folder);
    if (!listing) return matches;
    for (;;) {
        const auto page = (*listing)->next(kEntriesAtOnce);
        if (!page || page->empty()) break;
        for (const DirEntry& entry : *page) {
            if (entry.name.starts_with('.') && !part.pattern.starts_with('.')) continue;
            if (glob_match(part.pattern, entry.name)) matches.push_back(folder + entry.name);
        }
        if (matches.size() > kMostMatches) return too_many(word);
    }
    std::ranges::sort(matches);
    return matches;
}

Result<std::vector<std::string>> expand(Client& client, const CommandWord& word) {
    std::string pattern = word.pattern;
    if (pattern.starts_with("~/")) pattern.replace(0, 1, ".");  // the home folder, which is the inbox
    const std::vector<Part> parts = split_pattern(pattern);
    std::vector<std::string> paths = {""};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::vector<std::string> next;
        for (const std::string& path : paths) {
            if (parts[i].is_pattern) {
                BB_TRY(auto matches, matches_in(client, path, parts[i], word));
                std::ranges::move(matches, std::back_inserter(next));
            } else {
                next.push_back(path + parts[i].text);
            }
            if (next.size() > kMostMatches) return too_many(word);
        }
        if (i + 1 < parts.size())
            for (std::string& path : next) path += '/';
        paths = std::move(next);
    }
    std::erase_if(paths, [&](const std::string& path) { return !client.info(path, false); });
    if (paths.empty()) paths.push_back(word.text);
    return paths;
}

}  // namespace

Result<std::vector<std::string>> expand_globs(Client& client, const std::vector<CommandWord>& words) {
    std::vector<std::string> argv;
    for (const CommandWord& word : words) {
        if (!word.is_pattern) {
            argv.push_back(word.text);
            continue;
        }
        BB_TRY(auto paths, expand(client, word));
        if (argv.size() + paths.size() > kMostMatches) return too_many(word);
        std::ranges::move(paths, std::back_inserter(argv));
    }
    return argv;
}

}  // namespace burnbox::scp
