#include "burner/media/job_sessions.hpp"
#include "burner/operations/disc_operations.hpp"
#include "burner/operations/session_image.hpp"
#include "burner/operations/session_writer.hpp"
#include "burner/operations/tree_proof.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

// Of the memory, the disk, the libraries: it says nothing about the session.
bool can_not_be_told(const Error& error) {
    switch (error.code) {
        case Errc::busy:
        case Errc::no_space:
        case Errc::limit:
        case Errc::not_found:
        case Errc::permission:
        case Errc::corrupt:
            return true;
        default:
            return false;
    }
}

// The path in the session folder of what lies at this path on the disc; "" = it is none of the session's own.
std::string session_path(const JobSession& session, Layout layout, const std::string& disc_path) {
    for (const DiscEntry& entry : session.entries)
        if (entry.path == disc_path && !entry.staged.empty() && !entry.parity) return entry.staged;
    const std::string front = payload_place(session.sealed, layout);
    if (front.empty()) return disc_path;
    return disc_path.starts_with(front + "/") ? disc_path.substr(front.size() + 1) : "";
}

class SessionProof {
  public:
    explicit SessionProof(const BurnJob& job) : job_(job) {}

    Result<Proof> run() {
        BB_TRY(sessions_, read_job_sessions(job_));
        BB_TRY(const auto disc, OpenedDisc::open_nothing());
        Mismatches mismatches;
        if (const Status made = make(*disc, mismatches); !made) {
            if (can_not_be_told(made.error())) return std::unexpected(made.error());
            return Proof{{{"", made.error().message}}};  // libisofs can't make it at all
        }
        Proof proof;
        for (const Mismatch& mismatch : mismatches.items()) proof.findings.push_back(finding(mismatch));
        return proof;
    }

  private:
    Status make(OpenedDisc& disc, Mismatches& mismatches) const {
        const Timestamp time = newest_seal(sessions_);
        BB_TRY(const auto image, SessionImage::load(disc, job_, time, IsoTree::Contents::unread));
        BB_CHECK(image->add(sessions_));
        BB_TRY(const auto writer, SessionWriter::prepare(disc, *image));
        return prove_tree(writer->tree_bytes(), writer->tree(), writer->blocks(),
                          {job_.disc, sessions_, job_.layout, image->readme(), time, nullptr}, mismatches);
    }

    ProofFinding finding(const Mismatch& mismatch) const {
        for (const JobSession& session : sessions_)
            if (std::string path = session_path(session, job_.layout, mismatch.path); !path.empty())
                return {std::move(path), mismatch.what};
        return {"",
                mismatch.path.empty() ? mismatch.what : "/" + escape(mismatch.path) + ": " + mismatch.what};
    }

    const BurnJob& job_;
    std::vector<JobSession> sessions_;
};

}  // namespace

Result<Proof> prove_sessions(const BurnJob& job) {
    return SessionProof(job).run();
}

}  // namespace burnbox
