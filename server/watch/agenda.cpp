#include "server/watch/agenda.hpp"

namespace burnbox::watch {
namespace {

constexpr unsigned kMostAtWork = 2;  // the disk pool is the uploads' too

}  // namespace

Agenda::Session* Agenda::at(const std::string& name) {
    const auto found = sessions_.find(name);
    return found == sessions_.end() ? nullptr : &found->second;
}

const Agenda::Session* Agenda::find(const std::string& name) const {
    const auto found = sessions_.find(name);
    return found == sessions_.end() ? nullptr : &found->second;
}

void Agenda::add(const std::string& name) {
    const std::lock_guard lock(mutex_);
    sessions_.try_emplace(name);
}

void Agenda::erase(const std::string& name) {
    const Session* const session = find(name);
    if (session == nullptr) return;
    if (session->due) due_.erase({*session->due, name});
    const std::lock_guard lock(mutex_);
    sessions_.erase(name);
}

std::vector<std::string> Agenda::names() const {
    std::vector<std::string> all;
    for (const auto& [name, session] : sessions_) all.push_back(name);
    return all;
}

void Agenda::note_change(const std::string& name, const std::string& inside, SteadyTime now) {
    Session* const session = at(name);
    if (session == nullptr) return;
    session->changed = now;
    session->last_changed = inside;
    if (!session->due && !session->at_work) schedule_when_quiet(name);
}

void Agenda::schedule(const std::string& name, SteadyTime time) {
    Session* const session = at(name);
    if (session == nullptr) return;
    if (session->due) due_.erase({*session->due, name});
    session->due = time;
    due_.emplace(time, name);
}

void Agenda::schedule_when_quiet(const std::string& name) {
    if (const Session* const session = find(name)) schedule(name, session->changed + quiet_period_);
}

std::optional<std::string> Agenda::take_due(SteadyTime now) {
    while (at_work_ < kMostAtWork && !due_.empty() && due_.begin()->first <= now) {
        const std::string name = due_.begin()->second;
        due_.erase(due_.begin());
        Session& session = sessions_.at(name);
        session.due.reset();
        if (!session.at_work) return name;
    }
    return std::nullopt;
}

std::optional<SteadyTime> Agenda::next_time() const {
    if (at_work_ >= kMostAtWork || due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

void Agenda::begin_work(const std::string& name) {
    ++at_work_;
    if (Session* const session = at(name)) session->at_work = true;
}

const Agenda::Session* Agenda::end_work(const std::string& name) {
    --at_work_;
    Session* const session = at(name);
    if (session != nullptr) session->at_work = false;
    return session;
}

void Agenda::set_size(const std::string& name, std::uint64_t bytes, std::uint64_t files_count) {
    const std::lock_guard lock(mutex_);
    Session* const session = at(name);
    if (session == nullptr) return;
    session->bytes = bytes;
    session->files_count = files_count;
}

void Agenda::set_reason(const std::string& name, const std::string& reason) {
    const std::lock_guard lock(mutex_);
    if (Session* const session = at(name)) session->reason = reason;
}

std::vector<OpenSessionStatus> Agenda::open_sessions(const WatchConfig& folder) const {
    const std::lock_guard lock(mutex_);
    std::vector<OpenSessionStatus> all;
    all.reserve(sessions_.size());
    for (const auto& [name, session] : sessions_)
        all.push_back(
            {.account = folder.account,
             .name = name,
             .bytes = session.bytes,
             .files_count = session.files_count,
             .reason = session.reason.empty() ? "in a watched folder: not looked at yet" : session.reason,
             .watched_folder = folder.path});
    return all;
}

}  // namespace burnbox::watch
