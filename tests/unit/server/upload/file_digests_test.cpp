#include "server/upload/file_digests.hpp"

#include <doctest/doctest.h>

#include "tests/support/server/upload_house.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::string kText = [] {
    std::string text;
    for (int i = 0; i < 40'000'000 / 8; ++i) text += "8 bytes\n";
    text += "end";
    return text;
}();

Digests of(std::vector<std::string_view> pieces) {
    Digests digests;
    for (const std::string_view piece : pieces) digests.push_back(Sha256::of(piece));
    return digests;
}

}  // namespace

TEST_CASE("digests: of the whole file, of a range, of the rest, and by blocks") {
    UploadHouse house;
    const auto client = house.connect();
    const std::string_view text = kText;
    REQUIRE(put(*client, "/holiday/a", text) == "ok");
    CHECK(digest(*client, "/holiday/a").value() == of({text}));
    CHECK(digest(*client, "/holiday/a", {.start = 5, .length = 33'000'000, .block = 0}).value() ==
          of({text.substr(5, 33'000'000)}));
    CHECK(digest(*client, "/holiday/a", {.start = 39'999'999, .length = 0, .block = 0}).value() ==
          of({text.substr(39'999'999)}));
    CHECK(digest(*client, "/holiday/a", {.start = 1, .length = 700, .block = 300}).value() ==
          of({text.substr(1, 300), text.substr(301, 300), text.substr(601, 100)}));
    CHECK(digest(*client, "/holiday/a", {.start = 0, .length = 512, .block = 256}).value() ==
          of({text.substr(0, 256), text.substr(256, 256)}));
    CHECK(digest(*client, "/holiday/a", {.start = text.size(), .length = 0, .block = 0}).value() == of({""}));
    REQUIRE(put(*client, "/holiday/empty", "") == "ok");
    CHECK(digest(*client, "/holiday/empty").value() == of({""}));
}

TEST_CASE("digests: impossible ranges are refused") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", std::string(2'000'000, 'x')) == "ok");
    const auto error = [&](const DigestRange& range) {
        const auto digests = digest(*client, "/holiday/a", range);
        return digests ? "accepted" : digests.error().message;
    };
    CHECK(contains(error({.start = 2'000'001, .length = 0, .block = 0}), "beyond the end"));
    CHECK(contains(error({.start = 0, .length = 0, .block = 255}), "256 bytes at least"));
    CHECK(contains(error({.start = 0, .length = 0, .block = 256}), "more than 4096 blocks"));
    CHECK(digest(*client, "/holiday/b").error().code == Errc::not_found);
    CHECK(digest(*client, "/holiday").error().code == Errc::not_found);
}

TEST_CASE("digests: a drop box may compare what it sent as a whole, but read nothing by digests") {
    UploadHouse house;
    house.alice().rights = {.upload = true, .read = false, .remove = false};
    house.start();
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", "secret") == "ok");
    CHECK(digest(*client, "/holiday/a").value() == of({"secret"}));
    CHECK(contains(digest(*client, "/holiday/a", {.start = 0, .length = 1, .block = 0}).error().message,
                   "may not read (accounts.alice.rights)"));
    REQUIRE(put(*client, "/holiday/BURN", "") == "ok: holiday is sealed");
    CHECK(digest(*client, "/holiday-queued/a").error().code == Errc::permission);
}

TEST_CASE("digests: a long file is read in slices, and others' jobs come in between") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", kText) == "ok");
    house.jobs_wait = true;
    std::vector<std::string> order;
    client->digest("/holiday/a", {.start = 1, .length = 0, .block = 0},
                   [&](const Result<Digests>&) { order.emplace_back("digest"); });
    house.jobs.emplace_back([&] { order.emplace_back("other"); });
    house.run_jobs();
    CHECK(order == std::vector<std::string>{"other", "digest"});
}

TEST_CASE("digests: a file that changes while it is read gives no digest") {
    UploadHouse house;
    const auto client = house.connect();
    REQUIRE(put(*client, "/holiday/a", kText) == "ok");
    house.jobs_wait = true;
    std::optional<Result<Digests>> answer;
    client->digest("/holiday/a", {.start = 1, .length = 0, .block = 0},
                   [&](Result<Digests> digests) { answer = std::move(digests); });
    const auto first = std::move(house.jobs.front());
    house.jobs.pop_front();
    first();
    auto writer = client->open("/holiday/a", {.write = true});
    REQUIRE(writer);
    CHECK(write(**writer, "more", kText.size()) == "ok");
    house.run_jobs();
    REQUIRE(answer);
    CHECK(contains(answer->error().message, "changed meanwhile"));
}
