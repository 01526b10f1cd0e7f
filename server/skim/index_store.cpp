#include "server/skim/index_store.hpp"

#include <algorithm>
#include <set>

#include "common/storage/durable_file.hpp"
#include "server/intake/tree_walk.hpp"

namespace burnbox::skim {
namespace {

constexpr std::string_view kPending = ".pending";
constexpr std::string_view kTaken = ".taken";
constexpr std::size_t kKeyDigits = 16;

bool comes_before(const IndexEntry& one, const IndexEntry& other) {
    return intake::walks_before(one.path, other.path);
}

// Records in order, from wherever they are; the earlier in the list win.
class Merge {
  public:
    void add(std::unique_ptr<IndexReader> reader) { readers_.push_back({std::move(reader), nullptr}); }
    void add(std::vector<IndexEntry> entries) {
        std::ranges::sort(entries, comes_before);
        more_ = std::move(entries);
    }

    Status write(File& file) {
        IndexWriter writer(file);
        for (Source& source : readers_) BB_CHECK(source.step());
        for (const IndexEntry* entry = first(); entry != nullptr; entry = first()) {
            const IndexEntry winner = *entry;
            if (winner.kind != IndexEntry::Kind::gone) BB_CHECK(writer.add(winner));
            BB_CHECK(pass(winner.path));
        }
        return writer.finish();
    }

  private:
    struct Source {
        std::unique_ptr<IndexReader> reader;
        const IndexEntry* entry = nullptr;
        Status step() {
            BB_TRY(entry, reader->next());
            return {};
        }
    };

    [[nodiscard]] const IndexEntry* first() const {
        const IndexEntry* found = at_ < more_.size() ? &more_[at_] : nullptr;
        for (const Source& source : readers_)
            if (source.entry != nullptr && (found == nullptr || comes_before(*source.entry, *found)))
                found = source.entry;
        return found;
    }

    Status pass(const std::string& path) {
        while (at_ < more_.size() && more_[at_].path == path) ++at_;
        for (Source& source : readers_)
            if (source.entry != nullptr && source.entry->path == path) BB_CHECK(source.step());
        return {};
    }

    std::vector<Source> readers_;
    std::vector<IndexEntry> more_;
    std::size_t at_ = 0;
};

}  // namespace

IndexStore::IndexStore(FileSystem& state_fs, const std::string& account, const std::string& folder)
    : fs_(state_fs),
      account_(account),
      folder_("skim/" + Sha256::of(account + "\n" + folder).hex().substr(0, kKeyDigits)) {}

Result<std::vector<std::string>> IndexStore::seal_ids(std::string_view suffix) {
    BB_TRY(const auto entries, list_folder(fs_, folder_));
    std::vector<std::string> ids;
    for (const DirEntry& entry : entries)
        if (entry.name.ends_with(suffix) && !entry.name.starts_with('.'))
            ids.push_back(entry.name.substr(0, entry.name.size() - suffix.size()));
    return ids;
}

Status IndexStore::merge_taken(Catalogue& catalogue) {
    if (!fs_.info(folder_)) {
        BB_CHECK(make_folders(fs_, folder_, 0700));
        BB_CHECK(fs_.sync_folder("skim"));
        BB_CHECK(fs_.sync_folder(""));
    }
    BB_TRY(const auto pending, seal_ids(kPending));
    if (!pending.empty()) {
        BB_TRY(const auto rows, catalogue.sessions(account_));
        std::set<std::string> sealed;
        for (const SessionRow& row : rows) sealed.insert(row.seal_id);
        for (const std::string& id : pending)
            BB_CHECK(sealed.contains(id) ? mark_taken(id) : drop_pending(id));
    }
    BB_TRY(const auto taken, seal_ids(kTaken));
    return taken.empty() ? Status() : merge({});
}

Result<std::unique_ptr<IndexReader>> IndexStore::read() {
    auto reader = IndexReader::open(fs_, file("index"));
    if (!reader && reader.error().code == Errc::not_found) return IndexReader::empty();
    return reader;
}

Status IndexStore::write_pending(const std::string& seal_id, std::vector<IndexEntry> entries) {
    std::ranges::sort(entries, comes_before);
    return replace_file_with(
        fs_, file(seal_id + std::string(kPending)),
        [&](File& out) -> Status {
            IndexWriter writer(out);
            for (const IndexEntry& entry : entries) BB_CHECK(writer.add(entry));
            return writer.finish();
        },
        Durability::durable, 0600);
}

Status IndexStore::mark_taken(const std::string& seal_id) {
    BB_CHECK(fs_.rename(file(seal_id + std::string(kPending)), file(seal_id + std::string(kTaken)),
                        RenameMode::replace));
    return fs_.sync_folder(folder_);
}

Status IndexStore::drop_pending(const std::string& seal_id) {
    return fs_.remove(file(seal_id + std::string(kPending)));
}

Status IndexStore::merge(std::vector<IndexEntry> more) {
    BB_TRY(const auto taken, seal_ids(kTaken));
    if (taken.empty() && more.empty()) return {};
    Merge merge;
    merge.add(std::move(more));
    for (const std::string& id : taken) {
        BB_TRY(auto reader, IndexReader::open(fs_, file(id + std::string(kTaken))));
        merge.add(std::move(reader));
    }
    BB_TRY(auto index, read());
    merge.add(std::move(index));
    BB_CHECK(replace_file_with(
        fs_, file("index"), [&](File& out) { return merge.write(out); }, Durability::durable, 0600));
    for (const std::string& id : taken) BB_CHECK(fs_.remove(file(id + std::string(kTaken))));
    return {};
}

}  // namespace burnbox::skim
