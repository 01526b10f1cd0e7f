#include "server/ssh/identification.hpp"

namespace burnbox {
namespace {

bool may_become(std::string_view bytes, std::string_view prefix) {
    return bytes.substr(0, prefix.size()) == prefix.substr(0, bytes.size());
}

}  // namespace

Identification read_identification(std::string_view bytes) {
    constexpr std::string_view kSsh = "SSH-", kSsh2 = "SSH-2.0-", kBoth = "SSH-1.99-";
    if (!may_become(bytes, kSsh)) return Identification::other;
    if (!may_become(bytes, kSsh2) && !may_become(bytes, kBoth))
        return may_become(bytes, "SSH-1") ? Identification::ssh1 : Identification::other;
    if (bytes.substr(0, kLongestIdentification).contains('\n')) return Identification::ssh2;
    return bytes.size() < kLongestIdentification ? Identification::incomplete : Identification::other;
}

}  // namespace burnbox
