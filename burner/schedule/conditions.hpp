// What lasts and what people must know (common/events/event_names.hpp): a condition is published when it
// begins, again when what is to be said about it changes, and as NAME_cleared when it is over. Nothing is
// kept across a restart: what still holds is found and published again. Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/clock.hpp"
#include "common/catalogue/catalogue.hpp"
#include "common/events/events.hpp"

namespace burnbox {

struct BurnerServices;
class Schedule;

class Conditions {
  public:
    Conditions(Events& events, const Clock& clock) : events_(events), clock_(clock) {}

    // `what` without its time. One condition is told from another by drive, account and session; several
    // sessions that wait for the same drive are one. False: it is known already.
    bool raise(Event what);
    void clear(EventKind condition, const std::string& drive);  // a no-op when it does not hold

    // burn_failed: one for each session that has failed, or that can't go on before a person has done
    // something; those of others are over. Blocks on the catalogue.
    void tell_failed_sessions(const BurnerServices& services, Schedule& schedule);

  private:
    // What begins, drive, account, session.
    using Key = std::tuple<EventKind, std::string, std::string, std::string>;
    void clear_key(const Key& key);

    Events& events_;
    const Clock& clock_;
    std::mutex failed_;  // what one drive read last is told last
    std::mutex mutex_;
    std::map<Key, Event> held_;
};

}  // namespace burnbox
