// Everything that is wrong is found, with its exact place.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// `expected` is FILE:LINE:COL and the beginning of the sentence.
void check(const std::string& text, const std::string& expected) {
    const std::string found = findings(text + kDrive);
    CHECK_MESSAGE(found.starts_with(expected), found);
    CHECK_MESSAGE(found.find('\n') == std::string::npos, found);  // one mistake, one finding
}

std::string account(const std::string& body) {
    return "accounts:\n  alice:\n    " + body + "\n";
}
std::string with_key(const std::string& body) {
    return account(std::string("keys: [\"") + kEd25519 + "\"]\n    " + body);
}

}  // namespace

TEST_CASE("findings: what is no YAML") {
    CHECK(findings("a: [1\nb: 2\n") == "b.yaml:2:2: this is no YAML: end of sequence flow not found");
    CHECK(findings("listen: *nope\n")
              .starts_with("b.yaml:1:9: this is no YAML: the referenced anchor is not defined"));
    CHECK(findings("- 1\n").starts_with("b.yaml:1:1: expected a map, found a list"));
    CHECK(findings(std::string("\0\xff", 2)).starts_with("b.yaml:1:"));
    check("---\nlog: {level: info}\n---\nburn:\n", "b.yaml:4:1: a second YAML document begins here");
}

TEST_CASE("findings: unknown and duplicate keys") {
    check("lisen: [127.0.0.1:22]\n",
          "b.yaml:1:1: unknown key lisen; known here: listen, state_dir, inbox_dir,");
    check("burn:\n  verfy: true\n", "b.yaml:2:3: unknown key burn.verfy; known here: verify, layout,");
    check("log:\n  level: info\n  format: text\n  level: debug\n",
          "b.yaml:4:3: the key level is here twice; remove one of them");
    check("log: {}\nlog: {}\n", "b.yaml:2:1: the key log is here twice");
    check("? [a]\n: 1\n", "b.yaml:1:3: a key must be a plain word");
    check("x: &x {level: info}\n", "b.yaml:1:1: unknown key x");
    check("log: {<<: {}}\n", "b.yaml:1:7: unknown key log.<<");
    check("\"a\\nb\": 1\n", "b.yaml:1:1: unknown key a\\nb");
}

TEST_CASE("findings: wrong kinds of values") {
    check("log: debug\n", "b.yaml:1:6: log: expected a map, found a single value");
    check("listen: 127.0.0.1:22\n",
          "b.yaml:1:9: listen: expected a list, as in [a, b], found a single value");
    check("listen:\n  - [127.0.0.1:22]\n", "b.yaml:2:5: listen[0]: expected text, found a list");
    check("state_dir: [/s]\n", "b.yaml:1:12: state_dir: expected an absolute path, found a list");
    check("session:\n  any_file: yes\n",
          "b.yaml:2:13: session.any_file: expected true or false, found \"yes\"");
    check("session:\n  any_file:\n", "b.yaml:2:3: session.any_file: expected true or false, found nothing");
    check("limits: {handles: many}\n",
          "b.yaml:1:19: limits.handles: expected a number from 1 to 100000, found \"many\"");
    check("limits: {handles: 0}\n",
          "b.yaml:1:19: limits.handles: expected a number from 1 to 100000, found \"0\"");
    check("log: {level: loud}\n", "b.yaml:1:14: log.level: \"loud\" is none of debug, info, warning, error");
}

TEST_CASE("findings: sizes, times and addresses") {
    check("burn:\n  full_below: 64 Mb\n",
          "b.yaml:2:15: burn.full_below: expected a size (bytes, or with KiB MiB GiB TiB kB MB GB TB), found "
          "\"64 Mb\"");
    check("limits: {window: 1 KiB}\n",
          "b.yaml:1:18: limits.window: 1 KiB is out of range; from 64.0 KiB to 1.0 GiB is allowed");
    check("limits: {idle: 30}\n",
          "b.yaml:1:16: limits.idle: expected a time (a number with ms, s, m, h or d), found \"30\"");
    check("limits: {login_grace: 1ms}\n",
          "b.yaml:1:23: limits.login_grace: 1ms is out of range; from 1000ms to 3650d");
    check("listen: [127.0.0.1:22, 'localhost:22']\n",
          "b.yaml:1:24: listen[1]: \"localhost:22\" is not ADDRESS:PORT");
    check("listen: []\n", "b.yaml:1:9: listen: it is empty");
    check("catalogue: postgresql://db/burnbox\n",
          "b.yaml:1:12: catalogue: this build has no PostgreSQL; use sqlite3:///PATH");
    check("catalogue: /plain\n",
          "b.yaml:1:12: catalogue: \"/plain\" is not sqlite3:/// and an absolute path");
}

