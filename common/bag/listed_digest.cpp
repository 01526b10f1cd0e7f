#include "common/bag/listed_digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/text.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

// As a bag calls it, without what is no letter or digit, and as OpenSSL does.
constexpr std::array<std::pair<std::string_view, const char*>, 14> kAlgorithms{{
    {"md5", "MD5"},
    {"sha1", "SHA1"},
    {"sha224", "SHA2-224"},
    {"sha256", "SHA2-256"},
    {"sha384", "SHA2-384"},
    {"sha512", "SHA2-512"},
    {"sha512224", "SHA2-512/224"},
    {"sha512256", "SHA2-512/256"},
    {"sha3224", "SHA3-224"},
    {"sha3256", "SHA3-256"},
    {"sha3384", "SHA3-384"},
    {"sha3512", "SHA3-512"},
    {"blake2b512", "BLAKE2B-512"},
    {"blake2s256", "BLAKE2S-256"},
}};

struct FreeAlgorithm {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Nothing: not known, or this system's OpenSSL forbids it.
std::unique_ptr<EVP_MD, FreeAlgorithm> fetch(std::string_view algorithm) {
    const auto* const known =
        std::ranges::find(kAlgorithms, algorithm, &std::pair<std::string_view, const char*>::first);
    if (known == kAlgorithms.end()) return nullptr;
    return std::unique_ptr<EVP_MD, FreeAlgorithm>(EVP_MD_fetch(nullptr, known->second, nullptr));
}

}  // namespace

bool is_known_algorithm(std::string_view algorithm) {
    return fetch(algorithm) != nullptr;
}

Result<std::string> listed_digest(File& file, std::string_view algorithm) {
    const auto fetched = fetch(algorithm);
    const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
    if (!fetched || EVP_DigestInit_ex2(context.get(), fetched.get(), nullptr) != 1)
        return fail(Errc::invalid, fmt::format("digest: {} is not known here", escape(algorithm)));
    std::vector<std::byte> buffer(kReadBytes);
    for (std::uint64_t offset = 0;;) {
        BB_TRY(const std::size_t got, file.read_at(buffer, offset));
        if (got == 0) break;
        BB_ASSERT(EVP_DigestUpdate(context.get(), buffer.data(), got) == 1);
        offset += got;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    BB_ASSERT(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace burnbox
