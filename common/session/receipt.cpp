#include "common/session/receipt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/base/text.hpp"
#include "common/session/json_line.hpp"
#include "common/unicode/shown_text.hpp"

namespace burnbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostListed = 20;

// A marker by command has no file and no digest.
std::string hex_or_empty(const Receipt& receipt) {
    return receipt.marker_name.empty() ? std::string() : receipt.marker_sha256.hex();
}

Json names_of(const Receipt& receipt) {
    Json names = Json::array();
    for (const NameNote& note : receipt.name_notes) {
        names.push_back({{"reader", to_string(note.reader)}, {"path", note.path}});
        if (!note.shown.empty()) names.back()["shown"] = note.shown;
    }
    return names;
}

Json times_of(const Receipt& receipt) {
    Json times = Json::array();
    for (const TimeNote& note : receipt.time_notes)
        times.push_back({{"path", note.path}, {"shown", to_iso8601(note.shown)}});
    return times;
}

// The names that one reader changes, for people.
std::string names_text(const Receipt& receipt, NameReader reader, std::string_view what) {
    std::string text;
    std::size_t count = 0;
    for (const NameNote& note : receipt.name_notes) {
        if (note.reader != reader || ++count > kMostListed) continue;
        text +=
            fmt::format("  {}{}\n", escape(note.path),
                        note.shown.empty() ? std::string() : fmt::format("\n    as {}", escape(note.shown)));
    }
    if (count == 0) return {};
    if (count > kMostListed)
        text += fmt::format("  and {} more: receipt.json lists all\n", count - kMostListed);
    return fmt::format("{}\n\n{}\n", what, text);
}

Json head(const Receipt& receipt) {
    Json copies = Json::array();
    for (const ReceiptCopy& copy : receipt.copies) {
        copies.push_back({{"disc", copy.disc},
                          {"serial", copy.serial},
                          {"medium", copy.medium},
                          {"media_id", copy.media_id},
                          {"drive", copy.drive},
                          {"disc_session", copy.disc_session},
                          {"start_lba", copy.start_lba},
                          {"blocks", copy.blocks}});
        if (copy.part != 0) copies.back()["part"] = copy.part;
        if (!copy.counts) copies.back()["counts"] = false;
    }
    Json head = {{"receipt", 1},
                 {"account", receipt.account},
                 {"session", receipt.session},
                 {"path", receipt.path},
                 {"burnbox", BURNBOX_VERSION},
                 {"sealed_at", to_iso8601(receipt.sealed_at)},
                 {"burned_at", to_iso8601(receipt.burned_at)},
                 {"verified_at", to_iso8601(receipt.verified_at)},
                 {"files_count", receipt.files_count},
                 {"bytes", receipt.bytes},
                 {"marker", {{"name", receipt.marker_name}, {"sha256", hex_or_empty(receipt)}}},
                 {"copies", std::move(copies)}};
    if (receipt.parts != 0) head["parts"] = receipt.parts;
    if (receipt.redundancy != 0) head["redundancy"] = receipt.redundancy;
    if (!receipt.name_notes.empty()) head["names"] = names_of(receipt);
    if (!receipt.time_notes.empty()) head["times"] = times_of(receipt);
    if (!receipt.not_burned.empty()) head["not_burned"] = receipt.not_burned;
    if (!receipt.changed.empty()) head["changed"] = receipt.changed;
    return head;
}

std::string human_time(Timestamp time) {  // "2026-11-23 10:00:00 UTC"
    std::string text = to_iso8601(time);
    text[10] = ' ';
    text.replace(text.size() - 1, 1, " UTC");
    return text;
}

std::string times_text(const Receipt& receipt) {
    if (receipt.time_notes.empty()) return {};
    std::string text =
        "TIMES THAT NO DISC CAN HOLD\n\nA disc holds those of the years 1900 to 2155. These have the "
        "nearest:\n\n";
    std::size_t count = 0;
    for (const TimeNote& note : receipt.time_notes)
        if (++count <= kMostListed)
            text += fmt::format("  {}\n    as {}\n", escape(note.path), human_time(note.shown));
    if (count > kMostListed)
        text += fmt::format("  and {} more: receipt.json lists all\n", count - kMostListed);
    return text + '\n';
}

