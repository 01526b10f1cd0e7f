// The threads of a process whose end by an exception would leave it half alive: somebody is told, and sees to
// it that the process ends in order.
#pragma once

#include <functional>
#include <string_view>

namespace burnbox {

// Who is told of parts that fail, and of the first that did before anybody was. Process-wide; any thread.
// `told` must not call back.
void set_part_failed(std::function<void(std::string_view part, std::string_view reason)> told);

// Logs it and tells. Any thread.
void part_failed(std::string_view part, std::string_view reason);

// Runs `function`. False: an exception ended it, and part_failed() was called.
bool guard_part(std::string_view part, const std::function<void()>& function);

}  // namespace burnbox