TEST_CASE("findings: accounts") {
    check("accounts:\n  Alice: {keys: [\"" + std::string(kEd25519) + "\"]}\n",
          "b.yaml:2:3: accounts.Alice: an account's name is");
    check("accounts:\n  .a: {keys: [\"" + std::string(kEd25519) + "\"]}\n",
          "b.yaml:2:3: accounts..a: an account's name is");
    check("accounts:\n  alice: {quota: 1 GiB}\n", "b.yaml:2:3: accounts.alice: the account has no key");
    check("accounts:\n  alice:\n", "b.yaml:2:3: accounts.alice: the account has no key");
    check(account("keys: []"), "b.yaml:2:3: accounts.alice: the account has no key");
    check(account("keys:\n      - ssh-ed25519 AAAA"),
          "b.yaml:4:9: accounts.alice.keys[0]: the ssh-ed25519 key is damaged");
    check(account("keys: [\"no-pty " + std::string(kEd25519) + "\"]"),
          "b.yaml:3:12: accounts.alice.keys[0]: the options \"no-pty\" before the key are not supported by "
          "burnbox");
    check(account("keys: [\"" + std::string(kRsa1024) + "\"]"),
          "b.yaml:3:12: accounts.alice.keys[0]: the ssh-rsa key can't be used");
    check(with_key("rights: [upload, write]"),
          "b.yaml:4:22: accounts.alice.rights[1]: \"write\" is none of upload, read, delete");
    check(with_key("rights: []"), "b.yaml:4:13: accounts.alice.rights: it is empty");
    check(with_key("pool: fast"), "b.yaml:4:11: accounts.alice.pool: there is no pool \"fast\" under pools");
    check(with_key("quota: -1"), "b.yaml:4:12: accounts.alice.quota: expected a size");
    check(account("keys_file: keys.pub"),
          "b.yaml:3:16: accounts.alice.keys_file: \"keys.pub\" is not an absolute path");
}

TEST_CASE("findings: what is wrong with a key file is its account's matter, and keeps nobody else out") {
    const TemporaryFolder folder;
    const auto alice = [](const std::string& file) {
        const std::string bob = std::string("  bob: {keys: [\"") + kEd25519 + "\"]}\n";
        const auto config = parse_config(account("keys_file: " + file) + bob + kDrive, "b.yaml");
        REQUIRE(config);
        CHECK(config->accounts.at("bob").keys.size() == 1);
        CHECK(config->accounts.at("bob").keys_wrong.empty());
        return config->accounts.at("alice");
    };
    const std::string in_file = "b.yaml:3:16: accounts.alice.keys_file: ";
    AccountConfig none = alice("/nowhere/keys");
    CHECK(none.keys_wrong == in_file + "read /nowhere/keys: No such file or directory");
    CHECK(none.keys.empty());
    CHECK(alice("/dev/zero").keys_wrong == in_file + "read /dev/zero: it is no plain file");
    const std::string empty = folder.write("empty", "# none\n");
    CHECK(alice(empty).keys_wrong == in_file + "there is no key in " + empty);
    const std::string open = folder.write("open", std::string(kEcdsa256) + "\n");
    REQUIRE(::chmod(open.c_str(), 0666) == 0);
    CHECK(alice(open).keys_wrong.starts_with(in_file + open + " can be written by everybody"));
    CHECK(alice(open).keys.empty());
    // As sshd does: a line that is wrong is passed over.
    const std::string bad = folder.write(
        "bad", std::string(kEd25519) + "\n\n  no-pty " + kEcdsa256 + "\nssh-dss AAAA\n" + kEcdsa384 + "\n");
    const AccountConfig some = alice(bad);
    CHECK(some.keys.size() == 2);
    CHECK(some.keys_wrong.starts_with(
        bad + ":3:3: accounts.alice.keys_file: the options \"no-pty\" before the key"));
    CHECK(some.keys_wrong.find("\n" + bad + ":4:1: accounts.alice.keys_file: \"ssh-dss\" is no key type") !=
          std::string::npos);
}

