#include "common/bag/bag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bag/disc_paths.hpp"
#include "common/bag/tag_files.hpp"

namespace burnbox {
namespace {

constexpr std::uint32_t kFolderMode = 0755;  // a copy of the disc can be removed again by whoever made it

Timestamp whole_second(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

// On the disc everything belongs to root: a set-user-id bit would say something that its owner never said.
std::uint32_t disc_mode(const ManifestEntry& entry, ModePolicy policy) {
    if (entry.type == FileType::symlink) return 0777;
    const std::uint32_t mode = entry.mode & 01777U;
    if (policy == ModePolicy::keep) return mode;
    return mode | (entry.type == FileType::folder ? 0555U : 0444U);
}

// Collects the entries of one session, in order.
class Tree {
  public:
    Tree(const SealedSession& session, ModePolicy modes, std::string base)
        : session_(session), modes_(modes), base_(std::move(base)), time_(whole_second(session.sealed_at)) {
        entries_.reserve(session.manifest.entries.size() + 16);
    }

    void folder(std::string_view name) {
        entries_.push_back(
            {.path = join_path(base_, name), .type = FileType::folder, .mode = kFolderMode, .mtime = time_});
    }

    void tag_file(std::string_view name, std::string content) {
        DiscEntry entry{.path = join_path(base_, name), .mtime = time_};
        entry.size_bytes = content.size();
        entry.sha256 = Sha256::of(content);
        entry.content = std::move(content);
        append_manifest_line(tag_manifest_, entry.sha256, "", name);
        entries_.push_back(std::move(entry));
    }

    // Of the session's recovery files, in a folder of the bag or of the disc.
    void parity(std::string_view folder_name) {
        if (session_.parity.percent == 0) return;
        folder(folder_name);
        if (!session_.parity.unprotected.empty())
            tag_file(join_path(folder_name, "NOT-PROTECTED.txt"), not_protected_text(session_.parity));
        for (const ParityFile& file : session_.parity.files) {
            DiscEntry entry{.path = join_path(base_, join_path(folder_name, file.name)), .mtime = time_};
            entry.size_bytes = file.size_bytes;
            entry.sha256 = file.sha256;
            entry.staged = file.name;
            entry.parity = true;
            append_manifest_line(tag_manifest_, file.sha256, "", join_path(folder_name, file.name));
            entries_.push_back(std::move(entry));
        }
    }

    void payload(std::string_view folder) {
        const std::string front = join_path(base_, folder);
        for (const ManifestEntry& source : session_.manifest.entries) {
            DiscEntry& entry = entries_.emplace_back();
            entry.path = join_path(front, source.path);
            entry.type = source.type;
            entry.mode = disc_mode(source, modes_);
            entry.mtime = source.mtime;
            if (source.type == FileType::file) {
                entry.size_bytes = source.size_bytes;
                entry.sha256 = source.sha256;
                entry.staged = source.staged_path();
            }
            if (source.type == FileType::symlink) entry.link_target = source.link_target;
        }
    }

    [[nodiscard]] std::string tag_manifest() { return std::move(tag_manifest_); }
    [[nodiscard]] std::vector<DiscEntry> take() { return std::move(entries_); }

  private:
    const SealedSession& session_;
    ModePolicy modes_;
    std::string base_;
    Timestamp time_;
    std::string tag_manifest_;  // a line for every tag file so far
    std::vector<DiscEntry> entries_;
};

void add_marker(Tree& tree, const Marker& marker) {
    if (marker.name.empty()) return;
    tree.folder("marker");
    if (Sha256::of(marker.content) == marker.sha256) {
        tree.tag_file("marker/" + marker.name, marker.content);
        return;
    }
    std::string digest;  // too large to be kept
    append_sums_line(digest, marker.sha256, "", marker.name);
    tree.tag_file("marker/" + marker.name + ".sha256", std::move(digest));
}

std::vector<DiscEntry> bag_entries(const SealedSession& session, ModePolicy modes) {
    Tree tree(session, modes, session.identifier());
    Payload payload = payload_manifest(session.manifest);
    tree.folder("");
    // In the order of their names, bytewise.
    tree.tag_file("SHA256SUMS", sha256sums(session.manifest, "data/"));
    tree.tag_file("bag-info.txt", bag_info(session, payload));
    tree.tag_file("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    tree.folder("data");
    tree.payload("data");
    tree.tag_file("entries.jsonl", to_jsonl(session.manifest, "data/"));
    tree.tag_file("manifest-sha256.txt", std::move(payload.manifest));
    add_marker(tree, session.marker);
    if (auto notes = name_notes_tsv(session.name_notes, "data/"); !notes.empty())
        tree.tag_file(kNameNotesFile, std::move(notes));
    if (auto names = names_tsv(session.manifest, "data/"); !names.empty())
        tree.tag_file("names.tsv", std::move(names));
    tree.parity("par2");
    if (session.part) tree.tag_file("parts.tsv", parts_table(session.account, *session.part));
    tree.tag_file("tagmanifest-sha256.txt", tree.tag_manifest());
    return tree.take();
}

// Nothing is added to a session that is a bag already. A part of one is no bag any more.
bool is_burned_as_it_is(const SealedSession& session) {
    return is_bag(session.manifest) && !session.part;
}

// A bag that came with other digests than SHA-256 is still burned as it is, with our list beside it.
Layout layout_for(const SealedSession& session, Layout layout) {
    if (layout != Layout::bag || !is_burned_as_it_is(session)) return layout;
    const ManifestEntry* const list = session.manifest.find("manifest-sha256.txt");
    return list != nullptr && list->type == FileType::file ? layout : Layout::plain;
}

bool brings_own_sums(const Manifest& manifest) {
    return manifest.find("SHA256SUMS") != nullptr;
}

}  // namespace

bool is_bag(const Manifest& manifest) {
    const ManifestEntry* const declaration = manifest.find("bagit.txt");
    return declaration != nullptr && declaration->type == FileType::file;
}

std::vector<DiscEntry> disc_entries(const SealedSession& session, Layout wanted, ModePolicy modes) {
    const Layout layout = layout_for(session, wanted);
    if (layout == Layout::bag && !is_burned_as_it_is(session)) return bag_entries(session, modes);
    if (layout == Layout::root) {
        Tree tree(session, modes, "");
        if (!brings_own_sums(session.manifest)) tree.tag_file("SHA256SUMS", sha256sums(session.manifest, ""));
        if (auto notes = name_notes_tsv(session.name_notes, "");
            !notes.empty() && session.manifest.find(kNameNotesFile) == nullptr)
            tree.tag_file(kNameNotesFile, std::move(notes));
        if (auto names = names_tsv(session.manifest, "");
            !names.empty() && session.manifest.find("names.tsv") == nullptr)
            tree.tag_file("names.tsv", std::move(names));
        if (session.part && session.manifest.find("parts.tsv") == nullptr)
            tree.tag_file("parts.tsv", parts_table(session.account, *session.part));
        tree.payload("");
        auto entries = tree.take();
        std::ranges::sort(entries, {}, &DiscEntry::path);
        return entries;
    }
    Tree tree(session, modes, session.identifier());
    tree.folder("");
    tree.payload("");
    auto entries = tree.take();
    Tree parity(session, modes, "");
    parity.parity(parity_place(session, layout).folder);
    for (DiscEntry& entry : parity.take()) entries.push_back(std::move(entry));
    if (layout == Layout::plain) {
        Tree beside(session, modes, session.account);
        const std::string folder = std::string(base_name(session.disc_name)) + "/";
        beside.tag_file(session.disc_name + ".SHA256SUMS", sha256sums(session.manifest, folder));
        if (auto notes = name_notes_tsv(session.name_notes, folder); !notes.empty())
            beside.tag_file(fmt::format("{}.{}", session.disc_name, kNameNotesFile), std::move(notes));
        if (auto names = names_tsv(session.manifest, folder); !names.empty())
            beside.tag_file(session.disc_name + ".names.tsv", std::move(names));
        if (session.part)
            beside.tag_file(session.disc_name + ".parts.tsv", parts_table(session.account, *session.part));
        std::string removed;  // there is no bag-info.txt to hold them
        for (const std::string& path : session.removed) removed.append(path).append("\n");
        if (!removed.empty()) beside.tag_file(session.disc_name + ".removed.txt", std::move(removed));
        for (DiscEntry& entry : beside.take()) entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, {}, &DiscEntry::path);
    return entries;
}

bool has_marker_file(const SealedSession& session, Layout layout) {
    return layout == Layout::bag && !is_burned_as_it_is(session);
}

std::string payload_place(const SealedSession& session, Layout layout) {
    if (layout == Layout::root) return "";
    const bool in_data = has_marker_file(session, layout);
    return session.identifier() + (in_data ? "/data" : "");
}

ParityPlace parity_place(const SealedSession& session, Layout layout) {
    if (layout == Layout::root) return {};
    const std::string folder = session.identifier();
    if (layout == Layout::bag && !is_burned_as_it_is(session)) return {folder + "/par2", folder};
    // The paths begin at the account's folder: par2 0.8 ends at a name of a single character.
    return {"RECOVERY/" + folder, session.account};
}

std::string checksum_list_path(const SealedSession& session, Layout layout) {
    switch (layout_for(session, layout)) {
        case Layout::bag:
            return session.identifier() +
                   (is_burned_as_it_is(session) ? "/manifest-sha256.txt" : "/SHA256SUMS");
        case Layout::plain:
            return session.identifier() + ".SHA256SUMS";
        case Layout::root:
            return "SHA256SUMS";
    }
    return {};
}

std::string sha256sums(const Manifest& manifest, std::string_view prefix) {
    std::string out;
    out.reserve(manifest.entries.size() * 128);
    for (const ManifestEntry& entry : manifest.entries)
        if (entry.type == FileType::file) append_sums_line(out, entry.sha256, prefix, entry.path);
    return out;
}

}  // namespace burnbox
