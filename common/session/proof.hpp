// What the proof of a session found: before anything irreversible its tree is made as for a blank disc, read
// by the program's own reader, and compared with what was sealed.
#pragma once

#include <string>
#include <vector>

namespace burnbox {

struct ProofFinding {
    std::string path;  // in the session folder, any bytes; "" = the session as a whole
    std::string what;  // a sentence: "its link target differs"

    bool operator==(const ProofFinding&) const = default;
};

struct Proof {
    std::vector<ProofFinding> findings;  // at most 100; none: a disc will show it as it was sealed

    [[nodiscard]] bool good() const { return findings.empty(); }
};

// The first findings as one sentence, escaped: "photos/l: its link target differs; and 3 more".
[[nodiscard]] std::string to_sentence(const Proof& proof);

}  // namespace burnbox
