#include "burner/jobs/plain_words.hpp"

#include <array>
#include <string_view>

namespace burnbox {
namespace {

struct Known {
    std::string_view code;  // the longer ones first
    std::string_view sentence;
};

constexpr std::array kKnown = {
    Known{"[2 3A", "no disc is in the drive: it was taken out, or the tray is open"},
    Known{"[2 04", "the drive was not ready in time: it may still be busy with the disc"},
    Known{"[3 73",
          "the laser could not be adjusted to this disc: its test area is used up, or it does not suit "
          "the drive"},
    Known{"[3 0C",
          "the disc could not be written at this place: it is bad, dirty, or does not suit the drive"},
    Known{"[3 11", "the disc can't be read at this place: it is bad or dirty"},
    Known{"[3 02", "the drive does not find its way on the disc: it is bad or dirty"},
    Known{"[3 ", "the disc is bad, dirty, or does not suit the drive"},
    Known{"[4 ", "the drive itself failed: switch it off and on; if that does not help, it is worn out"},
    Known{"[5 21", "the drive was asked for a place that the disc does not have, or that is written already"},
    Known{"[5 27", "the disc is write-protected"},
    Known{"[5 30", "the drive can't write this kind of disc"},
    Known{"[5 63", "the disc has no room left"},
    Known{"[5 64", "the drive does not do this with this disc: it may be closed, or of another kind"},
    Known{"[5 72", "the disc session on this disc can't be continued: a write on it was cut off"},
    Known{"[6 28", "the disc was changed in between"},
    Known{"[6 29", "the drive was switched off and on in between"},
    Known{"[B ", "the drive gave up in the middle: look at its cable and its power supply"},
};

}  // namespace

std::string in_plain_words(const std::string& message) {
    std::size_t first = std::string::npos;
    std::string_view sentence;
    for (const Known& known : kKnown) {
        const std::size_t found = message.find(known.code);
        if (found >= first) continue;
        first = found;
        sentence = known.sentence;
    }
    return sentence.empty() ? message : message + " (" + std::string(sentence) + ")";
}

}  // namespace burnbox
