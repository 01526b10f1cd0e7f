// How old the catalogue is. Its generation grows with every disc and attempt that is begun, and is noted
// beside the data: in the marks of inbox_dir and of every image_dir. A catalogue that is behind what was
// noted is an older copy: it goes on with labels that are far from those it may have given.
#pragma once

#include <span>

#include "common/catalogue/catalogue.hpp"
#include "common/storage/file_system.hpp"

namespace burnbox {

inline constexpr unsigned kSkippedDiscNumbers = 100;

enum class CatalogueAge : std::uint8_t {
    current,
    older,    // than what was noted; also at later starts, until every shelf was looked over
    copied,   // with the whole state folder, and may be older: nothing outside of that tells
    missing,  // it is empty, and seal records or receipts say that it was not
};

// At start, before anything is begun; says in the log what it finds. Of a catalogue that is not current the
// disc numbers go on kSkippedDiscNumbers later, and its generation behind the one noted. Then it is noted
// anew. `places`: the folders with a mark. Errors: the catalogue's; those of a mark, or of the state folder,
// that can't be read or written.
[[nodiscard]] Result<CatalogueAge> check_generation(Catalogue& catalogue, FileSystem& state_fs,
                                                    FileSystem& inbox_fs,
                                                    std::span<FileSystem* const> places);

// The same of one place that came after the start, or came back: it may know of discs and attempts that no
// other place that was there knew of. Errors: as above.
[[nodiscard]] Result<CatalogueAge> compare_generation(Catalogue& catalogue, FileSystem& state_fs,
                                                      FileSystem& place);

// At start, while a shelf is away: a catalogue without any disc may be older than discs on it, and nothing
// that is there would tell. Its labels begin kSkippedDiscNumbers later. True: they do. Errors: the
// catalogue's.
[[nodiscard]] Result<bool> skip_unseen_labels(Catalogue& catalogue);

// Durable in at least one of the places when it returns; where it can't be noted the log says so. A place
// without a mark is none.
[[nodiscard]] Status note_generation_in(Catalogue& catalogue, std::span<FileSystem* const> places);

}  // namespace burnbox