std::string checksum_list(const Receipt& receipt) {  // from the disc's root, with a leading '/'
    if (!receipt.checksum_list.empty()) return "/" + receipt.checksum_list;
    for (const ReceiptFile& file : receipt.files)
        if (file.path == "bagit.txt") return receipt.path + "/manifest-sha256.txt";
    return receipt.path + "/SHA256SUMS";
}

// The list would name no file: the program that checks it takes that for an error.
bool has_nothing_to_check(const Receipt& receipt) {
    if (receipt.files.empty()) return receipt.files_count == 0;  // they may not be listed
    const bool is_own_bag =
        std::ranges::find(receipt.files, "bagit.txt", &ReceiptFile::path) != receipt.files.end();
    return std::ranges::none_of(receipt.files, [&](const ReceiptFile& file) {
        return !is_own_bag || file.path.starts_with("data/");
    });
}

// The folder of a copy on its disc.
std::string path_on_disc(const Receipt& receipt, const ReceiptCopy& copy) {
    if (copy.part == 0 || receipt.path == "/") return receipt.path;
    return "/" + receipt.account + "/" + part_disc_name(receipt.session, copy.part, receipt.parts);
}

std::string checksum_list(const Receipt& receipt, const ReceiptCopy& copy) {
    if (copy.part == 0) return checksum_list(receipt);
    if (!copy.checksum_list.empty()) return "/" + copy.checksum_list;
    return path_on_disc(receipt, copy) + "/SHA256SUMS";
}

std::string describe(const Receipt& receipt, const ReceiptCopy& copy, std::size_t number) {
    const std::size_t count = receipt.copies.size();
    std::string text = count == 1 ? fmt::format("Disc {}\n\n", copy.disc)
                                  : fmt::format("Copy {} of {}: disc {}\n\n", number, count, copy.disc);
    if (copy.part != 0) text = fmt::format("Part {} of {}: disc {}\n\n", copy.part, receipt.parts, copy.disc);
    const auto line = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) text += fmt::format("  {:<14} {}\n", name, escape(value));
    };
    if (copy.part != 0) line("Folder", path_on_disc(receipt, copy));
    line("Medium", copy.medium);
    line("Serial", copy.serial);
    line("Media id", copy.media_id);
    line("Drive", copy.drive);
    line("Image file", copy.location);
    line("Disc session",
         fmt::format("{}, {} blocks from block {}", copy.disc_session, copy.blocks, copy.start_lba));
    if (!copy.counts) line("Not a copy", "the disc is suspect or missing by now, or was read back bad");
    return text + '\n';
}

// Commands to paste, for one copy. They need nothing of burnbox.
std::string how_to_check(const Receipt& receipt, const ReceiptCopy& copy) {
    const std::string list = checksum_list(receipt, copy);
    const std::size_t slash = list.rfind('/');
    const bool nothing = has_nothing_to_check(receipt);
    const std::string folder =  // relative to the disc's root
        nothing ? path_on_disc(receipt, copy).substr(1) : list.substr(1, slash == 0 ? 0 : slash - 1);
    const std::string command = nothing ? "find ." : "sha256sum -c " + shell_quoted(list.substr(slash + 1));
    const auto check_in = [&](std::string_view root) {
        const std::string from =
            folder.empty() ? std::string(root) : fmt::format("{}/{}", root, shell_quoted(folder));
        return fmt::format("  (cd {} && {})\n", from, command);
    };
    if (copy.location.empty())
        return fmt::format("Put disc {} into the drive and, as root:\n\n  mount -o ro /dev/sr0 /mnt\n{}\n",
                           copy.disc, check_in("/mnt"));
    const std::string image = shell_quoted(copy.location);
    return fmt::format(
        "Disc {5} is an image file. Unpack it somewhere and compare, without being root:\n\n"
        "  D=$(mktemp -d)\n"
        "  xorriso -osirrox on -indev {0} -extract / \"$D\"/disc\n"
        "{1}\n"
        "or unpack only this session:\n\n"
        "  xorriso -osirrox on -indev {0} -extract {2} \"$D\"/session\n\n"
        "or unpack it by bsdtar, whose version 3.6 stops where a disc was written in several steps and has\n"
        "names of more than 113 bytes:\n\n"
        "  mkdir \"$D\"/tar && bsdtar -xf {0} -C \"$D\"/tar\n"
        "{3}\n"
        "or, as root, mount it:\n\n"
        "  mount -o ro,loop {0} /mnt\n"
        "{4}\n",
        image, check_in("\"$D\"/disc"), shell_quoted(path_on_disc(receipt, copy)), check_in("\"$D\"/tar"),
        check_in("/mnt"), copy.disc);
}

