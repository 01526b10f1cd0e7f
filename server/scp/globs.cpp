#include "server/scp/globs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/base/glob.hpp"
#include "common/base/text.hpp"

namespace burnbox::scp {
namespace {

constexpr std::size_t kEntriesAtOnce = 256;
constexpr std::size_t kLongestPath = 4096;

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

// The expansion of one command, which counts what it looks at.
class Expansion {
  public:
    explicit Expansion(Client& client) : client_(client) {}
    [[nodiscard]] Result<std::vector<std::string>> expand(const CommandWord& word);

  private:
    [[nodiscard]] Status add_matches(const std::string& folder, const Part& part,
                                     std::vector<std::string>& to);
    [[nodiscard]] Status check_bounds(const std::vector<std::string>& paths) const;

    Client& client_;
    std::size_t looked_at_ = 0;
};

std::unexpected<Error> refuse(const CommandWord& word, std::string_view why) {
    return fail(Errc::limit,
                fmt::format("scp: {} {}; take the folder with -r, or leave out -O", escape(word.text), why));
}

// `folder` ends with a slash or is empty. What can't be listed matches nothing.
Status Expansion::add_matches(const std::string& folder, const Part& part, std::vector<std::string>& to) {
    ++looked_at_;
    const Glob wanted(part.pattern);
    const auto listing = client_.open_folder(folder.empty() ? "." : folder);
    if (!listing) return {};
    const auto first = static_cast<std::ptrdiff_t>(to.size());
    for (;;) {
        const auto page = (*listing)->next(kEntriesAtOnce);
        if (!page || page->empty()) break;
        looked_at_ += page->size();
        for (const DirEntry& entry : *page) {
            if (entry.name.starts_with('.') && !part.pattern.starts_with('.')) continue;
            if (wanted.matches(entry.name)) to.push_back(folder + entry.name);
        }
        BB_CHECK(check_bounds(to));
    }
    std::sort(to.begin() + first, to.end());
    return {};
}

Status Expansion::check_bounds(const std::vector<std::string>& paths) const {
    if (paths.size() > kMostMatches)
        return fail(Errc::limit, fmt::format("matches more than {} names", kMostMatches));
    if (looked_at_ > kMostLookedAt)
        return fail(Errc::limit, fmt::format("would look at more than {} names", kMostLookedAt));
    if (!paths.empty() && paths.back().size() > kLongestPath)
        return fail(Errc::limit, fmt::format("makes paths of more than {} bytes", kLongestPath));
    return {};
}

Result<std::vector<std::string>> Expansion::expand(const CommandWord& word) {
    std::string pattern = word.pattern;
    if (pattern.size() > kLongestGlob)
        return fail(Errc::limit, fmt::format("scp: a pattern of more than {} bytes; take the folder with -r",
                                             kLongestGlob));
    if (pattern.starts_with("~/")) pattern.replace(0, 1, ".");  // the home folder, which is the inbox
    const std::vector<Part> parts = split_pattern(pattern);
    std::vector<std::string> paths = {""};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::vector<std::string> next;
        for (const std::string& path : paths) {
            Status status;
            if (parts[i].is_pattern)
                status = add_matches(path, parts[i], next);
            else
                next.push_back(path + parts[i].text);
            if (status) status = check_bounds(next);
            if (!status) return refuse(word, status.error().message);
        }
        if (i + 1 < parts.size())
            for (std::string& path : next) path += '/';
        paths = std::move(next);
    }
    std::erase_if(paths, [&](const std::string& path) { return !client_.info(path, false); });
    if (paths.empty()) paths.push_back(word.text);
    return paths;
}

}  // namespace

Result<std::vector<std::string>> expand_globs(Client& client, const std::vector<CommandWord>& words) {
    std::vector<std::string> argv;
    Expansion expansion(client);
    for (const CommandWord& word : words) {
        if (!word.is_pattern) {
            argv.push_back(word.text);
            continue;
        }
        BB_TRY(auto paths, expansion.expand(word));
        if (argv.size() + paths.size() > kMostMatches)
            return refuse(word, fmt::format("and what is before it match more than {} names", kMostMatches));
        std::ranges::move(paths, std::back_inserter(argv));
    }
    return argv;
}

}  // namespace burnbox::scp
