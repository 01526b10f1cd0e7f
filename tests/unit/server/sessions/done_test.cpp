#include "server/sessions/done.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace burnbox;

namespace {

struct Answers {
    std::vector<Result<std::string>> given;
    Done done() {
        return [this](Result<std::string> answer) { given.push_back(std::move(answer)); };
    }
};

}  // namespace

TEST_CASE("done: one that is dropped says that the server ends, each only once") {
    Answers answers;
    {
        const Done done = answered_at_last(answers.done());
        const Done copy = done;
    }
    REQUIRE(answers.given.size() == 1);
    CHECK(answers.given[0].error().code == Errc::cancelled);
    CHECK(answers.given[0].error().message == "burnbox is stopping: ask again when it is back");
}

TEST_CASE("done: one that was answered says nothing more") {
    Answers answers;
    {
        const Done done = answered_at_last(answers.done());
        done(std::string("h is sealed"));
        done(std::string("again"));
    }
    REQUIRE(answers.given.size() == 1);
    CHECK(answers.given[0].value() == "h is sealed");
}