TEST_CASE("findings: patterns that can match nothing") {
    const std::string skim = "skim: [{from: /b, account: alice, ";
    const std::string alice = "}]\n" + account(std::string("keys: [\"") + kEd25519 + "\"]");
    check(skim + "exclude: [a, \"secret/\"]" + alice,
          "b.yaml:1:48: skim[0].exclude[1]: \"secret/\" matches nothing: paths here have no / at either end; "
          "write \"secret\"");
    check(skim + "exclude: [\"/top\"]" + alice,
          "b.yaml:1:45: skim[0].exclude[0]: \"/top\" matches nothing: ");
    check(skim + "include: [\"./dot/\"]" + alice,
          "b.yaml:1:45: skim[0].include[0]: \"./dot/\" matches nothing: paths here have no / at either end; "
          "write \"dot\"");
    check(skim + "include: []" + alice, "b.yaml:1:44: skim[0].include: it is empty: nothing is ever taken");
    check("session: {ignore: [\"tmp/*\"]}\n",
          "b.yaml:1:20: session.ignore[0]: \"tmp/*\" matches nothing: it is compared with names");
    check("session: {ignore: [" + std::string(4097, 'a') + "]}\n",
          "b.yaml:1:20: session.ignore[0]: it has more than 4096 bytes");
}

TEST_CASE("findings: an account can't be in the file and in accounts.d, or wrong there") {
    const std::string body = std::string("keys: [\"") + kEd25519 + "\"]\n";
    CHECK(findings(account(body) + kDrive, {{"accounts.d/alice.yaml", body}}) ==
          "accounts.d/alice.yaml:1:1: account alice is also at b.yaml:2:3; remove one of them");
    CHECK(findings(kDrive, {{"accounts.d/alice.yaml", body + "pol: x\n"}})
              .starts_with(
                  "accounts.d/alice.yaml:2:1: unknown key accounts.alice.pol; known here: keys, keys_file,"));
    CHECK(findings(kDrive, {{"accounts.d/alice.yaml", body + "pool: x\n"}})
              .starts_with("accounts.d/alice.yaml:2:7: accounts.alice.pool: there is no pool"));
    CHECK(findings(kDrive, {{"accounts.d/Al.yaml", body}})
              .starts_with("accounts.d/Al.yaml:1:1: accounts.Al: an account's name is"));
    CHECK(findings(kDrive, {{"accounts.d/alice.yaml", ""}})
              .starts_with("accounts.d/alice.yaml:1:1: accounts.alice: the account has no key"));
    CHECK(findings(kDrive, {{"accounts.d/alice.yaml", "keys: ["}}).starts_with("accounts.d/alice.yaml:"));
}

TEST_CASE("findings: session and burn") {
    check("session:\n  marker: [BURN, 'a/b']\n", "b.yaml:2:18: session.marker[1]: ");
    check("session:\n  marker: [RECEIPT.txt]\n",
          "b.yaml:2:12: session.marker[0]: burnbox writes files of this name itself");
    check("session:\n  marker: [.burn]\n",
          "b.yaml:2:12: session.marker[0]: \".burn\" is never a marker: session.ignore has \".*\"");
    check("burn: {layout: tar}\n", "b.yaml:1:16: burn.layout: \"tar\" is none of bag, plain, root");
    check("session: {keep_burned: a while}\n",
          "b.yaml:1:24: session.keep_burned: expected forever, until_needed, or a time");
    for (const std::string time : {"36501d", "110000d", "999999d", "99999999999d"})
        check(
            "session: {keep_burned: " + time + "}\n",
            "b.yaml:1:24: session.keep_burned: " + time + " is out of range; from 0ms to 36500d is allowed");
    CHECK(findings("session: {keep_burned: 36500d}\n" + kDrive).empty());
    check("burn: {verify: false}\n",
          "b.yaml:1:16: burn.verify: it can only be true: nothing is called burned before it was read back");
    check("burn: {batch: {wait: 1h}}\n", "b.yaml:1:15: burn.batch: nothing is held back");
    check("burn: {label: BURNBOX}\n", "b.yaml:1:15: burn.label: it has no %N, the disc's number");
    check("burn: {label: burnbox_%N}\n", "b.yaml:1:15: burn.label: \"b\" can't stand in a disc's label");
    check("burn: {label: 'A %N'}\n", "b.yaml:1:15: burn.label: \" \" can't stand in a disc's label");
    check("burn: {label: A_LONG_ARCHIVE_%N}\n",
          "b.yaml:1:15: burn.label: %N must end within the first 16 characters");
    check("burn: {label: B_%N_%Y_%Y_%Y_%Y_%Y_%Y}\n",
          "b.yaml:1:15: burn.label: it makes 36 characters, a disc's label holds 32");
    check("burn: {label: B_%N_%b}\n", "b.yaml:1:15: burn.label: its conversions may be %N");
    check("burn: {label: B_%N_%}\n", "b.yaml:1:15: burn.label: its conversions may be %N");
}

