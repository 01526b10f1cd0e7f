#include "common/bag/bag_check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "common/bag/bag.hpp"
#include "common/bag/found_layout.hpp"
#include "common/bag/listed_digest.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/must.hpp"
#include "tests/support/storage/memory_file_system.hpp"
#include "tests/support/storage/test_clock.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

// A bag as somebody sends it: texts by path, from which the manifest is made as the seal does.
struct OwnBag {
    std::map<std::string, std::string> files;
    std::string folder;

    OwnBag() {
        files["bagit.txt"] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        files["data/a%b.txt"] = "one";
        files["data/d/c.txt"] = "two";
        files["manifest-sha256.txt"] =
            hex("one") + "  data/a%25b.txt\n" + hex("two") + " *./data/d/c.txt\r\n";
        files["bag-info.txt"] = "Source-Organization: us\nPayload-Oxum: 6.2\n";
        files["tagmanifest-sha256.txt"] = hex(files["bagit.txt"]) + "  bagit.txt\n";
    }
    static std::string hex(const std::string& text) { return Sha256::of(text).hex(); }

    [[nodiscard]] Manifest manifest() const {
        Manifest manifest;
        for (const auto& [path, text] : files) {
            const std::string full = join_path(folder, path);
            for (std::size_t slash = full.find('/'); slash != std::string::npos;
                 slash = full.find('/', slash + 1))
                if (std::ranges::find(manifest.entries, full.substr(0, slash), &ManifestEntry::path) ==
                    manifest.entries.end())
                    manifest.entries.push_back(sample_folder(full.substr(0, slash)));
            manifest.entries.push_back(sample_file(full, text));
        }
        std::ranges::sort(manifest.entries, {}, &ManifestEntry::path);
        return manifest;
    }
    [[nodiscard]] Status check() const {
        const auto read = [&](const std::string& path) -> Result<std::string> {
            const auto found = files.find(path.substr(folder.empty() ? 0 : folder.size() + 1));
            if (found == files.end()) return fail(Errc::not_found, path);
            return found->second;
        };
        const auto digest = [&](const ManifestEntry& file,
                                const std::string& algorithm) -> Result<std::string> {
            BB_TRY(const std::string text, read(file.path));
            return digest_by(algorithm, text);
        };
        return check_own_bag(manifest(), {.read_text = read, .digest = digest}, folder);
    }
    // By burnbox's own reading of a file.
    static std::string digest_by(const std::string& algorithm, const std::string& text) {
        TestClock clock;
        MemoryFileSystem fs("/memory", clock);
        must(replace_file(fs, "f", text));
        return must(listed_digest(*must(fs.open("f", {.read = true})), algorithm));
    }
    [[nodiscard]] std::string complaint() const {
        const Status status = check();
        REQUIRE_FALSE(status.has_value());
        CHECK(status.error().code == Errc::invalid);
        return status.error().message;
    }
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("own bag: a valid one is accepted, at the top and as the only folder") {
    OwnBag bag;
    Status status = bag.check();
    CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().message));
    bag.folder = "my bag";
    CHECK(only_bag_folder(bag.manifest()) == "my bag");
    status = bag.check();
    CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().message));
    CHECK(only_bag_folder(OwnBag().manifest()).empty());
}

TEST_CASE("own bag: what burnbox writes itself is valid") {
    SealedSession session = sample_session();
    OwnBag bag;
    bag.files.clear();
    bag.folder = "alice/holiday";
    Manifest manifest;
    for (const DiscEntry& entry : disc_entries(session, Layout::bag, ModePolicy::readable)) {
        manifest.entries.push_back({.path = entry.path,
                                    .type = entry.type,
                                    .size_bytes = entry.size_bytes,
                                    .sha256 = entry.sha256,
                                    .link_target = entry.link_target});
        if (!entry.content.empty()) bag.files[entry.path] = entry.content;
    }
    const auto read = [&](const std::string& path) -> Result<std::string> { return bag.files.at(path); };
    const Status status = check_own_bag(manifest, {.read_text = read, .digest = {}}, "alice/holiday");
    CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().message));
}

