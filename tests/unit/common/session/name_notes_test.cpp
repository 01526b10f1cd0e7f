#include "common/session/name_notes.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/bag/bag.hpp"
#include "common/session/receipt.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

const std::string kCut254(254, 'c'), kCut255 = std::string(127, 'x') + std::string(128, 'y');

SealedSession session_of(const std::vector<std::string>& names) {
    SealedSession session;
    session.account = "lab";
    session.disc_name = "long";
    session.sealed_at = sample_time();
    for (const std::string& name : names) session.manifest.entries.push_back(sample_file(name, "aaa"));
    std::ranges::sort(session.manifest.entries, {}, &ManifestEntry::path);
    session.name_notes = name_notes_of(session.manifest);
    return session;
}

std::string content_of(const SealedSession& session, Layout layout, const std::string& path) {
    const auto entries = disc_entries(session, layout, ModePolicy::readable);
    const auto found = std::ranges::find(entries, path, &DiscEntry::path);
    return found == entries.end() ? "(none)" : found->content;
}

}  // namespace

TEST_CASE("name notes: names of 254 and 255 bytes, of files and folders, and no others") {
    SealedSession session = session_of({"a", std::string(253, 'b'), kCut254});
    CHECK(names_cut_by_linux(session.manifest) ==
          std::vector<NameNote>{{NameReader::linux_kernel, kCut254, ""}});
    session.manifest.entries = {sample_folder(kCut255), sample_file(kCut255 + "/x", "1")};
    CHECK(names_cut_by_linux(session.manifest) ==
          std::vector<NameNote>{{NameReader::linux_kernel, kCut255, ""}});
}

TEST_CASE("name notes: paths that most programs can't be given as a whole") {
    std::string path;
    for (int i = 0; i < 19; ++i) path += std::string(199, 'd') + "/";
    const std::string longest = path.substr(0, 3799);
    const SealedSession session = session_of({longest, path + "f"});
    CHECK(std::ranges::count(session.name_notes, NameReader::by_path, &NameNote::reader) == 1);
    CHECK(session.name_notes.back() == NameNote{NameReader::by_path, path + "f", ""});
    CHECK(name_notes_sentence(session.name_notes).starts_with("most programs can't be given paths"));
}

TEST_CASE("name notes: what Windows shows in their place, of each folder by itself") {
    const SealedSession session = session_of({"d/File.txt", "d/file.txt", "e/file.txt", "CON"});
    REQUIRE(session.name_notes.size() == 2);
    CHECK(session.name_notes[0].path == "CON");
    CHECK(session.name_notes[1].reader == NameReader::joliet);
    CHECK(session.name_notes[1].path == "d/file.txt");
    CHECK_FALSE(session.name_notes[1].shown.empty());
    CHECK(name_notes_sentence(session.name_notes).empty());
}

TEST_CASE("name notes: the seal record gives them back, and the bag follows from it") {
    SealedSession session = session_of({"a", kCut254, kCut255});
    session.name_notes = names_cut_by_linux(session.manifest);
    const auto back = parse_seal_record(to_seal_record(session));
    REQUIRE_MESSAGE(back, back.error().message);
    CHECK(back->name_notes == session.name_notes);
    const std::string text = content_of(*back, Layout::bag, "lab/long/name-notes.tsv");
    CHECK(text == "reader\tpath\tshown\nlinux\tdata/" + kCut254 + "\t\nlinux\tdata/" + kCut255 + "\t\n");
    CHECK(parse_name_notes_tsv(text, "data/").value() == session.name_notes);
    CHECK(content_of(*back, Layout::plain, "lab/long.name-notes.tsv").find("long/" + kCut254) !=
          std::string::npos);
    CHECK(content_of(*back, Layout::root, "name-notes.tsv").find("\t" + kCut254) != std::string::npos);
    const std::string tags = content_of(*back, Layout::bag, "lab/long/tagmanifest-sha256.txt");
    CHECK(tags.find("  name-notes.tsv\n") != std::string::npos);
}

TEST_CASE("name notes: a record of before them makes the bag of before them") {
    SealedSession old = session_of({kCut254});
    old.name_notes.clear();
    const std::string record = to_seal_record(old);
    CHECK(record.find("names") == std::string::npos);
    CHECK(parse_seal_record(record)->name_notes.empty());
    CHECK(content_of(*parse_seal_record(record), Layout::bag, "lab/long/name-notes.tsv") == "(none)");
}

TEST_CASE("name notes: damaged ones are corrupt") {
    for (const char* text : {"", "reader\tpath\tshown", "x\n", "reader\tpath\tshown\nlinux\tother/a\t\n",
                             "reader\tpath\tshown\nlinux\tdata/\t\n", "reader\tpath\tshown\n\n"})
        CHECK(parse_name_notes_tsv(text, "data/").error().code == Errc::corrupt);
    SealedSession session = session_of({kCut254});
    session.name_notes = names_cut_by_linux(session.manifest);
    std::string record = to_seal_record(session);
    record.replace(record.find("\"names\":1"), 9, "\"names\":2");
    CHECK(parse_seal_record(record).error().code == Errc::corrupt);
}

TEST_CASE("name notes: people are told which, and which readers show them") {
    const SealedSession session = session_of({"1" + kCut254, "2" + kCut254, "3" + kCut254, "a"});
    const std::string sentence = name_notes_sentence(session.name_notes);
    CHECK(sentence.find("xorriso shows them whole") != std::string::npos);
    CHECK(sentence.find("and 1 more") != std::string::npos);
    CHECK(name_notes_sentence({}).empty());
    Receipt receipt;
    receipt.name_notes = session.name_notes;
    CHECK(to_text(receipt).find("  1" + kCut254) != std::string::npos);
    CHECK(to_json(receipt).find("\"reader\": \"linux\"") != std::string::npos);
}
