// What is a marker: the two rules of the contract, as pure functions over facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.hpp"
#include "common/session/manifest.hpp"

namespace burnbox::upload {

inline constexpr std::string_view kChecksumList = "SHA256SUMS";

// Whether a plain file at this path in its session is a marker by its name: directly in the session folder,
// named in session.marker.
[[nodiscard]] bool is_marker_name(const SessionConfig& config, std::string_view inside);
// Whether SHA256SUMS files are evaluated at all.
[[nodiscard]] bool uses_checksum_list(const SessionConfig& config);
// Whether the session's marker is part of its data too: a checksum list, what is too large to be kept beside
// the data, and what has content where the disc has nothing beside the data (has_tag_files).
[[nodiscard]] bool is_data_too(std::string_view marker, std::uint64_t size_bytes, bool checksum_list_used,
                               bool has_tag_files);
// Whether a disc of this layout has the marker's bytes in a file of their own: not beside a session that is a
// bag already.
[[nodiscard]] bool has_tag_files(Layout layout, const Manifest& manifest);
// Names that are never markers by the predecessor's rule, whatever their case: session.ignore, and those that
// programs make by themselves.
[[nodiscard]] bool is_ignored(const SessionConfig& config, std::string_view inside);

// What the predecessor's rule looks at. Times are numbers of Uploads' own counter: it only says what came
// first.
struct AnyFileFacts {
    struct TopFile {
        std::string name;
        bool whole = false;               // complete, by a connection that we saw
        std::uint64_t sender_opened = 0;  // when the connection that sent it was opened; 0 = unknown
    };
    std::vector<TopFile> top_files;  // plain files directly in the session folder, without burnbox's own
    bool folder_beside = false;
    bool data_below = false;           // a file in one of the folders, sent by somebody we saw
    std::uint64_t rest_completed = 0;  // when the last of everything else was complete
    bool writers_closed = false;       // every connection that wrote there has closed
};

// The marker by the predecessor's rule (session.any_file), if there is one: a file that is data in every
// doubtful case. Whether the rest is whole is the seal's question: who sent the file gets its answer.
[[nodiscard]] std::optional<std::string> marker_by_any_file(const SessionConfig& config,
                                                            const AnyFileFacts& facts);

// What open sessions without marker wait for: "no marker yet: send BURN".
[[nodiscard]] std::string no_marker_text(const SessionConfig& config);

}  // namespace burnbox::upload
