#include "tests/support/faulty_catalogue.hpp"

namespace burnbox::test {
namespace {

class FaultyCatalogue final : public Catalogue {
  public:
    FaultyCatalogue(Catalogue& inner, FaultPlan& plan) : inner_(inner), plan_(plan) {}

    Result<SessionId> add_session(const SessionRow& row) override {
        return write("catalogue add_session", [&] { return inner_.add_session(row); });
    }
    Result<SessionRow> session(SessionId id) override {
        return read([&] { return inner_.session(id); });
    }
    Result<std::optional<SessionRow>> find_session(const std::string& account,
                                                   const std::string& disc_name) override {
        return read([&] { return inner_.find_session(account, disc_name); });
    }
    Result<std::optional<SessionRow>> find_session_by_folder(const std::string& account,
                                                             const std::string& folder) override {
        return read([&] { return inner_.find_session_by_folder(account, folder); });
    }
    Result<std::vector<SessionRow>> sessions(const std::string& account) override {
        return read([&] { return inner_.sessions(account); });
    }
    Result<std::vector<SessionRow>> sessions_in_state(SessionState state) override {
        return read([&] { return inner_.sessions_in_state(state); });
    }
    Result<std::vector<std::string>> disc_names(const std::string& account) override {
        return read([&] { return inner_.disc_names(account); });
    }
    Status step(SessionId id, SessionState from, SessionState to, const std::string& reason) override {
        return write("catalogue step", [&] { return inner_.step(id, from, to, reason); });
    }
    Status set_reason(SessionId id, const std::string& reason) override {
        return write("catalogue set_reason", [&] { return inner_.set_reason(id, reason); });
    }
    Status begin_move(SessionId id, const std::string& folder_next) override {
        return write("catalogue begin_move", [&] { return inner_.begin_move(id, folder_next); });
    }
    Status end_move(SessionId id) override {
        return write("catalogue end_move", [&] { return inner_.end_move(id); });
    }
    Status set_folder(SessionId id, const std::string& folder) override {
        return write("catalogue set_folder", [&] { return inner_.set_folder(id, folder); });
    }
    Status remove_session(SessionId id) override {
        return write("catalogue remove_session", [&] { return inner_.remove_session(id); });
    }

    Result<std::vector<SessionId>> take_in(const DiscRow& disc, const TakenDiscSession& found,
                                           unsigned copies_wanted) override {
        return write("catalogue take_in", [&] { return inner_.take_in(disc, found, copies_wanted); });
    }
    Result<std::uint64_t> generation() override {
        return read([&] { return inner_.generation(); });
    }
    Result<unsigned> next_disc_number() override {
        return read([&] { return inner_.next_disc_number(); });
    }
    Status go_on_after(std::uint64_t generation, unsigned skip) override {
        return write("catalogue go_on_after", [&] { return inner_.go_on_after(generation, skip); });
    }

    Status split_session(SessionId id, const std::vector<SessionRow>& parts) override {
        return write("catalogue split_session", [&] { return inner_.split_session(id, parts); });
    }
    Result<std::vector<SessionRow>> parts(SessionId whole) override {
        return read([&] { return inner_.parts(whole); });
    }
    Result<std::vector<SessionRow>> burn_queue() override {
        return read([&] { return inner_.burn_queue(); });
    }

    Result<DiscId> add_disc(const DiscRow& row) override {
        return write("catalogue add_disc", [&] { return inner_.add_disc(row); });
    }
    Status update_disc(const DiscRow& row) override {
        return write("catalogue update_disc", [&] { return inner_.update_disc(row); });
    }
    Status disc_seen(DiscId id, const std::string& drive, const std::string& location) override {
        return write("catalogue disc_seen", [&] { return inner_.disc_seen(id, drive, location); });
    }
    Status disc_missing(DiscId id, Timestamp since) override {
        return write("catalogue disc_missing", [&] { return inner_.disc_missing(id, since); });
    }
    Result<std::vector<DiscRow>> discs() override {
        return read([&] { return inner_.discs(); });
    }
    Result<std::optional<DiscRow>> find_disc(const std::string& label) override {
        return read([&] { return inner_.find_disc(label); });
    }

    Result<AttemptId> begin_attempt(const AttemptRow& row) override {
        return write("catalogue begin_attempt", [&] { return inner_.begin_attempt(row); });
    }
    Status attempt_written(AttemptId id, std::uint32_t start_lba, std::uint32_t blocks,
                           const std::string& messages) override {
        return write("catalogue attempt_written",
                     [&] { return inner_.attempt_written(id, start_lba, blocks, messages); });
    }
    Status attempt_verified(AttemptId id, const DiscRow& disc, const std::vector<BurnedSession>& sessions,
                            Timestamp burned_at, Timestamp verified_at, unsigned copies_wanted) override {
        return write("catalogue attempt_verified", [&] {
            return inner_.attempt_verified(id, disc, sessions, burned_at, verified_at, copies_wanted);
        });
    }
    Status attempt_failed(AttemptId id, const DiscRow& disc, SessionState to,
                          const AttemptFailure& failure) override {
        return write("catalogue attempt_failed",
                     [&] { return inner_.attempt_failed(id, disc, to, failure); });
    }
    Result<std::vector<AttemptRow>> unfinished_attempts() override {
        return read([&] { return inner_.unfinished_attempts(); });
    }
    Result<std::vector<AttemptRow>> attempts(SessionId session) override {
        return read([&] { return inner_.attempts(session); });
    }

    Result<std::vector<AttemptRow>> attempts_on_drive(const std::string& drive) override {
        return read([&] { return inner_.attempts_on_drive(drive); });
    }
    Status trust_drive(const std::string& drive) override {
        return write("catalogue trust_drive", [&] { return inner_.trust_drive(drive); });
    }

    Result<std::vector<DiscSessionRow>> copies(SessionId session) override {
        return read([&] { return inner_.copies(session); });
    }
    Result<std::vector<DiscSessionRow>> disc_sessions(DiscId disc) override {
        return read([&] { return inner_.disc_sessions(disc); });
    }
    Status copy_checked(DiscId disc, SessionId session, bool good, Timestamp at) override {
        return write("catalogue copy_checked", [&] { return inner_.copy_checked(disc, session, good, at); });
    }
    Result<std::vector<FileRow>> files(SessionId session) override {
        return read([&] { return inner_.files(session); });
    }
    Result<std::vector<FoundFile>> find(const std::string& account, const std::string& glob,
                                        std::size_t most) override {
        return read([&] { return inner_.find(account, glob, most); });
    }
    Result<std::optional<SessionRow>> find_same_content(const std::string& account, const std::string& name,
                                                        const Sha256& content_digest) override {
        return read([&] { return inner_.find_same_content(account, name, content_digest); });
    }

    Status check_writable() override {
        return write("catalogue check_writable", [&] { return inner_.check_writable(); });
    }

  private:
    template <typename Call>
    auto write(std::string_view operation, Call&& call) -> decltype(call()) {
        BB_CHECK(with_origin(Origin::catalogue, plan_.step(operation)));
        return call();
    }
    template <typename Call>
    auto read(Call&& call) -> decltype(call()) {
        if (plan_.dead())
            return with_origin(
                Origin::catalogue,
                decltype(call())(fail(Errc::io, "catalogue read: planned fault: the process is dead")));
        return call();
    }

    Catalogue& inner_;
    FaultPlan& plan_;
};

}  // namespace

std::unique_ptr<Catalogue> make_faulty_catalogue(Catalogue& inner, FaultPlan& plan) {
    return std::make_unique<FaultyCatalogue>(inner, plan);
}

}  // namespace burnbox::test
