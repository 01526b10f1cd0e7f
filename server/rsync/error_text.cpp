#include "server/rsync/error_text.hpp"

#include <algorithm>
#include <utility>

namespace burnbox::rsync {
namespace {

std::vector<std::string> longest_first(std::vector<std::string> paths) {
    std::erase_if(paths, [](const std::string& path) { return path.empty(); });
    std::ranges::stable_sort(paths, std::ranges::greater(), &std::string::size);
    return paths;
}

}  // namespace

ErrorText::ErrorText(std::vector<std::string> inboxes) : inboxes_(longest_first(std::move(inboxes))) {}

std::string ErrorText::take(std::string_view piece) {
    std::string ready;
    while (!piece.empty()) {
        const std::size_t end = std::min(piece.find('\n'), piece.size());
        line_.append(piece.substr(0, std::min(end, kLongestLine - line_.size())));
        if (end == piece.size()) break;
        ready += shown(std::exchange(line_, {})) + '\n';
        piece.remove_prefix(end + 1);
    }
    return ready;
}

std::string ErrorText::rest() {
    return shown(std::exchange(line_, {}));
}

std::string ErrorText::shown(std::string line) const {
    for (const std::string& inbox : inboxes_) {
        for (std::size_t at = line.find(inbox); at != std::string::npos; at = line.find(inbox, at)) {
            const bool leads_on = line.substr(at + inbox.size(), 1) == "/";
            line.erase(at, inbox.size());
            if (!leads_on) line.insert(at, 1, '/');
            ++at;
        }
    }
    return line;
}

}  // namespace burnbox::rsync
