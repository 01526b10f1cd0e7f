// How a session that is larger than a disc is split (burn.span): by whole files, in the order of their paths,
// so that folders stay together as far as they can. Pure: the same manifest and sizes give the same parts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/session/sealed_session.hpp"

namespace burnbox {

// What a session takes on the disc with everything around it; never too small.
[[nodiscard]] std::uint64_t needed_bytes(const Manifest& manifest, unsigned redundancy);

// Every entry of the manifest in exactly one part, but for folders: those that something lies in are in each
// part with something in them. A link to a file is in the file's part, so that it leads somewhere. Every part
// fits on a disc that takes `capacity_bytes`. Error: does_not_fit, with the file that fits on none and both
// sizes.
[[nodiscard]] Result<std::vector<Manifest>> plan_parts(const Manifest& manifest, const std::string& account,
                                                       const std::string& disc_name,
                                                       std::uint64_t capacity_bytes, unsigned redundancy);

// The parts as sessions: what their seal records say.
[[nodiscard]] std::vector<SealedSession> make_parts(const SealedSession& whole, const std::string& seal_id,
                                                    std::vector<Manifest> manifests);

}  // namespace burnbox
