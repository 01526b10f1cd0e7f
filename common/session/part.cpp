#include "common/session/part.hpp"

#include <fmt/format.h>

#include "common/base/text.hpp"

namespace burnbox {

std::string part_disc_name(std::string_view whole, unsigned number, unsigned count) {
    return fmt::format("{}/part-{}-of-{}", whole, number, count);
}

std::string_view whole_disc_name(std::string_view disc_name) {
    return disc_name.substr(0, disc_name.find('/'));
}

std::string part_seal_id(std::string_view whole_seal_id, unsigned number) {
    return fmt::format("{}.part-{}", whole_seal_id, number);
}

std::string_view whole_seal_id(std::string_view seal_id) {
    return seal_id.substr(0, seal_id.find('.'));
}

std::string parts_table(std::string_view account, const Part& part) {
    std::string text = "part\tfolder\tfiles\tbytes\tfirst\tlast\n";
    for (unsigned number = 1; number <= part.count(); ++number) {
        const PartContent& content = part.all[number - 1];
        text += fmt::format("{}\t/{}/{}\t{}\t{}\t{}\t{}\n", number, account,
                            part_disc_name(part.whole, number, part.count()), content.files_count,
                            content.bytes, escape_controls(content.first), escape_controls(content.last));
    }
    return text;
}

}  // namespace burnbox