// Commands to paste that mend a copy of this disc with its recovery data.
std::string how_to_mend(const Receipt& receipt, const ReceiptCopy& copy) {
    const std::string image = copy.location.empty() ? "disc.iso" : shell_quoted(copy.location);
    const std::string list = checksum_list(receipt, copy).substr(1);
    const bool whole = copy.part == 0;
    std::string text;
    if (!whole) text = fmt::format("Part {}, on disc {}:\n\n", copy.part, copy.disc);
    if (copy.location.empty()) text += "  ddrescue -b 2048 /dev/sr0 disc.iso disc.map\n";
    return text + fmt::format(
                      "  D=$(mktemp -d)\n"
                      "  xorriso -osirrox on -indev {0} -extract / \"$D\"/disc\n"
                      "  chmod -R u+w \"$D\"/disc\n"
                      "  (cd \"$D\"/disc/{1} && for s in \"$D\"/disc/{2}/set-????.par2; do par2 repair -q -B "
                      ". \"$s\"; done)\n"
                      "  (cd \"$D\"/disc/{3} && sha256sum -c {4})\n\n",
                      image, shell_quoted(whole ? receipt.parity_base : copy.parity_base),
                      shell_quoted(whole ? receipt.parity_folder : copy.parity_folder),
                      shell_quoted(parent_path(list)), shell_quoted(base_name(list)));
}

// With the first disc, of each part.
std::string how_to_mend(const Receipt& receipt) {
    if (receipt.redundancy == 0 || receipt.copies.empty()) return "";
    std::string text = fmt::format(
        "IF SOME OF IT CAN'T BE READ ANY MORE\n\n"
        "The disc has recovery data (PAR2) of {} percent for this session. With it the program par2 mends\n"
        "a copy; what it replaced stays beside it, as NAME.1:\n\n",
        receipt.redundancy);
    const ReceiptCopy* before = nullptr;
    for (const ReceiptCopy& copy : receipt.copies) {
        if (before == nullptr || before->part != copy.part) text += how_to_mend(receipt, copy);
        before = &copy;
    }
    return text;
}

}  // namespace

std::string to_json(const Receipt& receipt) {
    // The texts are UTF-8; should one ever not be, a receipt with a replacement character is better than
    // none.
    std::string out = head(receipt).dump(1, ' ', false, Json::error_handler_t::replace);
    out.resize(out.rfind('}'));
    while (out.ends_with('\n') || out.ends_with(' ')) out.pop_back();
    // The files, one a line: a session may have a million of them.
    out += ",\n \"files\": [";
    bool first = true;
    for (const ReceiptFile& file : receipt.files) {
        out += first ? "\n  " : ",\n  ";
        first = false;
        JsonLineWriter line(out);
        line.text("path", file.path)
            .number("size", file.size_bytes)
            .text("sha256", file.sha256.hex())
            .number("lba", file.lba);
        if (file.part != 0) line.number("part", file.part);
        line.end();
        out.pop_back();  // the newline
    }
    return show_json(out += first ? "]\n}\n" : "\n ]\n}\n");
}

