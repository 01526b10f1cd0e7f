// The headers of libburn, libisofs and libisoburn, and what every use of them needs: one start per process,
// and their messages. libburn.h wraps itself in `namespace burn`; the others mean its types and must be read
// inside it. Only .cpp files of this layer that call the libraries include this. Thread: the operation's.
#pragma once

// Everything those headers include, so that none of it ends up inside the namespace.
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>

#include <cstring>
#include <string>

#include <libburn/libburn.h>
namespace burn {
#include <libisofs/libisofs.h>

#include <libisoburn/libisoburn.h>
}  // namespace burn

#include "burner/read/iso/disc_time.hpp"
#include "common/base/error.hpp"

namespace burnbox {

// Initialises the libraries, once per process.
[[nodiscard]] Status start_libburnia();

// What the libraries had to say since the last call. Both queues are drained; a message of severity SORRY or
// above is a failure even where the call that caused it reported success: the libraries write zeros for what
// they could not read and call that well.
class LibraryMessages {
  public:
    void drain();
    [[nodiscard]] bool failed() const { return !failure_.empty(); }
    [[nodiscard]] const std::string& failure() const { return failure_; }    // SORRY and above, one a line
    [[nodiscard]] const std::string& warnings() const { return warnings_; }  // WARNING, one a line
    // What failed so far was no failure of the operation: it is tried in another way, or told as a finding.
    void forget();
    // unreachable: the way to the drive failed; no_medium: the disc was taken out or changed; else io.
    [[nodiscard]] Errc failure_code() const;

    // drain(), then an error that names the operation when something failed or `result` <= 0.
    [[nodiscard]] Status check(int result, const std::string& operation);

  private:
    void take(const std::string& severity, int rank, int code, const std::string& text);

    std::string failure_;
    std::string warnings_;
    bool drive_lost_ = false;
    bool medium_gone_ = false;
};

// The libraries' parameters are char * where they mean const char *, and some keep the pointer: no temporary
// may go there.
[[nodiscard]] inline char* c_string(const char* literal) {
    return const_cast<char*>(literal);
}
[[nodiscard]] inline char* c_string(const std::string& text) {
    return const_cast<char*>(text.c_str());
}
char* c_string(std::string&& temporary) = delete;

}  // namespace burnbox
