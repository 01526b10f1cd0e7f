// READ (10) (MMC-5 6.15): only what is recorded can be read.
#include "tests/support/mmc/model.hpp"

namespace burnbox::mmc {
namespace {

Reply read10(MmcModel& model, const Command& command) {
    const auto first = static_cast<std::int32_t>(command.be32(2));
    const auto count = static_cast<std::int32_t>(command.be16(7));
    for (std::int32_t lba = first; lba < first + count; ++lba) {
        if (!model.disc->recorded(lba)) return fails(sense::kOutOfRange);
        if (model.disc->in_run_out(lba)) return fails(sense::kIllegalMode);
        if (model.disc->is_unreadable(lba)) return fails(sense::kReadError);
    }
    Reply reply;
    reply.data.resize(static_cast<std::size_t>(count) * kBlockBytes);
    model.blocks->read(first, reply.data);
    return reply;
}

}  // namespace

Handler read_command(std::uint8_t opcode) {
    return opcode == 0x28 ? read10 : nullptr;
}

}  // namespace burnbox::mmc
