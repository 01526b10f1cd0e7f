// On which disc: room, discs that are gone or suspect, blanks, an autoloader.
#include "tests/unit/burner/rules/next_burn/situation.hpp"

namespace burnbox::test {

TEST_CASE("discs: the oldest open disc with room is filled up first, then a blank one is begun") {
    Situation queue;
    const SessionId id = queue.session(100);
    queue.disc(99);
    const DiscId has_room = queue.disc(100), blank = queue.disc(kBlankBytes, 0);
    CHECK(puts_in(queue.next(), has_room));
    queue.row_of(has_room).state = DiscState::full;
    CHECK(puts_in(queue.next(), blank));
    queue.row_of(blank).state = DiscState::closed;
    CHECK(is<PutInBlank>(queue.next()));
    CHECK(is<Burn>(queue.after_putting_in()));
    CHECK(queue.next().group == Ids{id});
}

TEST_CASE("discs: the tree of what is on a disc needs room too") {
    Situation queue;
    queue.session(100);
    const DiscId tight = queue.disc(150);
    queue.drive().discs->tree_bytes[tight] = 51;
    CHECK(is<PutInBlank>(queue.next()));
    queue.drive().discs->tree_bytes[tight] = 50;
    CHECK(puts_in(queue.next(), tight));
}

TEST_CASE("discs: one at its session limit takes no more, however much room it has") {
    Situation queue;
    queue.session();
    queue.row_of(queue.disc(900)).sessions_left = 0;
    CHECK(is<PutInBlank>(queue.next()));
}

TEST_CASE("discs: suspect, missing and closed ones are left, and so is one in another drive") {
    Situation queue({"tray", "spare"});
    queue.session();
    queue.row_of(queue.disc(500)).state = DiscState::suspect;
    queue.row_of(queue.disc(500)).state = DiscState::closed;
    const DiscId missing = queue.disc(500);
    queue.drive().discs->here.erase(missing);  // no shelf shows it
    queue.disc(500, 1, "spare");
    CHECK(is<PutInBlank>(queue.next()));
}

TEST_CASE("discs: one that went the moment it was to be put in is passed over") {
    Situation queue;
    queue.session();
    const DiscId gone = queue.disc(500), next = queue.disc(500);
    queue.drive().discs->gone.insert(gone);
    CHECK(puts_in(queue.next(), next));
}

TEST_CASE("discs: one on which the session can't be burned is left to the others") {
    Situation queue;
    const SessionId one = queue.session(), two = queue.session();
    const DiscId disc = queue.disc(500);
    queue.drive().unsuitable.insert({disc, one});
    CHECK(is<PutInBlank>(queue.next()));
    CHECK(queue.next().group == Ids{one});
    queue.of(one).taken = true;
    CHECK(puts_in(queue.next(), disc));
    CHECK(queue.next().group == Ids{two});
}

TEST_CASE("discs: with burn.layout root every session has a disc for itself") {
    Situation queue;
    queue.facts.layout = Layout::root;
    queue.session();
    queue.disc(500);
    CHECK(is<PutInBlank>(queue.next()));
    const DiscId blank = queue.disc(kBlankBytes, 0);
    CHECK(puts_in(queue.next(), blank));
}

TEST_CASE("discs: without a blank the large session waits, says why, and a smaller one overtakes it") {
    Situation queue;
    const SessionId large = queue.session(600), small = queue.session(10);
    const DiscId disc = queue.disc(500);
    queue.no_blanks();
    const Decision decision = queue.next();
    const Wait* const wait = wait_of(decision, large);
    REQUIRE(wait != nullptr);
    CHECK(wait->what == WaitsFor::disc);
    CHECK(wait->reason->code == Errc::no_medium);
    CHECK(wait->said ==
          "it needs about 600 bytes and disc DISC_1 has 500 bytes left, so it waits for a new disc; a "
          "smaller session "
          "may overtake it. insert a blank disc");
    CHECK(puts_in(decision, disc));
    CHECK(burns(queue.after_putting_in(), {small}, disc));
}

TEST_CASE("discs: who waits for one is not asked for again before its rest is over") {
    Situation queue;
    const SessionId id = queue.session(600);
    queue.no_blanks();
    CHECK(wait_of(queue.next(), id)->said == "it waits for a new disc. insert a blank disc");
    queue.drive().rests[id] = queue.facts.now + std::chrono::seconds(1);
    CHECK(waits_for(queue.next(), id, WaitsFor::another_try));
    CHECK(wait_of(queue.next(), id)->said.empty());
}

TEST_CASE("discs: an autoloader is asked once for each session, for the disc it would go on or a blank one") {
    Situation queue;
    queue.drive().emulated = false, queue.drive().has_changer = true;
    queue.drive().discs->medium = medium(MediumState::none);
    const SessionId large = queue.session(600), small = queue.session(10);
    const DiscId disc = queue.disc(500);
    queue.no_blanks();
    REQUIRE(is<ChangeDisc>(queue.next()));
    CHECK(std::get<ChangeDisc>(queue.next().next).wanted == "blank");
    queue.drive().changed_for.insert(large);
    REQUIRE(is<ChangeDisc>(queue.next()));
    CHECK(waits_for(queue.next(), large, WaitsFor::disc));
    CHECK(std::get<ChangeDisc>(queue.next().next).wanted == queue.row_of(disc).label);
    queue.drive().changed_for.insert(small);
    CHECK(is<Nothing>(queue.next()));
    CHECK(waits_for(queue.next(), small, WaitsFor::disc));
}

namespace {

// A real drive with this in it.
struct RealDrive : Situation {
    explicit RealDrive(const Medium& in) {
        drive().emulated = false;
        drive().discs->medium = in;
    }
};

}  // namespace

TEST_CASE("real discs: what is in the drive is gone on with, another one is not asked for") {
    RealDrive queue(medium(MediumState::appendable, "DISC_2", "serial-2"));
    const SessionId id = queue.session();
    queue.disc(500);
    const DiscId in = queue.disc(500);
    CHECK(burns(queue.next(), {id}, in));
}

TEST_CASE("real discs: one with the same label and another serial is another disc") {
    RealDrive queue(medium(MediumState::appendable, "DISC_1", "a copy's"));
    queue.session();
    queue.disc(500);
    CHECK(is<PutInBlank>(queue.next()));
}

TEST_CASE("real discs: a blank one gets the label that was given before, if it is of the same make") {
    RealDrive queue(medium(MediumState::blank));
    queue.drive().discs->medium->media_id = "CMCMAG";
    queue.session();
    const DiscId labelled = queue.disc(kBlankBytes, 0);
    CHECK(puts_in(queue.next(), labelled));
    queue.row_of(labelled).media_id = "RICOHJPN";
    CHECK(is<PutInBlank>(queue.next()));
    queue.row_of(labelled).media_id = "CMCMAG";
    queue.drive().discs->gone.insert(labelled);  // somebody took the blank out
    CHECK(is<PutInBlank>(queue.next()));
}

}  // namespace burnbox::test
