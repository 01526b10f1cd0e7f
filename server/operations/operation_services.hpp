// What the operations stand on: the catalogue, the inboxes, and what they ask of uploads and burner, as
// functions, so that tests need neither. All of it may block: operations run on threads of their own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "burner/jobs/burner.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/events/events.hpp"
#include "common/inbox/inbox.hpp"
#include "server/control/operation_table.hpp"
#include "server/control/operations.hpp"
#include "server/intake/import_folder.hpp"
#include "server/skim/skims.hpp"
#include "server/upload/client.hpp"

namespace burnbox {

struct OperationServices {
    Catalogue& catalogue;
    Inbox& inbox;
    Events& events;
    std::function<std::vector<OpenSessionStatus>()> open_sessions;
    std::function<void(const OpenSessionStatus& open, bool again, Done done)> burn;
    std::function<void(const std::string& account, const std::string& session, Done done)> cancel;
    std::function<std::vector<DriveStatus>()> drives;
    std::function<Result<VerifyReport>(const DiscSessionRow& copy, BurnObserver& observer)> verify;
    std::function<void()> wake_burner;
    std::function<Result<SessionRow>(const intake::ImportOrder& order)> import_folder{};
    std::function<std::vector<Skims::Outcome>()> skim_once{};
    std::function<std::vector<std::string>()> accounts{};  // those of the configuration
    // Makes sure that a sealed session has its folder, which may have been moved away and back.
    std::function<Status(const SessionRow& row)> find_folder{};
    // Makes sure that a failed session has a seal record, from what its folder holds; says what was done, ""
    // = nothing.
    std::function<Result<std::string>(const SessionRow& row)> keep_record{};
    std::function<void(SessionId session)> burn_now{};  // not held back any more
    std::function<Result<std::string>(Burner::ByHand what, const std::string& drive)> by_hand{};
    // Lets a session that waits be burned with what its pool, or this one, can do now.
    std::function<Result<std::string>(SessionId session, const std::string& pool)> accept_fewer_copies{};
    std::function<std::map<std::string, std::string>()> folders_away{};  // folder -> why
    std::function<std::map<std::string, std::string>()> keys_wrong{};    // account -> what of its keys_file
    std::function<Result<std::string>()> reload{};                       // what changed, a line for each key
};

// One request while it is worked on.
struct Asked {
    const OperationServices& services;
    std::string account;  // empty = the administrator
    Operation operation;
    std::shared_ptr<CommandSink> sink;

    void done(std::string text) const {
        if (!text.empty()) sink->out(std::move(text));
        sink->finish(0);
    }
    void failed(std::string line) const {
        sink->error(std::move(line));
        sink->finish(1);
    }
};

}  // namespace burnbox
