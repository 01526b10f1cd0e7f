// Formats: RFC 8709 (the public key's blob) and OpenSSH's PROTOCOL.key (the private file).
#include "common/keys/key_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <memory>

#include "common/keys/base64.hpp"
#include "common/storage/durable_file.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox {
namespace {

constexpr std::string_view kType = "ssh-ed25519";
constexpr std::size_t kCipherBlock = 8;  // of the cipher "none"

struct RawKey {
    std::string seed, point;
    ~RawKey() { OPENSSL_cleanse(seed.data(), seed.size()); }
};

Result<RawKey> generate() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    std::array<unsigned char, 32> seed{}, point{};
    std::size_t seed_size = seed.size(), point_size = point.size();
    if (key == nullptr || EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &seed_size) != 1 ||
        EVP_PKEY_get_raw_public_key(key.get(), point.data(), &point_size) != 1)
        return fail(Errc::io, "make a key: OpenSSL has no Ed25519");
    RawKey raw{std::string(seed.begin(), seed.end()), std::string(point.begin(), point.end())};
    OPENSSL_cleanse(seed.data(), seed.size());
    return raw;
}

std::string number(std::uint32_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift & 0xFFU);
    return bytes;
}

std::string field(std::string_view content) {
    return number(static_cast<std::uint32_t>(content.size())).append(content);
}

Result<std::string> private_file(const RawKey& raw, const std::string& public_blob,
                                 const std::string& comment) {
    std::array<unsigned char, 4> check{};
    if (RAND_bytes(check.data(), static_cast<int>(check.size())) != 1)
        return fail(Errc::io, "make a key: no random numbers");
    std::string secret;
    for (int i = 0; i < 2; ++i) secret.append(check.begin(), check.end());
    secret += field(kType) + field(raw.point) + field(raw.seed + raw.point) + field(comment);
    for (char padding = 1; secret.size() % kCipherBlock != 0; ++padding) secret += padding;

    std::string file("openssh-key-v1\0", 15);
    file += field("none") + field("none") + field("") + number(1) + field(public_blob) + field(secret);
    std::string text = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    const std::string base64 = base64_encode(file);
    for (std::size_t at = 0; at < base64.size(); at += 70) text += base64.substr(at, 70) + "\n";
    return text + "-----END OPENSSH PRIVATE KEY-----\n";
}

}  // namespace

Result<PublicKey> make_key_file(const std::string& folder, const std::string& name,
                                const std::string& comment) {
    BB_TRY(const RawKey raw, generate());
    const std::string blob = field(kType) + field(raw.point);
    PublicKey key{std::string(kType), base64_encode(blob), comment};
    BB_TRY(const std::string secret, private_file(raw, blob, comment));
    BB_TRY(const auto fs, open_posix_file_system(folder));
    BB_CHECK(replace_file(*fs, name + ".pub", key.type + " " + key.base64 + " " + comment + "\n"));
    BB_CHECK(replace_file(*fs, name, secret, Durability::durable, 0600));
    return key;
}

}  // namespace burnbox
