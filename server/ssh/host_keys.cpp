#include "server/ssh/host_keys.hpp"

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <sys/stat.h>

#include <mutex>

#include "common/base/log.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"
#include "server/ssh/algorithms.hpp"

namespace burnbox {
namespace {

constexpr const char* kFolder = "host_keys";
constexpr std::uint64_t kLargestKeyFile = 64U << 10U;

struct FreeKey {
    void operator()(ssh_key_struct* key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

struct FreeText {
    void operator()(char* text) const { ssh_string_free_char(text); }
};
using Text = std::unique_ptr<char, FreeText>;

struct KeyKind {
    const char* file;
    ssh_keytypes_e type;
    int bits;
};
constexpr KeyKind kKinds[] = {{"host_keys/ssh_host_ed25519_key", SSH_KEYTYPE_ED25519, 0},
                              {"host_keys/ssh_host_rsa_key", SSH_KEYTYPE_RSA, 3072}};

Result<std::string> generate(const KeyKind& kind) {
    ssh_key raw = nullptr;
    if (ssh_pki_generate(kind.type, kind.bits, &raw) != SSH_OK)
        return fail(Errc::io, "host keys: libssh can't make a key");
    const Key key(raw);
    char* text = nullptr;
    if (ssh_pki_export_privkey_base64(key.get(), nullptr, nullptr, nullptr, &text) != SSH_OK)
        return fail(Errc::io, "host keys: libssh can't write a key");
    const Text owned(text);
    return std::string(text);
}

Result<Key> load(FileSystem& fs, const KeyKind& kind) {
    auto info = fs.info(kind.file);
    if (!info && info.error().code == Errc::not_found) {
        BB_TRY(const std::string fresh, generate(kind));
        BB_CHECK(replace_file(fs, kind.file, fresh, Durability::durable, 0600));
        log::info("host key made", log::kv("file", fs.host_path(kind.file)));
        info = fs.info(kind.file);
    }
    if (!info) return std::unexpected(info.error());
    if (info->type != FileType::file || (info->mode & 0077U) != 0)
        return fail(Errc::permission, "host key " + fs.host_path(kind.file) +
                                          ": others may read it; make it safe with: chmod 600 " +
                                          fs.host_path(kind.file));
    BB_TRY(const std::string text, read_file(fs, kind.file, kLargestKeyFile));
    ssh_key raw = nullptr;
    if (ssh_pki_import_privkey_base64(text.c_str(), nullptr, nullptr, nullptr, &raw) != SSH_OK)
        return fail(Errc::corrupt, "host key " + fs.host_path(kind.file) +
                                       ": not a private key without passphrase; "
                                       "move it away and a new one is made");
    return Key(raw);
}

std::string public_line(ssh_key key) {
    char* text = nullptr;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK) return {};
    const Text owned(text);
    return std::string(ssh_key_type_to_char(ssh_key_type(key))) + " " + text;
}

std::string fingerprint_of(ssh_key key) {
    unsigned char* hash = nullptr;
    std::size_t length = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != SSH_OK) return {};
    const Text text(ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length));
    ssh_clean_pubkey_hash(&hash);
    return text ? std::string(text.get()) : std::string();
}

}  // namespace

struct HostKeys::Bind {
    std::mutex mutex;
    ssh_bind bind = ssh_bind_new();
    ~Bind() { ssh_bind_free(bind); }

    Status set(ssh_bind_options_e option, const void* value) const {
        if (ssh_bind_options_set(bind, option, value) == SSH_OK) return {};
        return fail(Errc::invalid, std::string("ssh options: ") + ssh_get_error(bind));
    }
};

HostKeys::HostKeys(std::unique_ptr<Bind> bind) : bind_(std::move(bind)) {}
HostKeys::~HostKeys() = default;

Result<std::unique_ptr<HostKeys>> HostKeys::open(const std::string& state_dir) {
    BB_TRY(const auto fs, open_posix_file_system(state_dir));
    if (auto made = fs->make_folder(kFolder, 0700); !made && made.error().code != Errc::exists)
        return std::unexpected(std::move(made).error());
    auto bind = std::make_unique<Bind>();
    if (bind->bind == nullptr) return fail(Errc::io, "libssh: out of memory");
    // Else libssh would read the system's own configuration of ssh servers.
    const bool no = false;
    BB_CHECK(bind->set(SSH_BIND_OPTIONS_PROCESS_CONFIG, &no));
    BB_CHECK(bind->set(SSH_BIND_OPTIONS_KEY_EXCHANGE, algorithms::kKeyExchange));
    BB_CHECK(bind->set(SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, algorithms::kHostKeys));
    for (const auto option : {SSH_BIND_OPTIONS_CIPHERS_C_S, SSH_BIND_OPTIONS_CIPHERS_S_C})
        BB_CHECK(bind->set(option, algorithms::kCiphers));
    for (const auto option : {SSH_BIND_OPTIONS_HMAC_C_S, SSH_BIND_OPTIONS_HMAC_S_C})
        BB_CHECK(bind->set(option, algorithms::kMacs));
    BB_CHECK(bind->set(SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, algorithms::kUserKeys));
    BB_CHECK(bind->set(SSH_BIND_OPTIONS_RSA_MIN_SIZE, &algorithms::kSmallestRsa));

    std::unique_ptr<HostKeys> keys(new HostKeys(std::move(bind)));
    for (const KeyKind& kind : kKinds) {
        BB_TRY(Key key, load(*fs, kind));
        if (kind.type == SSH_KEYTYPE_ED25519) {
            keys->fingerprint_ = fingerprint_of(key.get());
            keys->line_ = public_line(key.get());
        }
        BB_CHECK(keys->bind_->set(SSH_BIND_OPTIONS_IMPORT_KEY, key.get()));
        (void)key.release();  // the bind owns it now
    }
    return keys;
}

Status HostKeys::accept(ssh_session_struct* session, int socket) {
    const std::lock_guard lock(bind_->mutex);
    if (ssh_bind_accept_fd(bind_->bind, session, socket) == SSH_OK) return {};
    return fail(Errc::io, std::string("ssh accept: ") + ssh_get_error(bind_->bind));
}

}  // namespace burnbox
