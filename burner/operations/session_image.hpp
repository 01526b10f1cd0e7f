// The image of the next disc session, put together: the tree that the disc has, the sessions that come to it,
// README.txt on a disc's first one. Burning and proving make it here, so that what is proven at the seal is
// what is burned. Thread: the operation's.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "burner/image/iso_tree.hpp"
#include "burner/media/job_sessions.hpp"
#include "burner/media/opened_disc.hpp"

namespace burnbox {

class SessionImage {
  public:
    // Attached to the disc. Reads the tree of its newest disc session, if it has one: libisofs answers one
    // that it can't read with an empty tree and a warning, and everything burned before would vanish from
    // sight; that is wrong_medium here. `time`: of the disc session.
    [[nodiscard]] static Result<std::unique_ptr<SessionImage>> load(OpenedDisc& disc, const BurnJob& job,
                                                                    Timestamp time,
                                                                    IsoTree::Contents contents);
    ~SessionImage();
    SessionImage(const SessionImage&) = delete;
    SessionImage& operator=(const SessionImage&) = delete;

    // Errors: exists, unsupported, what the file system says of a session's folder.
    [[nodiscard]] Status add(const std::vector<JobSession>& sessions);
    // What libisofs can't be told to write otherwise, put right in the blocks before the first file's
    // content, in place; `start_lba` is the address of the first of them.
    [[nodiscard]] Status patch(std::span<std::byte> tree_blocks, std::uint32_t start_lba);
    // Host path of a folder for what is too large for memory; "" = any.
    [[nodiscard]] std::string spool_folder() const;
    [[nodiscard]] Timestamp time() const { return time_; }
    // What the disc gets beside the sessions; nothing when it has it already or a session brings its own.
    [[nodiscard]] const std::optional<DiscEntry>& readme() const { return readme_; }
    [[nodiscard]] IsoTree& tree() { return *tree_; }

  private:
    SessionImage(const BurnJob& job, Timestamp time) : job_(job), time_(time) {}
    [[nodiscard]] Status read_image(OpenedDisc& disc);
    [[nodiscard]] Status add_from(const std::string& host_folder, const std::vector<DiscEntry>& entries);
    [[nodiscard]] Status add_readme(const std::vector<JobSession>& sessions);
    [[nodiscard]] bool first() const { return job_.disc.sessions_used == 0; }

    const BurnJob& job_;
    const Timestamp time_;
    IsoTree::Contents contents_ = IsoTree::Contents::read;
    burn::IsoImage* image_ = nullptr;
    std::unique_ptr<IsoTree> tree_;
    std::optional<DiscEntry> readme_;
};

}  // namespace burnbox
