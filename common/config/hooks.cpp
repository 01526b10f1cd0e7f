// Programs that are told of events.
#include "common/config/sections.hpp"

namespace burnbox {
namespace {

ValueReader events_list(std::vector<EventKind>& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        std::vector<std::string> names;
        texts(names)(value, key, reading);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (const auto kind = parse_event_kind(names[i]))
                target.push_back(*kind);
            else
                reading.wrong(item_key(key, i), fmt::format("\"{}\" is no event; there are {}",
                                                            escape(names[i]), listed(event_kinds())));
    };
}

ValueReader command(std::vector<std::string>& target) {
    return [&target](const YamlNode& value, const std::string& key, Reading& reading) {
        texts(target)(value, key, reading);
        if (!target.empty() && !target[0].starts_with('/') && target[0].find('/') != std::string::npos)
            reading.wrong(item_key(key, 0),
                          fmt::format("\"{}\" is neither an absolute path nor the name of a program in PATH",
                                      escape(target[0])));
    };
}

}  // namespace

ValueReader hooks_section(std::vector<HookConfig>& hooks) {
    return [&hooks](const YamlNode& value, const std::string& key, Reading& reading) {
        if (!is_list(value, key, reading, "a list of {on, run}")) return;
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            const std::string item = item_key(key, i);
            reading.places[item] = value.items[i].place;
            HookConfig hook;
            const std::size_t findings = reading.findings.count();
            read_keys(value.items[i], item, reading,
                      {{"on", events_list(hook.on)}, {"run", command(hook.run)}});
            if (hook.on.empty() && reading.findings.count() == findings)
                reading.wrong(item,
                              fmt::format("it has no events in `on`; there are {}", listed(event_kinds())));
            if (hook.run.empty() && reading.findings.count() == findings)
                reading.wrong(item, "it has no program in `run`, as in run: [/usr/local/bin/tell, admin]");
            hooks.push_back(std::move(hook));
        }
    };
}

}  // namespace burnbox
