#include "server/sftp/handles.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include "server/sftp/protocol.hpp"
#include "server/sftp/wire.hpp"

namespace burnbox::sftp {
namespace {

std::uint32_t random_generation() {
    std::uint32_t value = 0;
    BB_ASSERT(getrandom(&value, sizeof value, 0) == static_cast<ssize_t>(sizeof value));
    return value;
}

}  // namespace

HandleTable::HandleTable(std::shared_ptr<HandleBudget> budget)
    : budget_(std::move(budget)), generation_(random_generation()) {}
HandleTable::~HandleTable() {
    for (const Slot& slot : slots_)
        if (slot.handle) --budget_->open;
}

Status HandleTable::check_room() const {
    if (budget_->open < budget_->most) return {};
    return fail(
        Errc::limit,
        fmt::format(
            "open: this connection has {} files and folders open already: close some first (limits.handles)",
            budget_->open));
}

std::string HandleTable::add(std::shared_ptr<OpenHandle> handle) {
    std::size_t index = slots_.size();
    if (free_.empty()) {
        slots_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    const std::uint32_t generation = generation_++;
    slots_[index] = {std::move(handle), generation};
    ++budget_->open;
    std::string wire(kHandleBytes, '\0');
    auto* bytes = reinterpret_cast<std::byte*>(wire.data());
    store_u32(bytes, static_cast<std::uint32_t>(index));
    store_u32(bytes + 4, generation);
    return wire;
}

std::optional<std::size_t> HandleTable::index_of(std::string_view wire) const {
    if (wire.size() != kHandleBytes) return std::nullopt;
    const auto* bytes = reinterpret_cast<const std::byte*>(wire.data());
    const std::size_t index = load_u32(bytes);
    if (index >= slots_.size() || !slots_[index].handle || slots_[index].generation != load_u32(bytes + 4))
        return std::nullopt;
    return index;
}

OpenHandle* HandleTable::find(std::string_view wire) const {
    const auto index = index_of(wire);
    return index ? slots_[*index].handle.get() : nullptr;
}

std::shared_ptr<OpenHandle> HandleTable::share(std::string_view wire) const {
    const auto index = index_of(wire);
    return index ? slots_[*index].handle : nullptr;
}

std::shared_ptr<OpenHandle> HandleTable::remove(std::string_view wire) {
    const auto index = index_of(wire);
    if (!index) return nullptr;
    --budget_->open;
    free_.push_back(*index);
    return std::move(slots_[*index].handle);
}

}  // namespace burnbox::sftp
