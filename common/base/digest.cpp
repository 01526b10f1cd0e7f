#include "common/base/digest.hpp"

#include <openssl/evp.h>

#include "common/base/error.hpp"

namespace burnbox {
namespace {

EVP_MD_CTX* context(void* state) {
    return static_cast<EVP_MD_CTX*>(state);
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// EVP_sha256() is looked up in OpenSSL's providers at every init; fetched once it is not.
const EVP_MD* algorithm() {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return sha256;
}

}  // namespace

std::string Sha256::hex() const {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

std::optional<Sha256> Sha256::parse(std::string_view hex) {
    Sha256 digest;
    if (hex.size() != digest.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
        const int high = digit(hex[2 * i]);
        const int low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return digest;
}

Sha256 Sha256::of(std::string_view data) {
    Sha256Hasher hasher;
    hasher.update(data);
    return hasher.finish();
}

void Sha256Hasher::Free::operator()(void* state) const {
    EVP_MD_CTX_free(context(state));
}

Sha256Hasher::Sha256Hasher() : state_(EVP_MD_CTX_new()) {
    BB_ASSERT(state_ != nullptr);
    reset();
}

Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

void Sha256Hasher::update(std::span<const std::byte> data) {
    BB_ASSERT(EVP_DigestUpdate(context(state_.get()), data.data(), data.size()) == 1);
}

Sha256 Sha256Hasher::finish() {
    Sha256 digest;
    BB_ASSERT(EVP_DigestFinal_ex(context(state_.get()), digest.bytes.data(), nullptr) == 1);
    return digest;
}

void Sha256Hasher::reset() {
    BB_ASSERT(EVP_DigestInit_ex2(context(state_.get()), algorithm(), nullptr) == 1);
}

}  // namespace burnbox