TEST_CASE("findings: keys of later versions say so") {
    const auto later = [](const std::string& text, const std::string& begin, const std::string& end) {
        check(text, begin + ": this is not served by this version of burnbox; leave it out" + end);
    };
    later("http: {listen: 127.0.0.1:1}\n", "b.yaml:1:7: http", "");
}

TEST_CASE("findings: what is split must know how large the discs are") {
    CHECK(findings(std::string("burn: {span: true}\n") + kDrive) == "");
    const std::string found = findings("drives: {d: {device: /dev/sr0}}\nburn: {span: true}\n");
    CHECK_MESSAGE(found.starts_with("b.yaml:2:14: burn.span: drives.d does not say how large its discs are"),
                  found);
    CHECK(findings("drives: {d: {device: /dev/sr0, expect: dvd+r}}\nburn: {span: true}\n") == "");
}

TEST_CASE("findings: the speed of burning") {
    for (const std::string wrong : {"0x", "4y", "-1", "101x", "fast"})
        check("burn: {speed: " + wrong + "}\n",
              "b.yaml:1:15: burn.speed: expected max or a speed from 0.5x to 100x, found \"" + wrong + "\"");
}

TEST_CASE("findings: drives") {
    const auto drive = [](const std::string& body, const std::string& expected) {
        const std::string found = findings("drives:\n  d: {" + body + "}\n");
        CHECK_MESSAGE(found.starts_with(expected), found);
    };
    CHECK(findings("") ==
          "b.yaml:1:1: drives: there is no drive; to burn to emulated discs add   drives: {disc: {image_dir: "
          "/var/lib/burnbox/discs, medium: dvd+r}}");
    CHECK(findings("state_dir: /s\ndrives: {}\n")
              .starts_with("b.yaml:2:9: drives: there is no drive; to burn to emulated discs"));
    drive("", "b.yaml:2:3: drives.d: it has neither device (as /dev/sr0) nor image_dir");
    drive("device: /dev/sr0, image_dir: /d", "b.yaml:2:3: drives.d: it has both device and image_dir");
    drive("device: sr0", "b.yaml:2:15: drives.d.device: \"sr0\" is not an absolute path");
    drive("image_dir: /", "b.yaml:2:18: drives.d.image_dir: it is the root folder");
    drive("image_dir: /d, medium: floppy",
          "b.yaml:2:30: drives.d.medium: \"floppy\" is none of cd-r, dvd-r, dvd+r, dvd+r-dl, bd-r, bd-r-dl");
    drive("image_dir: /d, expect: cd-r", "b.yaml:2:30: drives.d.expect: it is for real drives");
    drive("device: /dev/sr0, medium: cd-r", "b.yaml:2:33: drives.d.medium: it is for emulated drives");
    drive("device: /dev/sr0, blanks: 1", "b.yaml:2:33: drives.d.blanks: it is for emulated drives");
    drive("image_dir: /d, blanks: none", "b.yaml:2:30: drives.d.blanks: expected a number from 0 to 1000000");
    drive("device: /dev/sr0, eject: [mtx]", "b.yaml:2:32: drives.d.eject: it needs load too");
    CHECK(findings("drives:\n  'a b': {image_dir: /d}\n")
              .starts_with("b.yaml:2:3: drives.a b: a name here is 1 to 64 of"));
}

