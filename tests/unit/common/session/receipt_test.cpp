#include "common/session/receipt.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "common/unicode/shown_text.hpp"
#include "tests/unit/common/session/sample_session.hpp"

using namespace burnbox;
using namespace burnbox::test;

namespace {

Receipt sample_receipt() {
    Receipt receipt;
    receipt.account = "alice";
    receipt.session = "holiday's";
    receipt.path = "/alice/holiday's";
    receipt.sealed_at = sample_time();
    receipt.burned_at = sample_time() + std::chrono::minutes(1);
    receipt.verified_at = sample_time() + std::chrono::minutes(2);
    receipt.files_count = 1;
    receipt.bytes = 1'048'576;
    receipt.marker_name = "BURN";
    receipt.marker_sha256 = Sha256::of("");
    receipt.copies = {{.disc = "BURNBOX_0007",
                       .serial = "some-uuid",
                       .medium = "dvd+r",
                       .media_id = "",
                       .drive = "tray",
                       .location = "/discs/my box/BURNBOX_0007.iso",
                       .disc_session = 3,
                       .start_lba = 81920,
                       .blocks = 358400}};
    receipt.files = {
        {.path = "data/photos/\"a\".jpg", .size_bytes = 1'048'576, .sha256 = Sha256::of("a"), .lba = 82000}};
    return receipt;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("receipt.json: the keys of the contract, in their order") {
    const auto json = nlohmann::ordered_json::parse(to_json(sample_receipt()));
    std::vector<std::string> keys;
    for (const auto& [key, value] : json.items()) keys.push_back(key);
    CHECK(keys == std::vector<std::string>{"receipt", "account", "session", "path", "burnbox", "sealed_at",
                                           "burned_at", "verified_at", "files_count", "bytes", "marker",
                                           "copies", "files"});
    CHECK(json["receipt"] == 1);
    CHECK(json["session"] == "holiday's");
    CHECK(json["burned_at"] == "2026-11-23T10:01:00Z");
    CHECK(json["marker"].dump() == R"({"name":"BURN","sha256":")" + Sha256::of("").hex() + "\"}");
    CHECK(
        json["copies"].dump() ==
        R"([{"disc":"BURNBOX_0007","serial":"some-uuid","medium":"dvd+r","media_id":"","drive":"tray","disc_session":3,"start_lba":81920,"blocks":358400}])");
    CHECK(json["files"].dump() == R"([{"path":"data/photos/\"a\".jpg","size":1048576,"sha256":")" +
                                      Sha256::of("a").hex() + R"(","lba":82000}])");
}

TEST_CASE("receipt.json: no files, many files, a marker by command") {
    Receipt receipt = sample_receipt();
    receipt.files.clear();
    receipt.marker_name.clear();
    auto json = nlohmann::json::parse(to_json(receipt));
    CHECK(json["files"].empty());
    CHECK(json["marker"]["sha256"] == "");
    for (int i = 0; i < 1000; ++i)
        receipt.files.push_back(
            {.path = "data/" + std::to_string(i), .size_bytes = 0, .sha256 = {}, .lba = 0});
    CHECK(nlohmann::json::parse(to_json(receipt))["files"].size() == 1000);
}

TEST_CASE("RECEIPT.txt: says where it is and how to check it, in a form for the shell") {
    Receipt receipt = sample_receipt();
    std::string text = to_text(receipt);
    CHECK(has(text, "RECEIPT for alice/holiday's\n"));
    CHECK(has(text, "2026-11-23 10:02:00 UTC"));
    CHECK(has(text, "1048576 bytes (1.0 MiB)"));
    CHECK(has(text, "3, 358400 blocks from block 81920"));
    CHECK(has(text, R"(xorriso -osirrox on -indev '/discs/my box/BURNBOX_0007.iso' -extract / "$D"/disc)"));
    CHECK(has(text, R"((cd "$D"/disc/'alice/holiday'\''s' && sha256sum -c 'SHA256SUMS'))"));
    CHECK(has(text, R"(bsdtar -xf '/discs/my box/BURNBOX_0007.iso' -C "$D"/tar)"));
    CHECK(text.find("xorriso") < text.find("bsdtar"));
    CHECK(has(text, R"(-extract '/alice/holiday'\''s' "$D"/session)"));
    receipt.copies[0].location.clear();
    text = to_text(receipt);
    CHECK(has(text, "mount -o ro /dev/sr0 /mnt"));
    CHECK_FALSE(has(text, "bsdtar"));
}

