// A new Ed25519 key pair in OpenSSH's files, for whoever starts burnbox without having a key.
#pragma once

#include <string>

#include "common/keys/public_key.hpp"

namespace burnbox {

// Makes FOLDER/NAME (private, not encrypted, mode 0600) and FOLDER/NAME.pub, durably; the public one first,
// so that a private key never lacks it. An existing pair of that name is replaced. FOLDER must exist. Blocks
// on the disk.
[[nodiscard]] Result<PublicKey> make_key_file(const std::string& folder, const std::string& name,
                                              const std::string& comment);

}  // namespace burnbox
