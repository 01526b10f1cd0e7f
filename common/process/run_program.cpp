#include "common/process/run_program.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"
#include "common/process/exit_text.hpp"
#include "common/process/inherited_environment.hpp"
#include "common/process/timed_run.hpp"

namespace burnbox {

Status run_program(Spawner& spawner, const std::vector<std::string>& argv,
                   const std::vector<std::string>& more, std::chrono::milliseconds limit,
                   const std::function<bool()>& give_up) {
    const std::string what = "run " + escape(argv.front());
    std::vector<std::string> environment = inherited_environment();
    environment.insert(environment.end(), more.begin(), more.end());
    BB_TRY(Child child, spawner.run({.argv = argv,
                                     .environment = std::move(environment),
                                     .own_group = true,
                                     .take_errors = true,
                                     .outlives_spawner = true}));
    BB_TRY(const ProgramEnd end, end_within(child, "", limit, give_up));
    if (end.given_up) return fail(Errc::cancelled, what + ": burnbox is stopping");
    if (end.timed_out)
        return fail(Errc::timeout, fmt::format("{}: it did not end within {} s and was killed", what,
                                               limit / std::chrono::seconds(1)));
    if (end.code == 0) return {};
    const std::string line = end.last_words.substr(end.last_words.rfind('\n') + 1);
    return fail(Errc::io,
                what + ": it ended with " + exit_text(end.code) + (line.empty() ? "" : ": " + escape(line)));
}

}  // namespace burnbox
