// A marker that is sent again while its session is being sealed, or was, under the name that it had: by
// clients that gave up waiting, and try again. Nothing of it is kept; its CLOSE is answered by the seal when
// it is the marker that the session was sealed with. Thread rule: the connection's thread.
#pragma once

#include <memory>

#include "server/sessions/resolved_path.hpp"
#include "server/upload/client.hpp"

namespace burnbox::upload {

class RepeatedMarker final : public UploadFile {
  public:
    explicit RepeatedMarker(ResolvedPath place) : place_(std::move(place)) {}

    [[nodiscard]] Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override;
    [[nodiscard]] Status write_at(std::span<const std::byte> data, std::uint64_t offset) override;
    [[nodiscard]] Result<FileInfo> info() override;
    [[nodiscard]] Status set_attributes(const Attributes& /*attributes*/) override { return {}; }

    [[nodiscard]] const ResolvedPath& place() const { return place_; }
    // Nothing when it did not come in order.
    [[nodiscard]] std::optional<Sha256> digest();

  private:
    const ResolvedPath place_;
    Sha256Hasher hasher_;
    std::uint64_t size_bytes_ = 0;
    bool in_order_ = true;
};

// Whether an OPEN for writing at this place would be one.
[[nodiscard]] bool is_repeated_marker(const SessionRegistry& registry, const ResolvedPath& place);

// Whether this place has a marker's name, by the configuration or because its session was, or is being,
// sealed with it.
[[nodiscard]] bool is_marker_of(const SessionRegistry& registry, const ResolvedPath& place);

// It has come whole, with this digest; nothing when nobody knows. Account not locked.
void answer_repeated_marker(const std::shared_ptr<SessionRegistry>& registry,
                            const std::shared_ptr<Account>& account, const ResolvedPath& place,
                            const std::optional<Sha256>& digest, Done done);

}  // namespace burnbox::upload