TEST_CASE("findings: pools") {
    const std::string drives =
        "drives: {e: {image_dir: /e}, r: {device: /dev/sr0}, s: {device: /dev/sr1}}\npools:\n";
    const auto pools = [&](const std::string& body, const std::string& expected) {
        const std::string found = findings(drives + body + "\n");
        CHECK_MESSAGE(found.starts_with(expected), found);
        CHECK_MESSAGE(found.find('\n') == std::string::npos, found);
    };
    pools("  default: {drives: [r, tray]}",
          "b.yaml:3:25: pools.default.drives[1]: there is no drive \"tray\" under drives");
    pools("  default: {drives: [r, r]}", "b.yaml:3:25: pools.default.drives[1]: drive r is here twice");
    pools("  default: {drives: [r, e]}",
          "b.yaml:3:21: pools.default.drives: it mixes real and emulated drives");
    pools("  default: {drives: []}", "b.yaml:3:21: pools.default.drives: it is empty");
    pools("  default: {}", "b.yaml:3:3: pools.default.drives: it is empty");
    pools("  default: {drives: [r], copies: 2}",
          "b.yaml:3:34: pools.default.copies: 2 copies need as many drives, the pool has 1");
    pools("  default: {drives: [r], copies: 0}",
          "b.yaml:3:34: pools.default.copies: expected a number from 1 to 100");
    pools("  'a/b': {drives: [r]}", "b.yaml:3:3: pools.a/b: a name here is");
    CHECK(findings("drives: {e: {image_dir: /e}, r: {device: /dev/sr0}}")
              .starts_with("b.yaml:1:9: pools.default.drives: it mixes real and emulated drives"));
}

TEST_CASE("findings: folders that overlap") {
    const auto folders = [](const std::string& text, const std::string& expected) {
        const std::string found = findings(text);
        CHECK_MESSAGE(found.starts_with(expected), found);
    };
    folders("state_dir: /s\ninbox_dir: /s\n" + kDrive,
            "b.yaml:2:12: inbox_dir: /s is or holds state_dir (/s)");
    folders("state_dir: /s/state\ninbox_dir: /s/\n" + kDrive,
            "b.yaml:2:12: inbox_dir: /s is or holds state_dir (/s/state)");
    folders("state_dir: /s\ninbox_dir: /s/a/../seals\n" + kDrive,
            "b.yaml:2:12: inbox_dir: /s/seals lies in /s/seals, which is");
    folders("state_dir: /s\ndrives: {d: {image_dir: /s/inbox/discs}}\n",
            "b.yaml:2:25: drives.d.image_dir: /s/inbox/discs overlaps inbox_dir (/s/inbox)");
    folders("inbox_dir: /d/i\ndrives: {d: {image_dir: /d}}\n",
            "b.yaml:2:25: drives.d.image_dir: /d overlaps inbox_dir (/d/i)");
    folders("state_dir: /s\ndrives: {d: {image_dir: /s}}\n",
            "b.yaml:2:25: drives.d.image_dir: /s is or holds state_dir (/s)");
    folders("state_dir: /s\ndrives: {d: {image_dir: /s/journal/x}}\n",
            "b.yaml:2:25: drives.d.image_dir: /s/journal/x lies in");
    folders("drives: {a: {image_dir: /d}, b: {image_dir: /d/x}}\n",
            "b.yaml:1:45: drives.b.image_dir: /d/x overlaps drives.a.image_dir");
    folders("inbox_dir: /i\ncatalogue: sqlite3:///i/c.sqlite\n" + kDrive,
            "b.yaml:2:12: catalogue: it lies in inbox_dir (/i)");
    CHECK(findings("state_dir: /s\ninbox_dir: /s/inbox\ndrives: {d: {image_dir: /s/discs}}\n").empty());
    CHECK(
        findings("state_dir: /s\ninbox_dir: /state\n" + kDrive).empty());  // a common beginning is no overlap
}

TEST_CASE("findings: all are reported at once, twenty at most") {
    const std::string two = findings("log: {level: loud}\nburn: {layout: tar}\n" + kDrive);
    CHECK(two.starts_with("b.yaml:1:14: log.level"));
    CHECK(two.find("\nb.yaml:2:16: burn.layout") != std::string::npos);
    std::string many;
    for (int i = 0; i < 25; ++i) many += "key" + std::to_string(i) + ": 1\n";
    const std::string found = findings(many + kDrive);
    CHECK(std::count(found.begin(), found.end(), '\n') == 20);
    CHECK(found.ends_with("\nand 5 more"));
}

TEST_CASE("findings: a small file of aliases can't become endless") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
        for (int j = 0; j < 9; ++j) bomb += ", " + last;
        bomb += "]\n";
    }
    CHECK(findings(bomb).find("the document is too large or too deep for a configuration") !=
          std::string::npos);
    CHECK(findings("a: &a [*a]\n").find("too large or too deep") != std::string::npos);
    CHECK(findings(std::string(100'000, '[')).starts_with("b.yaml:1:"));
}
