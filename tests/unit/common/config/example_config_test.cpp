// etc/burnbox.yaml is what people begin with: it must be valid, and what it says of defaults must be true.
#include <doctest/doctest.h>

#include <sstream>

#include "common/config/text_file.hpp"
#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

std::string example() {
    return read_text_file(BURNBOX_SOURCE_DIR "/etc/burnbox.yaml").value();
}

// With every key that is commented out: "#key", or "#  key" below another one; prose is "# Words".
std::string with_all_keys() {
    std::istringstream lines(example());
    std::string all, line;
    while (std::getline(lines, line)) {
        const std::size_t hash = line.find_first_not_of(' ');
        const bool comment = hash != std::string::npos && line[hash] == '#' && hash + 2 < line.size();
        if (comment && !(line[hash + 1] == ' ' && line[hash + 2] != ' ')) line.erase(hash, 1);
        all += line + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("example configuration: it is valid as it is") {
    const Config config = parse_config(example(), "etc/burnbox.yaml").value();
    CHECK(config.accounts.empty());
    CHECK(config.drives.at("disc").image_dir == "/var/lib/burnbox/discs");
}

TEST_CASE("example configuration: with all keys only those of later versions are found wrong") {
    const std::string found = findings(with_all_keys());
    std::istringstream lines(found);
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    REQUIRE_MESSAGE(all.size() == 1, found);
    CHECK(all[0].find("http: this is not served") != std::string::npos);
}

TEST_CASE("example configuration: what is commented out stands at its default") {
    std::string text = with_all_keys();
    text.insert(text.find("\nhttp:") + 1, "#");
    const Config config = parse_config(text, "b.yaml").value();
    const Config defaults;
    CHECK(config.inbox_dir == defaults.inbox_dir);
    CHECK(config.catalogue == defaults.catalogue);
    CHECK(config.session == defaults.session);
    CHECK(config.burn == defaults.burn);
    CHECK(config.watch == defaults.watch);
    CHECK(config.skim == defaults.skim);
    CHECK(config.signals_dir == defaults.signals_dir);
    CHECK(config.hooks == defaults.hooks);
    CHECK(config.limits == defaults.limits);
    CHECK(config.drain == defaults.drain);
    CHECK(config.log_level == defaults.log_level);
    CHECK(config.log_format == defaults.log_format);
    const AccountConfig& alice = config.accounts.at("alice");
    CHECK(alice.keys.size() == 1);
    CHECK(alice.rights.upload);
    CHECK(alice.rights.read);
    CHECK(alice.rights.remove);
    CHECK(config.drives.at("tray").device == "/dev/sr0");
    CHECK(config.drives.at("tray").load.size() == 2);
    CHECK(config.drives.at("disc").blanks == 100U);
}
