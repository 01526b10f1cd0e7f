// The receipt: the proof handed to the uploader after verified read-back, for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/session/sealed_session.hpp"
#include "common/session/time_notes.hpp"

namespace burnbox {

struct ReceiptCopy {
    std::string disc;      // label
    std::string serial;    // the disc's UUID
    std::string medium;    // "dvd+r"
    std::string media_id;  // manufacturer id; empty for emulated discs
    std::string drive;
    std::string location;  // image file of an emulated disc, else empty
    unsigned disc_session = 0;
    std::uint32_t start_lba = 0;
    std::uint32_t blocks = 0;
    // Of a session in parts: which one it is, and what Receipt says of a whole one.
    unsigned part{};
    std::string checksum_list{}, parity_folder{}, parity_base{};
    bool counts = true;  // not one whose disc is suspect or missing, or that was read back bad since
};

struct ReceiptFile {
    std::string path;  // in the bag: "data/photos/a.jpg"
    std::uint64_t size_bytes = 0;
    Sha256 sha256;
    std::uint32_t lba = 0;  // first block on the first copy; 0 for empty files
    unsigned part{};        // of a session in parts; the path begins with its folder
};

struct Receipt {
    std::string account;
    std::string session;  // disc name
    std::string path;     // on the disc: "/alice/holiday"
    Timestamp sealed_at;
    Timestamp burned_at;
    Timestamp verified_at;
    std::uint64_t files_count = 0;
    std::uint64_t bytes = 0;
    std::string marker_name;
    Sha256 marker_sha256;
    unsigned parts{};                 // of a session larger than a disc; 0 = it is in one piece
    std::vector<ReceiptCopy> copies;  // by part
    std::vector<ReceiptFile> files;
    // On the disc, from its root: checksum_list_path(). Empty: as in a bag made by burnbox. Only the text
    // says it.
    std::string checksum_list;
    std::vector<std::string> not_burned{};  // what lay in the folder beside the sealed session: it came later
    std::vector<std::string> changed{};  // what is in the folder by now is another content: it is on no disc
    std::vector<NameNote> name_notes{};  // names that some readers show changed
    std::vector<TimeNote> time_notes{};  // times that no disc can hold
    unsigned redundancy = 0;             // percent of recovery data; 0 = none
    std::string parity_folder{};         // on the disc, from its root
    std::string parity_base{};           // the folder that paths in the recovery data begin at, likewise
};

[[nodiscard]] std::string to_json(const Receipt& receipt);  // receipt.json
[[nodiscard]] std::string to_text(const Receipt& receipt);  // RECEIPT.txt

// How often all of it is on discs, by copies that count: of a session in parts as often as the part that is
// there least.
[[nodiscard]] std::size_t whole_copies(const Receipt& receipt);

}  // namespace burnbox
