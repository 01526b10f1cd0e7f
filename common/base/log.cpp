#include "common/base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>

#include "common/base/text.hpp"

namespace burnbox::log {
namespace {

Format g_format = Format::text;  // written by init() before there are threads

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warning:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

const char* journal_priority(Level level) {  // sd-daemon(3)
    switch (level) {
        case Level::debug:
            return "<7>";
        case Level::info:
            return "<6>";
        case Level::warning:
            return "<4>";
        case Level::error:
            return "<3>";
    }
    return "<6>";
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (byte < 0x20)
            out += fmt::format("\\u{:04x}", byte);
        else
            out.push_back(c);
    }
    return out += '"';
}

bool needs_quotes(std::string_view text) {
    return text.empty() || text.find_first_of(" \"=") != std::string_view::npos;
}

}  // namespace

void init(Level level, Format format) {
    g_format = format;
    auto logger =
        std::make_shared<spdlog::logger>("burnbox", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    if (format == Format::json || journal)
        logger->set_pattern("%v");
    else
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
    logger->set_level(to_spdlog(level));
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
}

void set_level(Level level) {
    spdlog::set_level(to_spdlog(level));
}

bool enabled(Level level) {
    return spdlog::default_logger_raw()->should_log(to_spdlog(level));
}

void write(Level level, std::string_view verb, std::initializer_list<Field> fields) {
    if (!enabled(level)) return;
    std::string line;
    if (g_format == Format::json) {
        line = fmt::format(R"({{"level":"{}","event":{})", spdlog::level::to_string_view(to_spdlog(level)),
                           json_string(verb));
        for (const Field& field : fields)
            line += fmt::format(",{}:{}", json_string(field.key), json_string(escape(field.value)));
        line += '}';
    } else {
        if (std::getenv("JOURNAL_STREAM") != nullptr) line = journal_priority(level);
        line += verb;
        for (const Field& field : fields) {
            const std::string value = escape(field.value);
            if (needs_quotes(value)) {
                std::string quoted;
                for (const char c : value) {
                    if (c == '"') quoted += '\\';
                    quoted += c;
                }
                line += fmt::format(" {}=\"{}\"", field.key, quoted);
            } else {
                line += fmt::format(" {}={}", field.key, value);
            }
        }
    }
    spdlog::default_logger_raw()->log(to_spdlog(level), "{}", line);
}

}  // namespace burnbox::log
