#include "server/service/byte_buffer.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

TEST_CASE("byte buffer: what goes in at the end comes out at the front, whatever the sizes") {
    for (const unsigned seed : {1U, 2U, 3U}) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        burnbox::ByteBuffer buffer;
        std::string model;
        for (int i = 0; i < 2000; ++i) {
            const std::size_t count = random() % 3000;
            if (random() % 2 == 0) {
                const std::string more(count, static_cast<char>('a' + i % 26));
                buffer.append(more);
                model += more;
            } else {
                buffer.consume(count);
                model.erase(0, count);
            }
            const auto bytes = buffer.bytes();
            REQUIRE(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == model);
        }
    }
}

TEST_CASE("byte buffer: room can be taken and given back") {
    burnbox::ByteBuffer buffer;
    buffer.append("head");
    buffer.extend(100)[0] = std::byte{'!'};
    buffer.shrink_by(99);
    CHECK(buffer.size() == 5);
    CHECK(buffer.bytes()[4] == std::byte{'!'});
}
