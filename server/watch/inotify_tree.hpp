// The kernel's notices of everything that changes in a watched folder, down to the last folder. What appears
// is watched first and listed after that, so that nothing between the two is missed. Sealed sessions are not
// watched below. Thread: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace burnbox::watch {

struct Notice {
    enum class Kind : std::uint8_t {
        appeared,   // `top` is there now
        vanished,   // `top` is gone or has another name
        changed,    // something in the folder `top`; `inside` says what
        overflow,   // the kernel dropped notices: everything may have changed
        root_gone,  // the watched folder was removed, renamed or unmounted
    };
    Kind kind = Kind::changed;
    std::string top;         // name of a folder or file directly in the watched folder
    std::string inside;      // path in `top`; "" = itself
    bool is_folder = false;  // appeared, vanished
};

class InotifyTree {
  public:
    // Watches the folder itself, not yet what is in it. Errors of the kernel, with the setting to raise when
    // it is a limit.
    [[nodiscard]] static Result<std::unique_ptr<InotifyTree>> open(std::string host_root);
    InotifyTree(const InotifyTree&) = delete;
    InotifyTree& operator=(const InotifyTree&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }

    // Watches a folder of the root with everything below. What can't be read is left out; the seal says so.
    void watch(const std::string& top);
    void forget(const std::string& top);
    // Reads all notices that wait; never blocks. Folders that appear in watched ones are watched on the way.
    [[nodiscard]] Status read(const std::function<void(const Notice&)>& tell);
    // False once a limit of the kernel kept a folder from being watched: it has to be looked at from time to
    // time.
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] std::size_t size() const { return paths_.size(); }

  private:
    InotifyTree(UniqueFd fd, std::string host_root) : fd_(std::move(fd)), host_root_(std::move(host_root)) {}

    bool add(const std::string& path);  // relative to the root
    void note_incomplete(const std::string& path, int sys_errno);
    void add_below(const std::string& path);
    void take(std::uint32_t mask, int watch, std::string_view name,
              const std::function<void(const Notice&)>& tell);
    [[nodiscard]] std::string host(const std::string& path) const {
        return path.empty() ? host_root_ : host_root_ + "/" + path;
    }

    UniqueFd fd_;
    const std::string host_root_;
    std::unordered_map<int, std::string> paths_;  // of the folders watched, relative to the root
    std::map<std::string, int> watches_;  // the other way round, sorted: what is below stands together
    bool complete_ = true;
};

}  // namespace burnbox::watch