TEST_CASE("receipts: nothing that is not seen, or turns what follows around") {
    Receipt receipt = sample_receipt();
    receipt.session = "a\u202ez\u2066\u200b\U000e0041";
    receipt.path = "/alice/" + receipt.session;
    receipt.marker_name = "BURN\u202e";
    receipt.files[0].path = "data/\u202e.txt";
    receipt.name_notes.push_back({.reader = NameReader::joliet, .path = "a\u200b", .shown = "b\u200b"});
    const std::string text = to_text(receipt);
    CHECK(show_lines(text) == text);
    CHECK(has(text, "RECEIPT for alice/a\\xe2\\x80\\xae"));
    CHECK(has(text, R"x(-extract '/alice/a'"$(printf '\342\200\256')"'z'"$(printf)x"));
    const std::string json = to_json(receipt);
    CHECK(show_json(json) == json);
    CHECK(has(json, R"("session": "a\u202ez\u2066\u200b\udb40\udc41")"));
    CHECK(has(json, R"(data/\u202e.txt)"));
    CHECK(nlohmann::json::parse(json)["session"] == receipt.session);
}

TEST_CASE("RECEIPT.txt: names the list that is really there") {
    Receipt receipt = sample_receipt();
    receipt.checksum_list = "alice/holiday.SHA256SUMS";
    CHECK(has(to_text(receipt), R"((cd "$D"/disc/'alice' && sha256sum -c 'holiday.SHA256SUMS'))"));
    receipt.checksum_list = "SHA256SUMS";
    CHECK(has(to_text(receipt), R"((cd "$D"/disc && sha256sum -c 'SHA256SUMS'))"));
    receipt.checksum_list.clear();
    receipt.files.push_back({.path = "bagit.txt", .size_bytes = 0, .sha256 = {}, .lba = 0});
    receipt.files.push_back({.path = "data/a", .size_bytes = 0, .sha256 = {}, .lba = 0});
    CHECK(has(to_text(receipt), "sha256sum -c 'manifest-sha256.txt'"));
}

TEST_CASE("RECEIPT.txt: where there is no file nothing is to be checked, and it says so") {
    Receipt receipt = sample_receipt();
    receipt.files.clear();
    receipt.files_count = 0;
    const std::string folders = to_text(receipt);
    CHECK_FALSE(has(folders, "sha256sum"));
    CHECK_FALSE(has(folders, "must end with OK"));
    CHECK(has(folders, "No file was sent"));
    CHECK(has(folders, R"((cd "$D"/disc/'alice/holiday'\''s' && find .))"));
    receipt.files.push_back({.path = "bagit.txt", .size_bytes = 0, .sha256 = {}, .lba = 0});
    CHECK_FALSE(has(to_text(receipt), "sha256sum"));
}

TEST_CASE("receipt: only copies that count are whole ones, and as many as there are of each part") {
    Receipt receipt = sample_receipt();
    CHECK(whole_copies(receipt) == 1);
    receipt.copies.push_back(receipt.copies.front());
    CHECK(whole_copies(receipt) == 2);
    receipt.copies.back().counts = false;
    CHECK(whole_copies(receipt) == 1);
    CHECK(has(to_text(receipt), "Not a copy"));
    CHECK(has(to_json(receipt), "\"counts\": false"));
    receipt.parts = 2;
    for (ReceiptCopy& copy : receipt.copies) copy.counts = true;
    receipt.copies.front().part = 1, receipt.copies.back().part = 2;
    CHECK(whole_copies(receipt) == 1);
    receipt.copies.pop_back();
    CHECK(whole_copies(receipt) == 0);
    receipt.copies.clear();
    CHECK(whole_copies(receipt) == 0);
}
