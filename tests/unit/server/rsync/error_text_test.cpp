#include "server/rsync/error_text.hpp"

#include <doctest/doctest.h>

namespace burnbox::rsync {
namespace {

constexpr const char* kInbox = "/var/lib/burnbox/inbox/alice";

std::string shown(std::string_view text, std::vector<std::string> inboxes = {kInbox}) {
    ErrorText errors(std::move(inboxes));
    std::string all = errors.take(text);
    return all + errors.rest();
}

}  // namespace

TEST_CASE("rsync's messages: paths of this machine become those of the inbox") {
    CHECK(
        shown(
            "rsync: [sender] link_stat \"/var/lib/burnbox/inbox/alice/./a/b\" failed: No such file (2)\n") ==
        "rsync: [sender] link_stat \"/./a/b\" failed: No such file (2)\n");
    CHECK(shown("copy \"/var/lib/burnbox/inbox/alice/a\" -> \"/var/lib/burnbox/inbox/alice/b\"\n") ==
          "copy \"/a\" -> \"/b\"\n");
    CHECK(shown("change_dir \"/var/lib/burnbox/inbox/alice\" failed") == "change_dir \"/\" failed");
    CHECK(shown("inflate returned -3\n") == "inflate returned -3\n");
}

TEST_CASE("rsync's messages: an inbox behind a link is hidden by both of its names, one within the other") {
    const std::vector<std::string> names = {"/data/inbox/alice", "/mnt/data/inbox/alice"};
    CHECK(shown("\"/mnt/data/inbox/alice/a\" \"/data/inbox/alice/a\"\n", names) == "\"/a\" \"/a\"\n");
}

TEST_CASE("rsync's messages: wherever the pieces meet, whole lines come at once and nothing is missed") {
    const std::string text = std::string("a\n\"") + kInbox + "/x\"\n\nb \"" + kInbox + "\"";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        ErrorText errors({kInbox});
        std::string all = errors.take(text.substr(0, cut));
        CHECK((all.empty() || all.back() == '\n'));
        all += errors.take(text.substr(cut));
        CHECK(all == "a\n\"/x\"\n\n");
        CHECK(all + errors.rest() == "a\n\"/x\"\n\nb \"/\"");
        CHECK(errors.rest().empty());
    }
}

TEST_CASE("rsync's messages: a line without an end takes no more memory than a long one") {
    ErrorText errors({kInbox});
    for (int i = 0; i < 100; ++i) CHECK(errors.take(std::string(1000, 'x')).empty());
    CHECK(errors.take("\nnext\n") == std::string(kLongestLine, 'x') + "\nnext\n");
}

}  // namespace burnbox::rsync
