#include "server/places/hook_findings.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/storage/temp_folder.hpp"

using namespace burnbox;

namespace {

std::vector<std::string> findings_of(const std::string& program) {
    return hook_findings({HookConfig{{EventKind::no_disc}, {program}}});
}

}  // namespace

TEST_CASE("check: a hook's program must be there and may be run") {
    const test::TempFolder folder;
    const std::string program = folder / "tell";
    CHECK(findings_of(program) == std::vector<std::string>{"hooks[0].run[0]: run " + program +
                                                           ": No such file or directory; install it, or name "
                                                           "another one"});
    std::ofstream(program) << "#!/bin/sh\n";
    REQUIRE(chmod(program.c_str(), 0644) == 0);
    REQUIRE(findings_of(program).size() == 1);
    CHECK(findings_of(program)[0].ends_with("mend it with: sudo chmod a+rx " + program));
    REQUIRE(chmod(program.c_str(), 0755) == 0);
    CHECK(findings_of(program).empty());
    REQUIRE(findings_of(folder.path()).size() == 1);
    CHECK(findings_of(folder.path())[0].ends_with("it is no plain file"));
}

TEST_CASE("check: a hook's program without a path is looked for in PATH") {
    CHECK(findings_of("sh").empty());
    REQUIRE(findings_of("no-such-program-here").size() == 1);
    CHECK(findings_of("no-such-program-here")[0].starts_with(
        "hooks[0].run[0]: no program no-such-program-here is in PATH"));
}
