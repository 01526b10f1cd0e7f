// Where the discs are. A disc belongs to no drive: it is known by its serial, and an emulated one is wherever
// a shelf shows an image that bears it, under whatever name. What is noted in the catalogue is only where it
// was seen last. Pure.
#pragma once

#include <string>
#include <vector>

#include "burner/drive/drive.hpp"
#include "common/catalogue/catalogue.hpp"

namespace burnbox {

// What the shelves of all emulated drives show at one moment.
struct ShelfView {
    struct Image {
        std::string drive;
        ShelfDisc disc;
    };
    std::vector<Image> images;  // by serial; those without one first
    bool complete = true;       // false: a shelf could not be read, so that what is not there may be on it
    Error away{};               // why, of the first such shelf
};

// What the catalogue knows of a disc's head.
enum class HeadNoted : std::uint8_t {
    newest,
    older,  // perhaps: an attempt on the disc has not ended, and may have written another one
};

// The image of this disc; nullptr = no shelf shows it. Of several with its serial (copies) the one whose head
// is as the catalogue knows it, if that is the newest, else the one where it was last seen. A disc that
// nothing was burned on is known by its label; an image that lost its head, by its place.
[[nodiscard]] const ShelfView::Image* place_of(const ShelfView& view, const DiscRow& disc,
                                               HeadNoted head = HeadNoted::newest);

// The others that bear its serial: nothing is ever written to them.
[[nodiscard]] std::vector<std::string> copies_of(const ShelfView& view, const DiscRow& disc);

// Of a real disc, as the drives have said what is in them.
struct SeenInDrives {
    bool here = false;      // in the drive that asks
    bool anywhere = false;  // in any
    bool all_have_looked = false;
};

enum class Whereabouts : std::uint8_t {
    here,           // this drive has it, or its shelf
    another_drive,  // has it
    unknown,        // a shelf can't be read, or a drive has not looked yet
    nowhere,
};
// `image`: an emulated disc.
[[nodiscard]] Whereabouts where_is(const DiscRow& disc, bool image, const ShelfView& view,
                                   const SeenInDrives& seen, const std::string& drive,
                                   HeadNoted head = HeadNoted::newest);

// Who judges an attempt that did not come to its end: the drive that has its disc, whatever drive began it.
// Of an image on a shelf that can't be read the drive that began it waits for it; a real one may be put back
// into that drive.
enum class Judge : std::uint8_t { this_drive, another, nobody };
struct AttemptBegan {
    bool here = false;        // by this drive
    bool configured = false;  // by one that there is still
};
[[nodiscard]] Judge judge_of(Whereabouts where, bool image, AttemptBegan began);

}  // namespace burnbox