TEST_CASE("own bag: each way of being invalid is refused by name") {
    OwnBag bag;
    SUBCASE("file missing") {
        bag.files.erase("data/d/c.txt");
        CHECK(has(bag.complaint(), "not there: data/d/c.txt"));
    }
    SUBCASE("file differs") {
        bag.files["data/d/c.txt"] = "TWO";
        CHECK(has(bag.complaint(), "differ from manifest-sha256.txt: data/d/c.txt"));
    }
    SUBCASE("file not listed") {
        bag.files["data/extra"] = "x";
        CHECK(has(bag.complaint(), "does not list data/extra"));
    }
    SUBCASE("many are counted") {
        for (int i = 0; i < 9; ++i) bag.files["data/extra" + std::to_string(i)] = "x";
        CHECK(has(bag.complaint(), "and 4 more"));
    }
    SUBCASE("a list that leads out of data") {
        bag.files["manifest-sha256.txt"] += OwnBag::hex("x") + "  ../etc/passwd\n";
        CHECK(has(bag.complaint(), "lists ../etc/passwd"));
    }
    SUBCASE("tag file differs") {
        bag.files["tagmanifest-sha256.txt"] = OwnBag::hex("x") + "  bagit.txt\n";
        CHECK(has(bag.complaint(), "differ from tagmanifest-sha256.txt: bagit.txt"));
    }
    SUBCASE("wrong Payload-Oxum") {
        bag.files["bag-info.txt"] = "Payload-Oxum: 7.2\n";
        CHECK(has(bag.complaint(), "Payload-Oxum 7.2, data holds 6.2"));
    }
    SUBCASE("no manifest") {
        bag.files.erase("manifest-sha256.txt");
        CHECK(has(bag.complaint(), "no manifest-ALGORITHM.txt"));
    }
    SUBCASE("another digest's list is checked for completeness") {
        bag.files["manifest-md5.txt"] = OwnBag::digest_by("md5", "two") + "  data/d/c.txt\n";
        CHECK(has(bag.complaint(), "manifest-md5.txt does not list data/a%b.txt"));
    }
    SUBCASE("another digest differs") {
        for (const std::string algorithm : {"md5", "sha1", "sha224", "sha384", "sha512"}) {
            OwnBag other = bag;
            const std::string list = "manifest-" + algorithm + ".txt";
            other.files[list] = OwnBag::digest_by(algorithm, "one") + "  data/a%25b.txt\n" +
                                OwnBag::digest_by(algorithm, "one") + "  data/d/c.txt\n";
            CHECK(has(other.complaint(), "differ from " + list + ": data/d/c.txt"));
        }
    }
    SUBCASE("another digest of a tag file differs") {
        bag.files["tagmanifest-sha512.txt"] = OwnBag::digest_by("sha512", "x") + "  bagit.txt\n";
        CHECK(has(bag.complaint(), "differ from tagmanifest-sha512.txt: bagit.txt"));
    }
    SUBCASE("a digest that nobody knows") {
        bag.files["manifest-whirlpool.txt"] = "00  data/a%25b.txt\n00  data/d/c.txt\n";
        CHECK(
            has(bag.complaint(), "manifest-whirlpool.txt has digests of whirlpool, which can't be checked"));
    }
    SUBCASE("declaration damaged") {
        bag.files["bagit.txt"] = "BagIt-Version 1.0\n";
        CHECK(has(bag.complaint(), "bagit.txt must be"));
    }
    SUBCASE("no data") {
        bag.files = {{"bagit.txt", bag.files["bagit.txt"]}, {"manifest-sha256.txt", ""}};
        CHECK(has(bag.complaint(), "no folder data"));
    }
}

namespace {

void check_valid(const OwnBag& bag) {
    const Status status = bag.check();
    CHECK_MESSAGE(status.has_value(), (status ? "" : status.error().message));
}

// Of one file, listed as `listed`.
OwnBag bag_with(const std::string& path, const std::string& listed) {
    OwnBag bag;
    bag.files["data/" + path] = "three";
    bag.files["manifest-sha256.txt"] += OwnBag::hex("three") + "  " + listed + "\n";
    bag.files.erase("bag-info.txt");
    return bag;
}

}  // namespace

