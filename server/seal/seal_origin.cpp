#include "server/seal/seal_origin.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "server/seal/seal_content.hpp"

namespace burnbox::upload {

SealStep<SealContent> SealOrigin::read(OpenSession& session, const SealRequest& request) {
    return read_seal_content(*this, session, request);
}

std::string SealOrigin::seal_id() const {
    return random_uuid();
}

std::string SealOrigin::words_for_again(const OpenSession& session) const {
    return fmt::format("burnbox burn {} --again", escape(session.name));
}

}  // namespace burnbox::upload
