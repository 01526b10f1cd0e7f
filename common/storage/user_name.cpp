#include "common/storage/user_name.hpp"

#include <pwd.h>
#include <unistd.h>

namespace burnbox {

std::string user_name(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::string buffer(4096, '\0');
    if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return std::to_string(user);
}

std::string user_name() {
    return user_name(::geteuid());
}

}  // namespace burnbox
