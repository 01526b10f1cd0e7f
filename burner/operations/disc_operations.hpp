// What can be done with a disc, as functions that call libisoburn. Its libraries keep global state that does
// not survive a second use (a drive released and acquired again crashes), so each process may call one of
// these once: see worker.hpp. Every message of severity SORRY or above is a failure. All of them block.
#pragma once

#include <string>

#include "burner/drive/drive.hpp"
#include "burner/media/device.hpp"
#include "common/session/proof.hpp"

namespace burnbox {

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

// Drive::adjudicate.
[[nodiscard]] Result<Drive::Outcome> adjudicate_disc(const Device& device, const BurnJob& job,
                                                     unsigned disc_session, std::uint32_t start_lba);

}  // namespace burnbox
