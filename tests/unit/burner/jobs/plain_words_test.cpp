#include "burner/jobs/plain_words.hpp"

#include <doctest/doctest.h>

#include "tests/support/burner_house.hpp"

namespace burnbox::test {

TEST_CASE("plain words: a known sense code gets a sentence, the first one in the message counts") {
    const std::string write =
        "write /dev/sr0: FATAL: SCSI error on write(96,16): [3 0C 00] Medium error. Write error.";
    CHECK(in_plain_words(write) == write +
                                       " (the disc could not be written at this place: it is bad, dirty, or "
                                       "does not suit the drive)");
    CHECK(in_plain_words("a [4 44 00] b [3 0C 00]").find("the drive itself failed") != std::string::npos);
    CHECK(in_plain_words("[3 99 00]").find("the disc is bad, dirty") != std::string::npos);
    CHECK(in_plain_words("[2 3A 01]").find("no disc is in the drive") != std::string::npos);
}

TEST_CASE("plain words: what is not known stays as it is") {
    for (const char* message : {"", "write x: No space left on device", "[7 27 00]", "[3]"})
        CHECK(in_plain_words(message) == message);
}

TEST_CASE(
    "plain words: the attempt's record has every message of the libraries, and the sentence beside it") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    bool fails = true;
    house.drives[0]->during_write = [&]() -> Status {
        if (std::exchange(fails, false))
            return fail(Errc::io, "write /dev/sr0: SORRY: one\nFATAL: SCSI error: [3 0C 00] Write error");
        return {};
    };
    house.run_patiently(2);
    const auto attempts = house.catalogue->attempts(id);
    REQUIRE(attempts->size() == 2);
    const std::string& record = attempts->front().messages;
    for (const char* part :
         {"SORRY: one", "FATAL: SCSI error: [3 0C 00] Write error", "could not be written at"})
        CHECK(record.find(part) != std::string::npos);
    CHECK(house.row(id).state == SessionState::burned);
}

TEST_CASE("plain words: the cause of an attempt stays in its record when judging it fails too") {
    BurnerHouse house({"tray", "spare"});
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->during_write = [] { return fail(Errc::io, "SORRY: the first cause"); };
    house.drives[0]->before_settle = [] { return fail(Errc::timeout, "settle: the worker was ended"); };
    house.run_patiently(2);
    const auto attempts = house.catalogue->attempts(id);
    REQUIRE(attempts->size() == 2);
    CHECK(attempts->front().messages.find("the first cause") != std::string::npos);
    CHECK(attempts->front().messages.find("settle: the worker was ended") != std::string::npos);
}

TEST_CASE("plain words: a write that reported an error and reads back well keeps the error in its record") {
    BurnerHouse house;
    const SessionId id = house.queue("holiday", {{"a", "1"}});
    house.drives[0]->after_write = [] { return fail(Errc::io, "SORRY: close track failed"); };
    house.run();
    CHECK(house.row(id).state == SessionState::burned);
    const auto attempts = house.catalogue->attempts(id);
    REQUIRE(attempts->size() == 1);
    CHECK(attempts->front().state == AttemptState::verified);
    CHECK(attempts->front().messages.find("close track failed") != std::string::npos);
    CHECK(house.shelves["tray"].times_burned("BURNBOX_0001", "alice/holiday") == 1);
}

}  // namespace burnbox::test
