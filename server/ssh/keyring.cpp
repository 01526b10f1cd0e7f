#include "server/ssh/keyring.hpp"

#include <libssh/libssh.h>
#include <openssl/crypto.h>

#include "common/base/log.hpp"
#include "server/ssh/algorithms.hpp"

namespace burnbox {
namespace {

bool equal(const std::string& a, const std::string& b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Keyring::Keyring(const std::map<std::string, AccountConfig>& accounts) {
    for (const auto& [name, account] : accounts) {
        for (const PublicKey& listed : account.keys) {
            ssh_key key = nullptr;
            const bool read =
                ssh_pki_import_pubkey_base64(listed.base64.c_str(),
                                             ssh_key_type_from_name(listed.type.c_str()), &key) == SSH_OK;
            const std::string text = read ? text_of(key) : std::string();
            ssh_key_free(key);
            // 2048 bits of modulus are 256 bytes, and base64 is a third longer than the 279 bytes of the
            // whole blob.
            const bool weak = listed.type == "ssh-rsa" && listed.base64.size() < 372;
            if (text.empty() || weak) {
                log::warning("key ignored", log::kv("account", name), log::kv("type", listed.type),
                             log::kv("comment", listed.comment),
                             log::kv("reason", weak ? "RSA below 2048 bits" : "not a public key"));
                continue;
            }
            entries_.push_back({name, text});
        }
    }
}

std::string Keyring::text_of(ssh_key_struct* key) {
    char* text = nullptr;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK) return {};
    std::string out = std::string(ssh_key_type_to_char(ssh_key_type(key))) + " " + text;
    ssh_string_free_char(text);
    return out;
}

bool Keyring::opens(const std::string& account, const std::string& offered) const {
    unsigned found = 0;
    for (const Entry& entry : entries_) {
        const unsigned same_key = equal(entry.key, offered) ? 1 : 0;
        const unsigned same_account = equal(entry.account, account) ? 1 : 0;
        found |= same_key & same_account;
    }
    return found != 0 && !offered.empty();
}

}  // namespace burnbox
