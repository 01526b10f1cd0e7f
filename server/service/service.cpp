#include "server/service/service.hpp"

#include <algorithm>

#include "common/base/text.hpp"

namespace burnbox {

void ServicePort::say(std::string_view message) {
    print_error("burnbox: " + shown_line(message) + "\n");
}

std::string shown_line(std::string_view message) {
    std::string line;
    for (std::size_t at = 0; at <= message.size();) {
        const std::size_t end = std::min(message.find('\\', at), message.size());
        line += escape(message.substr(at, end - at));
        if (end < message.size()) line += '\\';
        at = end + 1;
    }
    return line;
}

}  // namespace burnbox
