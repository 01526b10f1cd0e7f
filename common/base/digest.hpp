// SHA-256, the one digest of the project: taken while receiving, in the manifest, in the burn stream, on
// read-back.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace burnbox {

struct Sha256 {
    std::array<std::uint8_t, 32> bytes{};

    auto operator<=>(const Sha256&) const = default;
    [[nodiscard]] std::string hex() const;                                   // 64 lower-case digits
    [[nodiscard]] static std::optional<Sha256> parse(std::string_view hex);  // either case
    [[nodiscard]] static Sha256 of(std::string_view data);
};

// Incremental SHA-256 by OpenSSL EVP. Used by one thread at a time; finish() may be called once, reset()
// starts anew.
class Sha256Hasher {
  public:
    Sha256Hasher();
    ~Sha256Hasher();
    Sha256Hasher(Sha256Hasher&&) noexcept;
    Sha256Hasher& operator=(Sha256Hasher&&) noexcept;

    void update(std::span<const std::byte> data);
    void update(std::string_view data) { update(std::as_bytes(std::span(data))); }
    [[nodiscard]] Sha256 finish();
    void reset();

  private:
    struct Free {
        void operator()(void* state) const;
    };
    std::unique_ptr<void, Free> state_;
};

}  // namespace burnbox
