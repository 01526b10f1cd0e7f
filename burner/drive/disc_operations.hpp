// What can be done with a disc, as functions that call libisoburn. Its libraries keep global state that does
// not survive a second use (a drive released and acquired again crashes), so each process may call one of
// these once: see worker.hpp. Every message of severity SORRY or above is a failure. All of them block.
#pragma once

#include <string>

#include "burner/drive/drive.hpp"
#include "common/session/proof.hpp"

namespace burnbox {

struct Device {
    std::string path;              // "/dev/sr0", or the image file of an emulated disc
    std::string medium;            // what an emulated disc plays: "dvd+r"; empty = a real drive
    bool write_once_only = false;  // refuse rewritable discs
    double speed = 0;              // of burning, in "x" of the medium; 0 = as fast as it goes
    [[nodiscard]] bool emulated() const { return !medium.empty(); }
};

// What a real drive holds, asked of the kernel without touching the medium: a tray that was opened stays
// open.
enum class Presence : std::uint8_t { unknown, no_disc, tray_open, disc };
struct Look {
    Presence presence = Presence::unknown;
    bool changed = false;  // the kernel noticed another medium since the last look
};
[[nodiscard]] Result<Look> look_at(const Device& device);

// The tray of a real drive is open: somebody is at it, and only load_disc() closes it.
[[nodiscard]] bool tray_is_open(const Device& device);

[[nodiscard]] Result<Medium> inspect_disc(const Device& device);
// Opens a real drive's tray; says that nothing is in it.
[[nodiscard]] Result<Medium> eject_disc(const Device& device);
// Closes a real drive's tray and says what is in it.
[[nodiscard]] Result<Medium> load_disc(const Device& device);

// Drive::burn. On an emulated disc a failure after the first write is undone before this returns.
[[nodiscard]] Result<Written> burn_disc(const Device& device, const BurnJob& job, BurnObserver& observer);

// Prover::prove.
[[nodiscard]] Result<Proof> prove_sessions(const BurnJob& job);

// Drive::verify.
[[nodiscard]] Result<VerifyReport> verify_disc(const Device& device, const BurnJob& job,
                                               unsigned disc_session, BurnObserver& observer);

// Drive::contents.
[[nodiscard]] Result<std::vector<FoundDiscSession>> contents_of_disc(const Device& device,
                                                                     const DiscIdentity& identity,
                                                                     unsigned known);

// Drive::settle.
[[nodiscard]] Result<Drive::Outcome> settle_disc(const Device& device, const BurnJob& job,
                                                 unsigned disc_session, std::uint32_t start_lba);

}  // namespace burnbox