std::string to_text(const Receipt& receipt) {
    std::string text = fmt::format("RECEIPT for {}/{}\n\n", escape(receipt.account), escape(receipt.session));
    text += fmt::format(
        "{} {} on disc. After burning, everything was read back from the disc\n"
        "and is exactly what was {}.\n\n",
        receipt.files_count == 1 ? "1 file" : fmt::format("{} files", receipt.files_count),
        receipt.files_count == 1 ? "is" : "are",
        receipt.changed.empty() ? "received" : "sealed. Some files were changed after that, see below");
    const auto line = [&](std::string_view name, std::string_view value) {
        text += fmt::format("  {:<14} {}\n", name, escape(value));
    };
    line(receipt.parts == 0 ? "On the disc" : "On the discs", receipt.path);
    if (receipt.parts != 0)
        line("Parts",
             fmt::format("{}, because it is larger than a disc; each holds whole files", receipt.parts));
    if (receipt.bytes < 1024)
        line("Size", human_bytes(receipt.bytes));
    else
        line("Size", fmt::format("{} bytes ({})", receipt.bytes, human_bytes(receipt.bytes)));
    line("Sealed", human_time(receipt.sealed_at));
    line("Burned", human_time(receipt.burned_at));
    line("Verified", human_time(receipt.verified_at));
    line("Marker", receipt.marker_name.empty() ? "sent as a command" : receipt.marker_name);
    text += '\n';
    for (std::size_t i = 0; i < receipt.copies.size(); ++i)
        text += describe(receipt, receipt.copies[i], i + 1);
    const auto list = [&](const std::vector<std::string>& paths, std::string_view what) {
        if (paths.empty()) return;
        text += what;
        for (const std::string& path : paths) text += fmt::format("  {}\n", escape(path));
        text += '\n';
    };
    list(receipt.not_burned,
         "NOT ON THE DISC\n\nThese came into the folder after it was sealed, or are a marker that the layout "
         "of "
         "the disc has no\nplace for. Send them as a session of their own:\n\n");
    list(receipt.changed,
         "CHANGED AFTER THE SEAL\n\nThe disc has these as they were sealed; what the folder holds now is on "
         "no disc.\nSend them as a session of their own:\n\n");
    if (!receipt.name_notes.empty()) text += "NAMES THAT SOME PROGRAMS SHOW CHANGED\n\n";
    text += names_text(
        receipt, NameReader::linux_kernel,
        "Where Linux mounts the disc it cuts these off, so that `sha256sum -c` does not find them, and "
        "bsdtar\n3.6 does not read them from a later disc session. xorriso unpacks them whole, see below:");
    text +=
        names_text(receipt, NameReader::by_path,
                   "Most programs can't be given these paths as a whole, because Linux takes 4,095 bytes at "
                   "once. bsdtar\nunpacks them; where the disc is mounted, cd goes there folder by folder:");
    text += names_text(receipt, NameReader::joliet, "Windows shows these under other names:");
    text += times_text(receipt);
    text += "HOW TO CHECK IT WITHOUT BURNBOX\n\n";
    for (const ReceiptCopy& copy : receipt.copies) text += how_to_check(receipt, copy);
    text += has_nothing_to_check(receipt)
                ? "No file was sent, so there is no digest to check: what is listed is all of it.\n\n"
                : "Every line must end with OK. The digests of all files are in receipt.json too.\n\n";
    text += fmt::format("{}burnbox {}\n", how_to_mend(receipt), BURNBOX_VERSION);
    return text;
}

std::size_t whole_copies(const Receipt& receipt) {
    std::vector<std::size_t> of_part(receipt.parts + 1U, 0);
    for (const ReceiptCopy& copy : receipt.copies)
        if (copy.counts && copy.part < of_part.size()) ++of_part[copy.part];
    return receipt.parts == 0 ? of_part[0] : *std::min_element(of_part.begin() + 1, of_part.end());
}

}  // namespace burnbox
