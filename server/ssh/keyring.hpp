// Which public keys open which account. Looked up in the same time whatever the answer is: an unknown user, a
// foreign key and a known key of another account cost the same comparisons. Immutable after construction, so
// all threads share it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/config/config.hpp"

struct ssh_key_struct;

namespace burnbox {

class Keyring {
  public:
    // Keys that libssh can't read, and RSA keys below 2048 bits, are logged and left out.
    explicit Keyring(const std::map<std::string, AccountConfig>& accounts);
    // The one text of a key, whatever base64 padding or comment it came with; "" = it has none.
    [[nodiscard]] static std::string text_of(ssh_key_struct* key);
    // `key`: of text_of().
    [[nodiscard]] bool opens(const std::string& account, const std::string& key) const;

  private:
    struct Entry {
        std::string account, key;  // key: "type base64", as libssh writes it
    };
    std::vector<Entry> entries_;
};

}  // namespace burnbox
