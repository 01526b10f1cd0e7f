#include "server/rsync/command.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "server/rsync/program.hpp"
#include "server/service/command_line.hpp"

namespace burnbox::rsync {
namespace {

Result<Command> parsed(std::string_view line) {
    const auto words = split_command(line);
    REQUIRE(words);
    return parse_command(*words);
}

// "ok", or what the client is told.
std::string verdict(std::string_view line) {
    const auto command = parsed(line);
    return command ? "ok" : command.error().message;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("rsync: what its client sends for everyday uploads is taken") {
    for (const char* const line : {
             "rsync --server -logDtpre.iLsfxCIvu . session/",
             "rsync --server -vvlogDtprcze.iLsfxCIvu --log-format=%i%I --partial . session/",
             "rsync --server -logDtpre.iLsfxCIvu --partial-dir .rsync-partial . session/",
             "rsync --server -logDtpre.iLsfxCIvu --partial-dir=.rsync-partial . session/",
             "rsync --server -logDtpre.iLsfxCIvu --delete-during --bwlimit=1000 --timeout=60 . session/",
             "rsync --server -logDtpre.iLsfxCIvu --append --append . session/",
             "rsync --server -logDtpre.iLsfxCIvu --inplace --stats -B1000 . session/photos/",
             "rsync --server -lHHogDtprSe.iLsfxCIvu --compress-choice=zstd --compress-level=3 . session",
             "rsync --server -nlogDtpr . session/",        // protocol 29 and older
             "rsync --server -re.LsfxCIvu . ses\\ sion/",  // the client quotes for a shell
         })
        CHECK_MESSAGE(verdict(line) == "ok", line);
}

TEST_CASE("rsync: options and path come out as they were given") {
    const auto command = parsed("rsync --server -nlogDtpre.iLsfxCIvu --delete --partial-dir keep . 'a b/c'");
    REQUIRE(command);
    CHECK(!command->sender);
    CHECK(command->manner.dry_run);
    CHECK(command->recursive);
    CHECK(command->deletes);
    CHECK(command->options ==
          std::vector<std::string>{"-nlogDtpre.iLsfxCIvu", "--delete", "--partial-dir=keep"});
    CHECK(command->paths == std::vector<std::string>{"a b/c"});
}

TEST_CASE("rsync: what writes into the files that it finds is known as such") {
    const auto writes_into = [](const std::string& options) {
        return parsed("rsync --server -re.i " + options + " . s/")->writes_into_files;
    };
    CHECK_FALSE(writes_into("--partial"));
    for (const char* const options : {"--inplace", "--append", "--append --append", "--inplace --size-only"})
        CHECK_MESSAGE(writes_into(options), options);
}

TEST_CASE("rsync: messages for its makers, which tell paths of this machine, stay away") {
    const auto options = [](std::string_view line) { return parsed(line)->options; };
    CHECK(options("rsync --server -vvvvlogDtpre.iLsfxCIvvvu . s/") ==
          std::vector<std::string>{"-vvlogDtpre.iLsfxCIvvvu"});
    CHECK(options("rsync --server -v -lv -v -vB900 . s/") == std::vector<std::string>{"-v", "-lv", "-B900"});
}

TEST_CASE("rsync: a client that reads may name several paths and a list that it sends") {
    const auto command =
        parsed("rsync --server --sender -lLogDtpRe.LsfxCIvu --files-from=- --from0 . session/a session/b");
    REQUIRE(command);
    CHECK(command->sender);
    CHECK(command->paths.size() == 2);
    CHECK(has(verdict("rsync --server --sender -re.i --files-from /etc/passwd . session/"), "--files-from"));
    CHECK(has(verdict("rsync --server --sender -re.i --files-from=names . session/"), "--files-from"));
    CHECK(has(verdict("rsync --server --sender -re.i --delete . session/"), "only towards the server"));
    CHECK(has(verdict("rsync --server -rLe.i . session/"), "only from the server"));
    CHECK(has(verdict("rsync --server -re.i . a b"), "one target"));
}

TEST_CASE("rsync: what could leave the session or lose data is refused by name, with what works") {
    for (const auto& [option, why] : std::vector<std::pair<std::string, std::string>>{
             {"--log-file=/etc/cron.d/x", "--log-file"},
             {"--temp-dir /tmp", "--temp-dir"},
             {"--link-dest /etc", "--link-dest"},
             {"--copy-dest=../x", "--copy-dest"},
             {"--backup-dir x", "--backup-dir"},
             {"--remove-source-files", "receipt"},
             {"--usermap=*:root", "--usermap"},
             {"--super", "--super"},
             {"--fake-super", "--fake-super: not here"},
             {"--write-devices", "--write-devices"},
             {"--daemon", "HOST:NAME/"},
             {"--config=/etc/x", "--config: not here"},
             {"--partial-dir ../x", "--partial-dir"},
             {"--partial-dir /x", "--partial-dir"},
             {"--partial-dir a/../../x", "--partial-dir"},
             {"--partial-dir=", "--partial-dir"},
             {"--bwlimit=1;reboot", "--bwlimit"},
             {"--bwlimit", "--bwlimit"},
             {"--delete=1", "--delete"},
             {"--log-format=$(id)", "--log-format"},
             {"-X", "-X"},
             {"-A", "-A"},
             {"-K", "-K"},
             {"-s", "--secluded-args"},
             {"-M--log-file=x", "-M: not here"},
             {"-Bx", "block size"},
             {"-re.iL;x", "-e"},
             {"--no-munge-links", "not here"},
             {"--munge-links", "not here"},
             {"--chmod=a+rwx", "--chmod: not here"},
             {"--safe-links", "only from"},
         }) {
        const std::string told = verdict("rsync --server -re.iLsfxCIvu '" + option + "' . session/");
        // Quoted as one word, a value that stands apart becomes part of the name, which is no option either.
        CHECK_MESSAGE(told != "ok", option);
        const std::string apart =
            verdict("rsync --server -re.iLsfxCIvu " +
                    (has(option, "*") || has(option, ";") || has(option, "$") ? "'" + option + "'" : option) +
                    " . session/");
        CHECK_MESSAGE(has(apart, why), apart);
        CHECK_MESSAGE(has(apart, "what works"), apart);
        CHECK(apart.find('\n') == std::string::npos);
    }
}

TEST_CASE("rsync: anything but a client's request is refused") {
    CHECK(has(verdict("rsync -a /etc /tmp"), "--server"));
    CHECK(has(verdict("rsync"), "--server"));
    CHECK(has(verdict("rsync --server"), "not one of rsync's"));
    CHECK(has(verdict("rsync --server -re.i"), "not one of rsync's"));
    CHECK(has(verdict("rsync --server -re.i session/"), "not one of rsync's"));
    CHECK(has(verdict("rsync --server -re.i . -x"), "./"));
    CHECK(has(verdict("rsync --server -re.i . a --daemon"), "./"));
    CHECK(has(verdict("rsync --server -re.i ."), "one target"));
    CHECK(verdict("rsync --server -re.i . ./-x/") == "ok");
    CHECK(has(parse_command({"rsync", "--server", "-r", ".", std::string(9000, 'x')}).error().message,
              "8 KiB"));
    CHECK(
        has(parse_command({"rsync", "--server", "-r", ".", std::string("a\0b", 3)}).error().message, "NUL"));
    CHECK(has(parse_command({"rsync", "--server", "--\n", ".", "a"}).error().message, "\\"));
}

TEST_CASE("rsync: home means the inbox, no path means it too") {
    CHECK(parsed("rsync --server -re.i . '~/x'")->paths == std::vector<std::string>{"./x"});
    CHECK(parsed("rsync --server --sender -re.i . ''")->paths == std::vector<std::string>{"."});
}

TEST_CASE("rsync: what we add keeps links, owners and modes to the inbox's rules") {
    const auto command = parsed("rsync --server -logDtpre.iLsfxCIvu . session/-x/");
    REQUIRE(command);
    Lease::Terms leased{.folder = "/inbox/session", .start_in = "/inbox/session", .paths = {"./-x/"}};
    auto argv = rsync_arguments(*command, leased);
    CHECK(argv.front() == "/usr/bin/rsync");
    for (const char* const needed : {"--munge-links", "--no-super", "--chmod=ug-s,o-t", "--stderr=errors"})
        CHECK(std::ranges::count(argv, needed) == 1);
    CHECK(std::ranges::count(argv, "--whole-file") == 0);
    CHECK(argv[argv.size() - 2] == ".");
    CHECK(argv.back() == "./-x/");
    leased.may_read = false;
    CHECK(std::ranges::count(rsync_arguments(*command, leased), "--whole-file") == 1);
}

}  // namespace burnbox::rsync