TEST_CASE("own bag: paths as older programs wrote them") {
    check_valid(bag_with("a%25b", "data/a%25b"));    // BagIt before 1.0: the name itself
    check_valid(bag_with("a%25b", "data/a%2525b"));  // encoded
    check_valid(bag_with("100%", "data/100%"));
    check_valid(bag_with("100%", "data/100%25"));
    check_valid(bag_with("a%0Ab", "data/a%0Ab"));
    check_valid(bag_with("a\nb", "data/a%0ab"));
    check_valid(bag_with("a\r%25", "data/a%0D%25"));  // the line ends encoded, '%' not
    check_valid(bag_with("%41", "data/%41"));
    check_valid(bag_with("x/y", "*data/x/y"));
    check_valid(bag_with("x/y", "./data/x/y"));
    check_valid(bag_with("x/y", "data\\x\\y"));  // Windows
    check_valid(bag_with("x\\y", "data/x\\y"));  // and a name with a backslash
    OwnBag both = bag_with("a%25b", "data/a%25b");
    both.files["data/a%b"] = "three";
    both.files["manifest-sha256.txt"] += OwnBag::hex("three") + "  data/a%b\n";
    check_valid(both);
    OwnBag marked = bag_with("x", "data/x");
    marked.files["manifest-sha256.txt"].insert(0, "\xEF\xBB\xBF");
    check_valid(marked);
    marked.files["bagit.txt"].insert(0, "\xEF\xBB\xBF");
    CHECK(has(marked.complaint(), "byte order mark"));
    OwnBag starred = bag_with("x", "data/x");
    starred.files["*notes.txt"] = "note";
    starred.files["tagmanifest-sha256.txt"] += OwnBag::hex("note") + "  *notes.txt\n";
    check_valid(starred);
}

TEST_CASE("own bag: any algorithm will do, one or several") {
    for (const std::string algorithm : {"md5", "sha1", "sha224", "sha384", "sha512"}) {
        CAPTURE(algorithm);
        OwnBag bag;
        bag.files["manifest-" + algorithm + ".txt"] =
            OwnBag::digest_by(algorithm, "one") + "  data/a%25b.txt\n" + OwnBag::digest_by(algorithm, "two") +
            "  data/d/c.txt\n";
        bag.files["tagmanifest-" + algorithm + ".txt"] =
            OwnBag::digest_by(algorithm, bag.files["bagit.txt"]) + "  bagit.txt\n";
        check_valid(bag);
        bag.files.erase("manifest-sha256.txt");
        bag.files.erase("tagmanifest-sha256.txt");
        check_valid(bag);
        bag.folder = "my bag";
        check_valid(bag);
    }
    CHECK(OwnBag::digest_by("md5", "") == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("own bag: without SHA-256 it lies on the disc as it is, with our list beside it") {
    SealedSession session = sample_session();
    OwnBag bag;
    session.manifest = bag.manifest();
    CHECK(checksum_list_path(session, Layout::bag) == session.identifier() + "/manifest-sha256.txt");
    bag.files["manifest-sha512.txt"] = bag.files["manifest-sha256.txt"];
    bag.files.erase("manifest-sha256.txt");
    session.manifest = bag.manifest();
    const auto entries = disc_entries(session, Layout::bag, ModePolicy::readable);
    CHECK(checksum_list_path(session, Layout::bag) == session.identifier() + ".SHA256SUMS");
    const auto is_there = [&](const std::string& path) {
        return std::ranges::find(entries, path, &DiscEntry::path) != entries.end();
    };
    CHECK(is_there(session.identifier() + ".SHA256SUMS"));
    CHECK(is_there(session.identifier() + "/data/d/c.txt"));
    CHECK(found_layout(session, Layout::bag, is_there) == Layout::plain);
}

TEST_CASE("own bag: a digest in upper case is the same digest") {
    OwnBag bag = bag_with("x", "data/x");
    std::string& list = bag.files["manifest-sha256.txt"];
    std::ranges::transform(list.begin(), list.begin() + 64, list.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    check_valid(bag);
}

TEST_CASE("own bag: names in another normal form of Unicode are known by what the files hold") {
    const std::string composed = "caf\xC3\xA9.txt", decomposed = "cafe\xCC\x81.txt";
    OwnBag bag = bag_with(decomposed, "data/" + composed);
    bag.files["manifest-md5.txt"] = OwnBag::digest_by("md5", "one") + " data/a%25b.txt\n" +
                                    OwnBag::digest_by("md5", "two") + " data/d/c.txt\n" +
                                    OwnBag::digest_by("md5", "three") + " data/" + composed + "\n";
    check_valid(bag);
    bag.files["data/" + decomposed] = "other";
    CHECK(has(bag.complaint(), "not there: data/caf"));
    CHECK(has(bag_with("cafe.txt", "data/" + composed).complaint(), "not there: data/caf"));
}

TEST_CASE("own bag: what is to be fetched must be there") {
    OwnBag bag = bag_with("x", "data/x");
    bag.files["fetch.txt"] = "https://example.org/x 5 data/x\n";
    check_valid(bag);
    bag.files.erase("data/x");
    CHECK(has(bag.complaint(), "fetch.txt"));
}
