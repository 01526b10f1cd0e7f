// A session's folder leased to a program: the tests play the program by changing the inbox behind the
// server's back.
#pragma once

#include <doctest/doctest.h>

#include <cerrno>

#include "tests/support/server/upload_house.hpp"

namespace burnbox::test {

struct Lending {
    std::unique_ptr<Lease> lease;
    std::string refusal;
};

inline Lending lease_to(Client& client, LeaseRequest request) {
    Lending out;
    client.lease(request, [&](Result<std::unique_ptr<Lease>> lease) {
        if (lease)
            out.lease = std::move(*lease);
        else
            out.refusal = lease.error().message;
    });
    return out;
}

inline std::unique_ptr<Lease> lend_to_write(Client& client, const std::string& path) {
    Lending lending = lease_to(client, {.paths = {path}, .writes = true, .makes_folders = true});
    REQUIRE_MESSAGE(lending.lease != nullptr, lending.refusal);
    return std::move(lending.lease);
}

inline std::string give_back(Lease& lease, bool ended_well) {
    const Answer answer;
    lease.give_back(ended_well, answer.done());
    return *answer;
}

inline std::string reason_of(UploadHouse& house, const std::string& session) {
    for (const auto& open : house.uploads->open_sessions())
        if (open.name == session) return open.reason;
    return "";
}

inline void cut_off(UploadHouse& house, const std::string& path) {
    const auto client = house.connect();
    auto file = create(*client, path);
    REQUIRE(write(*file, "half") == "ok");
}

inline void refuse(Client& client, const std::string& path) {
    client.note_refused(path, Error{Errc::limit, 0, "limits.handles"});
}

}  // namespace burnbox::test
