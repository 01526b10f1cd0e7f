#include "burner/drive/plain_words.hpp"

#include <array>
#include <string_view>

namespace burnbox {
namespace {

struct Known {
    std::string_view part;  // of the message
    std::string_view meaning;
};

// Sense codes are written as [key asc ascq]; MMC-5 annex F. The first that fits is taken.
constexpr std::array<Known, 26> kKnown{{
    {"[3 0C",
     "the drive could not write there: the disc is bad or does not suit the drive; use another brand"},
    {"[3 11", "the drive can't read this part of the disc: it is damaged or was never written"},
    {"[3 02", "the laser lost the track: the disc is dirty or damaged"},
    {"[3 72", "the disc session could not be closed: the disc can't be trusted"},
    {"[3 73", "the drive could not adjust its laser to this disc: use another brand"},
    {"[4 ",
     "the drive reports a fault of its own: switch it off and on; if it comes again, replace the drive"},
    {"[2 3A", "no disc is in the drive any more"},
    {"[2 04", "the drive was not ready in time"},
    {"[6 28", "the disc was changed in the middle of the work"},
    {"[6 29", "the drive was reset or lost its power"},
    {"[5 21 02",
     "the drive does not take data where it said that the next data belongs: its record of the disc is "
     "wrong"},
    {"[5 21", "the address is outside what can be read or written on this disc"},
    {"[5 30", "this drive can't write this kind of disc, or the disc is closed"},
    {"[5 63", "the reserved part of the disc is full"},
    {"[5 64", "the drive refuses to write this disc in this way"},
    {"[5 72", "the disc session can't be closed as it is"},
    {"[B ", "the drive gave up the command: look after cable and power"},
    {"Lost connection to drive", "the drive is gone: look after cable and power"},
    {"Failed to transfer command to drive", "the drive is gone: look after cable and power"},
    {"host problem", "the computer could not reach the drive: look after cable and power"},
    {"driver problem", "the kernel's driver could not reach the drive: look after cable and power"},
    {"Cannot open busy device", "another program uses the drive: end it, or unmount the disc"},
    {"Device busy", "another program uses the drive: end it, or unmount the disc"},
    {"Failed to open device", "the drive is not there, or burnbox may not use it"},
    {"Timeout exceed", "the drive did not answer in time"},
    {"Burn run failed", "the disc session was not written to its end"},
}};

}  // namespace

std::string with_plain_words(const std::string& message) {
    for (const Known& known : kKnown)
        if (message.find(known.part) != std::string::npos)
            return message + " (" + std::string(known.meaning) + ")";
    return message;
}

}  // namespace burnbox
