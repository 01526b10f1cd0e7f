#include "burner/image/plain_words.hpp"

#include <array>

namespace burnbox {
namespace {

constexpr int kAny = -1;

struct Answer {
    int key, asc, ascq;
    std::string_view meaning;
    [[nodiscard]] bool fits(const SenseCode& sense) const {
        return key == sense.key && (asc == kAny || asc == sense.asc) && (ascq == kAny || ascq == sense.ascq);
    }
};

// MMC-5 annex F. The first that fits is taken.
constexpr std::array<Answer, 17> kAnswers{{
    {0x3, 0x0C, kAny,
     "the drive could not write there: the disc is bad or does not suit the drive; use another brand"},
    {0x3, 0x11, kAny, "the drive can't read this part of the disc: it is damaged or was never written"},
    {0x3, 0x02, kAny, "the laser lost the track: the disc is dirty or damaged"},
    {0x3, 0x72, kAny, "the disc session could not be closed: the disc can't be trusted"},
    {0x3, 0x73, kAny, "the drive could not adjust its laser to this disc: use another brand"},
    {0x4, kAny, kAny,
     "the drive reports a fault of its own: switch it off and on; if it comes again, replace the drive"},
    {0x2, 0x3A, kAny, "no disc is in the drive any more"},
    {0x2, 0x04, kAny, "the drive was not ready in time"},
    {0x6, 0x28, kAny, "the disc was changed in the middle of the work"},
    {0x6, 0x29, kAny, "the drive was reset or lost its power"},
    {0x5, 0x21, 0x02,
     "the drive does not take data where it said that the next data belongs: its record of the disc is "
     "wrong"},
    {0x5, 0x21, kAny, "the address is outside what can be read or written on this disc"},
    {0x5, 0x30, kAny, "this drive can't write this kind of disc, or the disc is closed"},
    {0x5, 0x63, kAny, "the reserved part of the disc is full"},
    {0x5, 0x64, kAny, "the drive refuses to write this disc in this way"},
    {0x5, 0x72, kAny, "the disc session can't be closed as it is"},
    {0xB, kAny, kAny, "the drive gave up the command: look after cable and power"},
}};

struct Numbered {
    int code;
    std::string_view meaning;
};

// By libburn's numbers of messages.
constexpr std::array<Numbered, 9> kNumbered{{
    {0x000201a6,  // Lost connection to drive
     "the drive is gone: look after cable and power"},
    {0x0002010c,  // Failed to transfer command to drive
     "the drive is gone: look after cable and power"},
    {0x000201a7,  // host problem
     "the computer could not reach the drive: look after cable and power"},
    {0x000201a8,  // driver problem
     "the kernel's driver could not reach the drive: look after cable and power"},
    {0x00020001,  // Cannot open busy device
     "another program uses the drive: end it, or unmount the disc"},
    {0x00020008,  // Device busy
     "another program uses the drive: end it, or unmount the disc"},
    {0x00020005,  // Failed to open device
     "the drive is not there, or burnbox may not use it"},
    {0x0002018a,  // Timeout exceed
     "the drive did not answer in time"},
    {0x0002010b,  // Burn run failed
     "the disc session was not written to its end"},
}};

}  // namespace

std::string_view plain_words(const std::optional<SenseCode>& sense, int code) {
    if (sense)
        for (const Answer& answer : kAnswers)
            if (answer.fits(*sense)) return answer.meaning;
    for (const Numbered& numbered : kNumbered)
        if (numbered.code == code) return numbered.meaning;
    return {};
}

}  // namespace burnbox
