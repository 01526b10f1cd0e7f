#include "burner/prepare/seal_proof.hpp"

namespace burnbox {
namespace {

// No disc has this label or serial; any others make the same tree.
DiscIdentity blank_disc() {
    DiscIdentity disc;
    disc.label = "BURNBOX_PROOF";
    disc.serial = "00000000-0000-4000-8000-000000000000";
    return disc;
}

}  // namespace

Result<Proof> prove_seal(const BurnerServices& services, const std::string& seal_id) {
    BurnJob job;
    job.disc = blank_disc();
    job.sessions = {{.seal_record = services.state_fs.host_path(seal_record_path(seal_id)), .folder = {}}};
    const ConfigSnapshot config = services.config.snapshot();
    job.layout = config->burn.layout;
    job.modes = config->burn.modes;
    return services.prover.prove(job);
}

Result<Proof> prove_alone(const BurnerServices& services, BurnJob job) {
    job.disc = blank_disc();
    job.close_disc = false;
    return services.prover.prove(job);
}

}  // namespace burnbox
