#include "common/bag/found_layout.hpp"

#include "common/base/text.hpp"

namespace burnbox {
namespace {

// The file with the longest path: what another layout puts in front of it makes it longer than any there is.
const ManifestEntry* telling_file(const Manifest& manifest) {
    const ManifestEntry* longest = nullptr;
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.type == FileType::file && (longest == nullptr || entry.path.size() > longest->path.size()))
            longest = &entry;
    return longest;
}

}  // namespace

Layout found_layout(const SealedSession& session, Layout supposed,
                    const std::function<bool(const std::string& path)>& is_there) {
    const ManifestEntry* const file = telling_file(session.manifest);
    if (file == nullptr) return supposed;
    const std::string folder = session.identifier();
    if (is_there(join_path(folder + "/data", file->path))) return Layout::bag;
    if (is_there(join_path(folder, file->path))) {
        // A session that was a bag when it came lies there as it is; only the list beside it tells.
        const bool beside = is_there(checksum_list_path(session, Layout::plain));
        return beside || !is_bag(session.manifest) ? Layout::plain : Layout::bag;
    }
    return is_there(file->path) ? Layout::root : supposed;
}

}  // namespace burnbox
