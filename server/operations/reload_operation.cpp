#include "server/operations/reload_operation.hpp"

namespace burnbox {

void run_reload(const Asked& asked) {
    const auto changed = asked.services.reload();
    if (!changed) return asked.failed(changed.error().message + "\nnothing changed");
    asked.done(changed->empty() ? "nothing changed\n" : *changed);
}

}  // namespace burnbox
