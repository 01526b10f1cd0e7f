#include "burner/drive/libburnia.hpp"

#include <algorithm>
#include <array>
#include <clocale>
#include <csignal>

namespace burnbox {
namespace {

constexpr std::size_t kMostText = 8192;  // of messages kept: the first ones say the cause

void append_line(std::string& text, const std::string& line) {
    if (text.size() + line.size() > kMostText) return;
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
    // Ctrl-C reaches every process of the terminal. When a worker ends is the server's decision: a real disc
    // that is half written is lost.
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(number, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    burn::burn_msgs_set_severities(c_string("NOTE"), c_string("NEVER"), c_string(""));
    burn::iso_set_msgs_severities(c_string("NOTE"), c_string("NEVER"), c_string(""));
    burn::burn_allow_drive_role_4(3);
    return {};
}

void LibraryMessages::take(const std::string& severity, int rank, const std::string& text) {
    int sorry = 0;
    int warning = 0;
    burn::iso_text_to_sev(c_string("SORRY"), &sorry);
    burn::iso_text_to_sev(c_string("WARNING"), &warning);
    std::string line = severity + ": " + text;
    std::ranges::replace(line, '\n', ' ');
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
        take(severity.data(), rank, text.data());
    }
    while (burn::iso_obtain_msgs(c_string("ALL"), &code, &other, text.data(), severity.data()) > 0) {
        burn::iso_text_to_sev(severity.data(), &rank);
        take(severity.data(), rank, text.data());
    }
}

Status LibraryMessages::check(int result, const std::string& operation) {
    drain();
    if (failed()) return fail(Errc::io, operation + ": " + failure_);
    if (result <= 0) return fail(Errc::io, operation + ": libisoburn failed without a message");
    return {};
}

std::time_t to_disc_time(Timestamp time) {
    constexpr std::int64_t kFirst = -2'208'988'800;  // 1900-01-01T00:00:00Z
    constexpr std::int64_t kLast = 5'869'583'999;    // 2155-12-31T23:59:59Z
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    return std::clamp<std::int64_t>(seconds, kFirst, kLast);
}

}  // namespace burnbox
