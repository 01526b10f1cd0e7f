// Which folders on this machine belong to this server, and whether what is at their paths is them. A disk
// that is not mounted leaves its mount point in its place, an empty folder like any other: nothing may be
// written there, and what is not in it is not lost. Each folder has a mark (folder_mark.hpp), and
// state_dir/folders.jsonl says which one is expected at which path. Threads: any. Every call blocks on the
// disks.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/marks/folder_mark.hpp"

namespace burnbox {

// A person makes this file in a folder that is to take the place of the one that is expected there.
inline constexpr std::string_view kAdoptFile = ".burnbox-adopt";

class KnownFolders {
  public:
    // What state_dir says. Errors: corrupt, or those of reading. `state_fs` outlives this.
    [[nodiscard]] static Result<std::unique_ptr<KnownFolders>> open(FileSystem& state_fs);

    // Whether the folder at `path`, an absolute one on this machine, is the one that is known there. One that
    // is new to this server is taken on: it gets its mark and is remembered, both durably. Errors:
    // unreachable, a sentence that says what is there instead and what to do.
    [[nodiscard]] Status check(FolderKind kind, const std::string& path);

    // The same without taking anything on: a folder that is new is fine.
    [[nodiscard]] Status look(FolderKind kind, const std::string& path) const;

    // For a folder that is not ours to write marks in: whether the file system that it was on is mounted, as
    // far as its mount point tells. Errors: unreachable, with what to do.
    [[nodiscard]] Status check_mount(FolderKind kind, const std::string& path);

    // The same without remembering anything.
    [[nodiscard]] Status look_mount(FolderKind kind, const std::string& path) const;

    // Whether a folder is expected at `path`: it must not be made anew then.
    [[nodiscard]] bool knows(const std::string& path) const;

    [[nodiscard]] const std::string& identity() const { return own_.identity; }  // of state_dir

  private:
    KnownFolders(FileSystem& state_fs, FolderMark own, bool is_new)
        : state_fs_(state_fs), own_(std::move(own)), is_new_(is_new) {}

    struct Known {
        std::string kind;      // as in FolderMark
        std::string identity;  // "" = it has no mark of ours
        std::string mount;     // else: where its file system was mounted
    };
    // What is to be done with a folder that is there.
    enum class Then : std::uint8_t { nothing, take_on, remember };
    [[nodiscard]] Result<Then> judge(FileSystem& folder, FolderKind kind, const std::string& path) const;
    [[nodiscard]] Result<std::string> judge_mount(FolderKind kind, const std::string& path) const;
    [[nodiscard]] Status mark_state_dir();
    [[nodiscard]] Status take_on(FileSystem& folder, FolderKind kind, const std::string& path);
    [[nodiscard]] Status remember(const std::string& path, Known known);

    FileSystem& state_fs_;
    const FolderMark own_;
    bool is_new_ = false;  // state_dir is of a server that never ran
    mutable std::mutex mutex_;
    std::map<std::string, Known> known_;  // by path
};

}  // namespace burnbox
