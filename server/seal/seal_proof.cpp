#include "server/seal/seal_proof.hpp"

#include <map>

#include "common/bag/sums.hpp"
#include "server/files/hash_files.hpp"
#include "server/seal/seal_rules.hpp"

namespace burnbox::upload {
namespace {

struct Doubtful {
    std::vector<std::string> paths;
    std::vector<Sha256> listed;
};

Doubtful listed_files(const std::vector<SumLine>& lines, const std::vector<std::string>& cut) {
    std::map<std::string_view, const Sha256*> digests;
    for (const SumLine& line : lines) digests.insert_or_assign(line.path, &line.sha256);
    Doubtful found;
    for (const std::string& path : cut) {
        const auto line = digests.find(path);
        if (line == digests.end()) continue;
        found.paths.push_back(path);
        found.listed.push_back(*line->second);
    }
    return found;
}

}  // namespace

bool has_list(const SessionRegistry& registry, OpenSession& session, const SealRequest& request) {
    if (!uses_checksum_list(registry)) return false;
    if (request.marker == kChecksumList) return true;
    const FileRecord* const list = session.find(kChecksumList);
    return list != nullptr && list->is_at_rest();
}

void prove_by_list(const SealOrigin& origin, OpenSession& session, const SealRequest& request) {
    const std::string top = origin.top(session);
    std::vector<std::string> cut;
    {
        const std::lock_guard lock(origin.mutex());
        if (has_list(origin.registry(), session, request)) cut = session.files.paths_cut_off();
    }
    if (cut.empty()) return;
    const auto text = read_file(origin.fs(), join_path(top, kChecksumList), kMostListBytes);
    const auto lines = text ? parse_sums(*text) : Result<std::vector<SumLine>>(std::unexpected(text.error()));
    if (!lines) return;  // the rules say why
    const Doubtful doubtful = listed_files(*lines, cut);
    std::vector<std::string> paths;
    for (const std::string& path : doubtful.paths) paths.push_back(join_path(top, path));
    const auto hashed = hash_files(origin.fs(), std::move(paths), origin.services().run_blocking);
    const std::lock_guard lock(origin.mutex());
    for (std::size_t i = 0; i < hashed.size(); ++i)
        if (hashed[i] && hashed[i]->sha256 == doubtful.listed[i])
            (void)session.files.proven(doubtful.paths[i], *hashed[i]);
}

}  // namespace burnbox::upload
