// `burnbox serve` without a configuration.
#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>

#include "common/config/text_file.hpp"
#include "tests/unit/common/config/config_fixture.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A home folder of its own for the time of a test.
class Home {
  public:
    Home() : home_("HOME", folder.path()), state_("XDG_STATE_HOME", folder.path() + "/state") {}
    [[nodiscard]] std::string state_dir() const { return folder.path() + "/state/burnbox"; }
    const TemporaryFolder folder;

  private:
    class Variable {
      public:
        Variable(const char* name, const std::string& value) : name_(name) {
            if (const char* old = std::getenv(name)) old_ = old;
            setenv(name, value.c_str(), 1);
        }
        ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }
        Variable(const Variable&) = delete;
        Variable& operator=(const Variable&) = delete;

      private:
        const char* name_;
        std::optional<std::string> old_;
    };
    Variable home_, state_;
};

const AccountConfig& only_account(const Config& config) {
    REQUIRE(config.accounts.size() == 1);
    return config.accounts.begin()->second;
}

}  // namespace

TEST_CASE("default configuration: loopback, state of the user, an emulated DVD+R") {
    const Home home;
    home.folder.write(".ssh/id.pub", kEd25519);
    std::string notice;
    const Config config = default_config(notice).value();
    CHECK(notice.empty());
    CHECK(config.file.empty());
    CHECK(config.listen.at(0).host == "127.0.0.1");
    CHECK(config.listen.at(0).port == 2022);
    CHECK(config.state_dir == home.state_dir());
    CHECK(config.inbox_dir == home.state_dir() + "/inbox");
    CHECK(config.catalogue == "sqlite3://" + home.state_dir() + "/catalogue.sqlite");
    CHECK(config.drives.at("disc").image_dir == home.state_dir() + "/discs");
    CHECK(config.drives.at("disc").medium == "dvd+r");
    CHECK(config.pools.at("default").drives == std::vector<std::string>{"disc"});
    CHECK(only_account(config).keys.size() == 1);
    CHECK_FALSE(
        std::filesystem::exists(home.state_dir()));  // nothing is written when there is nothing to make
}

TEST_CASE("default configuration: keys come from all .pub files and authorized_keys, each once") {
    const Home home;
    home.folder.write(".ssh/a.pub", kEd25519);
    home.folder.write(".ssh/b.pub", kEcdsa256);
    home.folder.write(".ssh/id_rsa", "private");
    home.folder.write(".ssh/authorized_keys",
                      std::string(kEd25519) + "\nno-pty " + kEcdsa384 + "\n" + kEcdsa521 + "\n");
    std::string notice;
    const Config config = default_config(notice).value();
    CHECK(only_account(config).keys.size() == 3);
    CHECK(notice.starts_with(home.folder.path() +
                             "/.ssh/authorized_keys:2: skipped: the options \"no-pty\" before the key"));
}

TEST_CASE("default configuration: without a key it makes one, once, and says where") {
    const Home home;
    std::string notice;
    const Config first = default_config(notice).value();
    const std::string key_file = home.state_dir() + "/client_key";
    CHECK(notice == "no SSH key in ~/.ssh: made one, use it with   ssh -i " + key_file + "\n");
    CHECK(read_text_file(key_file).value().starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    notice.clear();
    const Config second = default_config(notice).value();
    CHECK(only_account(second).keys.at(0).base64 == only_account(first).keys.at(0).base64);
    CHECK(notice.find("ssh -i " + key_file) != std::string::npos);

    home.folder.write(".ssh/id.pub", kEd25519);  // later the person has one: both work
    notice.clear();
    CHECK(only_account(default_config(notice).value()).keys.size() == 2);
    CHECK(notice.empty());
}
