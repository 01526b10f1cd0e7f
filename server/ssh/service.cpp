#include "server/ssh/service.hpp"

#include "common/base/text.hpp"

namespace burnbox {

void ServicePort::say(std::string_view message) {
    print_error("burnbox: " + escape(message) + "\n");
}

}  // namespace burnbox
