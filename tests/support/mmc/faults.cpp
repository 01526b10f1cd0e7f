#include "tests/support/mmc/faults.hpp"

namespace burnbox::mmc {
namespace {

bool transfers_blocks(std::uint8_t opcode) {
    return opcode == 0x28 || opcode == 0x2a;
}

bool matches(const Fault& fault, const Command& command) {
    if (fault.kind == FaultKind::none || fault.kind == FaultKind::open_busy || fault.times == 0) return false;
    if (fault.opcode != Fault::kAnyOpcode && fault.opcode != command.at(0)) return false;
    return fault.block == Fault::kAnyBlock || touches(command, fault.block);
}

}  // namespace

bool touches(const Command& command, std::int32_t block) {
    if (!transfers_blocks(command.at(0))) return false;
    const auto first = static_cast<std::int32_t>(command.be32(2));
    const auto count = static_cast<std::int32_t>(command.be16(7));
    return block >= first && block < first + count;
}

Fault take_fault(Faults& faults, const Command& command) {
    for (Fault& fault : faults) {
        if (!matches(fault, command)) continue;
        if (fault.skip > 0) {
            --fault.skip;
            continue;
        }
        --fault.times;
        return fault;
    }
    return {};
}

}  // namespace burnbox::mmc
