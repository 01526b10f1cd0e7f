// Who may connect: counts connections in total, per address and before login, and makes room by dropping
// whoever has not moved on in its login for longest (strangers.hpp), so that no crowd of idle sockets, of one
// address or of many, locks anybody out. Addresses that fail to log in wait longer each time, and key
// exchanges that no login follows are rationed. All threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "common/base/clock.hpp"
#include "common/config/current_config.hpp"
#include "server/net/strangers.hpp"

namespace burnbox {

class Admission {
  public:
    // Newcomers are judged by the limits of that moment; nobody is sent away because one was lowered. Both
    // outlive it.
    Admission(const CurrentConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

    // One admitted connection; destroying it gives the place back.
    class Place {
      public:
        Place(Admission& admission, std::uint64_t id) : admission_(admission), id_(id) {}
        ~Place() { admission_.leave(id_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        // The client took a step towards its login. The first steps count, as many as a login may need.
        void move_on() { admission_.move_on(id_); }
        void logged_in() { admission_.logged_in(id_); }
        void login_failed() { admission_.login_failed(id_); }
        // How long to wait before asking again; 0: the key exchange may begin, and counts until the login.
        // Whoever has not `asked` for it, with a first packet, leaves half of the rations to those who have.
        // Who has waits behind those who came before: newcomers never take the turn of one that is waiting.
        [[nodiscard]] std::chrono::milliseconds begin_key_exchange(bool asked) {
            return admission_.begin_key_exchange(id_, asked);
        }

      private:
        Admission& admission_;
        std::uint64_t id_;
    };

    struct Admitted {
        std::unique_ptr<Place> place;
        std::chrono::milliseconds delay{0};  // to wait before the first word: the penalty for failed logins
    };
    // How many are connected.
    [[nodiscard]] std::size_t guests() const;

    // `drop` may be called later, from any thread, with the name of the limit that wants the place; it must
    // not call back. Errors: Errc::limit, its message names the key.
    [[nodiscard]] Result<Admitted> admit(const std::string& address,
                                         std::function<void(const char* limit)> drop);

  private:
    struct Guest {
        std::string address;
        bool logged_in = false;
        bool exchanged_keys = false;
        unsigned steps = 0;
        std::function<void(const char*)> drop{};
    };
    struct Failures {
        unsigned count = 0;
        SteadyTime last, until;
    };

    // Key exchanges that may begin now; grows with time.
    struct Ration {
        double left = 0;
        SteadyTime counted;
        void count(SteadyTime now, double per_second, double most);
    };

    // How many wait for a ration of all addresses' and came before.
    [[nodiscard]] double waiting_before(std::uint64_t id) const;
    void leave(std::uint64_t id);
    void forget(std::uint64_t id);
    void move_on(std::uint64_t id);
    [[nodiscard]] std::chrono::milliseconds begin_key_exchange(std::uint64_t id, bool asked);
    [[nodiscard]] Ration& ration_of(const std::string& address, SteadyTime now, double per_second);
    void logged_in(std::uint64_t id);
    void login_failed(std::uint64_t id);
    [[nodiscard]] Status fit_in(std::uint64_t id, const std::string& address, const std::string& network);
    [[nodiscard]] bool make_room(std::optional<std::uint64_t> stranger, const char* limit);
    [[nodiscard]] bool is_known(const std::string& address) const;
    void make_known(const std::string& address);
    [[nodiscard]] std::chrono::milliseconds penalty(const std::string& address);

    const CurrentConfig& config_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Guest> guests_;
    std::map<std::string, unsigned> per_address_;
    Strangers strangers_;
    std::map<std::string, Failures> failures_;
    std::map<std::string, Ration> rations_;    // of addresses that used some of theirs
    Ration common_;                            // of all addresses that nobody has logged in from
    std::set<std::uint64_t> waiting_;          // for one of those, having asked
    std::map<std::string, SteadyTime> known_;  // addresses and networks somebody has: when last
    std::uint64_t next_id_ = 0;
};

}  // namespace burnbox
