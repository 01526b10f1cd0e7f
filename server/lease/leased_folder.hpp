// The folder of a leased session as its disk has it: what is there, what a program changed, and putting that
// in order as an upload by other ways would have left it. Knows no records and takes no account's lock; the
// caller says when nobody else may be at work there. Everything blocks.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "server/files/sent_modes.hpp"
#include "server/lease/lease_rule.hpp"

namespace burnbox::upload {

// Of files that are not whole while a program works: a second after 1970, older than anything that is sent,
// so that
// --update sends it again too.
inline constexpr Timestamp kNobodysTime{std::chrono::seconds(1)};

// What a program found.
struct LeasedBefore {
    Stamps files, own_files;
    std::vector<std::string> others;  // folders and links
};

// What it left.
struct LeasedAfter {
    std::vector<std::size_t> changed;   // files, by entry of the look
    std::vector<std::string> brought;   // their paths
    std::vector<std::string> problems;  // what could not stay, for the client
    std::vector<FoundMode> modes;       // what the client sent
};

struct LeasedCount {
    std::uint64_t files = 0, bytes = 0;
    std::uint64_t others = 0;  // folders and links
};

class LeasedFolder {
  public:
    // `top` in `fs` is the session's folder.
    LeasedFolder(FileSystem& fs, std::string top) : fs_(fs), top_(std::move(top)) {}

    // Other clients may remove and rename meanwhile: looks again when it must.
    [[nodiscard]] Result<FolderLook> look() const;
    // So that it can be looked at and worked in, whatever modes a program left; these.
    [[nodiscard]] std::vector<FoundMode> make_accessible() const { return open_up(fs_, top_, false); }
    // Gives files a time that no sender has.
    [[nodiscard]] Status make_nobodys(const std::vector<std::string>& paths) const;
    // Files below, while a program renames and removes all the time: what can't be looked at is left out.
    // Without `sizes` no file is touched.
    [[nodiscard]] LeasedCount count(bool sizes) const;
    // Links get their targets again or go, modes are those of staging copies (in `now` too), burnbox's own
    // names are kept free. `refused`: a marker was refused meanwhile. `names` is held where a name is looked
    // at and then changed: others may be at work there.
    [[nodiscard]] LeasedAfter put_in_order(const LeasedBefore& before, bool refused, FolderLook& now,
                                           std::mutex& names) const;

  private:
    [[nodiscard]] Result<FolderLook> look_once() const;
    void finish_links(const FolderLook& now, LeasedAfter& after, std::mutex& names) const;
    [[nodiscard]] Status finish_link(const WalkEntry& entry, LeasedAfter& after, std::mutex& names) const;
    void tame(WalkEntry& entry, const LeasedBefore& before, LeasedAfter& after) const;
    void keep_own_names(const LeasedBefore& before, bool refused, const FolderLook& now,
                        LeasedAfter& after) const;

    FileSystem& fs_;
    const std::string top_;
};

}  // namespace burnbox::upload
