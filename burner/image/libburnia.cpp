#include "burner/image/libburnia.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>

#include "burner/image/plain_words.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kMostText = 1U << 20U;  // of messages kept

// libburn's numbers of messages: a command could not be sent, the connection is lost, the host adapter or the
// driver failed.
constexpr std::array<int, 4> kDriveLost{0x0002010c, 0x000201a6, 0x000201a7, 0x000201a8};

void append_line(std::string& text, const std::string& line) {
    if (text.size() + line.size() > kMostText) return;
    if (text.size() >= line.size() && text.find(line) != std::string::npos) return;  // said already
    if (!text.empty()) text += '\n';
    text += line;
}

}  // namespace

Status start_libburnia() {
    // Names on the disc are UTF-8 whatever the service's locale is.
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) std::setlocale(LC_CTYPE, "en_US.UTF-8");
    std::array<char, 1024> reason{};
    if (burn::isoburn_initialize(reason.data(), 0) <= 0)
        return fail(Errc::io, std::string("start libisoburn: ") + reason.data());
    burn::iso_set_local_charset(c_string("UTF-8"), 0);
    // libburn's own handlers would abort the burn; this call sets all signals to their defaults.
    burn::burn_set_signal_handling(nullptr, nullptr, 1);
    // As the worker has them: a real disc that is half written is lost.
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(number, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    burn::burn_msgs_set_severities(c_string("NOTE"), c_string("NEVER"), c_string(""));
    burn::iso_set_msgs_severities(c_string("NOTE"), c_string("NEVER"), c_string(""));
    burn::burn_allow_drive_role_4(3);
    return {};
}

void LibraryMessages::take(const std::string& severity, int rank, int code, const std::string& text) {
    int sorry = 0;
    int warning = 0;
    burn::iso_text_to_sev(c_string("SORRY"), &sorry);
    burn::iso_text_to_sev(c_string("WARNING"), &warning);
    std::string line = severity + ": " + text;
    std::ranges::replace(line, '\n', ' ');
    const std::optional<SenseCode> sense = sense_of(code, text);
    drive_lost_ = drive_lost_ || std::ranges::find(kDriveLost, code) != kDriveLost.end();
    medium_gone_ = medium_gone_ || (sense && says_medium_gone(*sense));
    if (const std::string_view meaning = plain_words(sense, code); rank >= sorry && !meaning.empty())
        line += " (" + std::string(meaning) + ")";
    if (rank >= sorry)
        append_line(failure_, line);
    else if (rank >= warning)
        append_line(warnings_, line);
}

void LibraryMessages::drain() {
    std::array<char, BURN_MSGS_MESSAGE_LEN> text{};
    std::array<char, 80> severity{};
    int code = 0;
    int other = 0;
    int rank = 0;
    while (burn::burn_msgs_obtain(c_string("ALL"), &code, text.data(), &other, severity.data()) > 0) {
        burn::iso_text_to_sev(severity.data(), &rank);
        take(severity.data(), rank, code, text.data());
    }
    while (burn::iso_obtain_msgs(c_string("ALL"), &code, &other, text.data(), severity.data()) > 0) {
        burn::iso_text_to_sev(severity.data(), &rank);
        take(severity.data(), rank, 0, text.data());
    }
}

void LibraryMessages::forget() {
    drain();
    failure_.clear();
    drive_lost_ = medium_gone_ = false;
}

Errc LibraryMessages::failure_code() const {
    if (drive_lost_) return Errc::unreachable;
    return medium_gone_ ? Errc::no_medium : Errc::io;
}

Status LibraryMessages::check(int result, const std::string& operation) {
    drain();
    if (failed()) return fail(failure_code(), operation + ": " + failure_);
    if (result <= 0) return fail(Errc::io, operation + ": libisoburn failed without a message");
    return {};
}

}  // namespace burnbox
