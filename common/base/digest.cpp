#include "common/base/digest.hpp"

#include <openssl/evp.h>

#include <cstring>

#include "common/base/error.hpp"
#include "common/base/text.hpp"

namespace burnbox {
namespace {

EVP_MD_CTX* context(void* state) {
    return static_cast<EVP_MD_CTX*>(state);
}

// EVP_sha256() is looked up in OpenSSL's providers at every init; fetched once it is not.
const EVP_MD* algorithm() {
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return sha256;
}

}  // namespace

std::string Sha256::hex() const {
    return to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<Sha256> Sha256::parse(std::string_view hex) {
    Sha256 digest;
    if (hex.size() != digest.bytes.size() * 2) return std::nullopt;
    const auto parsed = from_hex(hex);
    if (!parsed) return std::nullopt;
    std::memcpy(digest.bytes.data(), parsed->data(), digest.bytes.size());
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
