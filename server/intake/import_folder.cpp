#include "server/intake/import_folder.hpp"

#include <fmt/format.h>

#include "common/base/log.hpp"
#include "common/base/text.hpp"
#include "common/session/names.hpp"
#include "common/storage/posix_file_system.hpp"
#include "common/storage/user_name.hpp"
#include "common/unicode/shown_text.hpp"
#include "server/intake/fill_intake.hpp"
#include "server/intake/tree_walk.hpp"
#include "server/refusal/seal_refusal.hpp"
#include "server/rules/link_rule.hpp"

namespace burnbox::intake {
namespace {

using upload::list_names;

// Everything in the folder, and what of it speaks against the import.
struct Survey {
    std::vector<ChosenEntry> entries;
    std::vector<std::string> unreadable;  // with the cause
    std::vector<std::string> special;
    std::vector<std::string> own;    // names that burnbox uses itself at a session's top
    std::vector<std::string> links;  // with the cause
};

Status look_at_link(FileSystem& source, ChosenEntry& entry, Survey& survey) {
    BB_TRY(entry.link_target, source.read_symlink(entry.path));
    if (const auto leads = upload::link_destination(entry.path, entry.link_target); !leads)
        survey.links.push_back(leads.error().message);
    return {};
}

Result<Survey> survey_folder(FileSystem& source, const std::string& folder) {
    BB_TRY(const auto walk, TreeWalk::open(folder, TreeWalk::Mounts::enter));
    Survey survey;
    while (const TreeWalk::Entry* const found = walk->next()) {
        if (!found->problem.empty()) {
            survey.unreadable.push_back(found->problem);
            continue;
        }
        ChosenEntry entry{.path = found->path, .info = found->info};
        const bool in_nobodys_way = entry.info.type == FileType::folder && entry.path.ends_with(".refused");
        if (is_own_file(entry.path) && !in_nobodys_way) survey.own.push_back(entry.path);
        if (entry.info.type == FileType::other) survey.special.push_back(entry.path);
        if (entry.info.type == FileType::symlink) BB_CHECK(look_at_link(source, entry, survey));
        survey.entries.push_back(std::move(entry));
    }
    return survey;
}

std::string problems_of(const Survey& survey) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& names, std::string_view what,
                         std::string_view remedy) {
        if (names.empty()) return;
        if (!text.empty()) text += "; ";
        text += fmt::format("{}{}{}", what, list_names(names), remedy);
    };
    add(survey.unreadable, "can't be read: ", "; let the server's user read them (setfacl)");
    add(survey.special, "neither files nor folders nor links: ", "; delete or move them");
    add(survey.own, "names that burnbox uses itself: ", "; rename them, or import the folder around it");
    add(survey.links, "", "; delete or change them");
    return text;
}

std::string what_helps(const Error& why, const std::string& folder) {
    if (why.code == Errc::permission)
        return fmt::format("let the server's user read it, then import again: sudo setfacl -R -m u:{}:rX {}",
                           user_name(), shell_quoted(folder));
    return "import it again when nobody writes there";
}

std::unexpected<Error> not_imported(const ImportOrder& order, Errc code, std::string_view why) {
    return fail(code, fmt::format("{} can't be imported as {}/{}: {}", escape(order.folder), order.account,
                                  escape(order.session), why));
}

std::unexpected<Error> not_imported(const ImportOrder& order, const Error& error) {
    return not_imported(order, error.code, error.message);
}

Result<SessionRow> fill_and_seal(Uploads& uploads, FileSystem& source, const Survey& survey,
                                 const ImportOrder& order, const std::stop_token& stop) {
    BB_TRY(const auto intake,
           uploads.begin_intake(order.account, order.session, total_bytes(survey.entries)));
    BB_TRY(Filled filled, fill_intake(source, survey.entries, "", *intake, stop));
    if (!filled.left.empty()) {
        const LeftEntry& first = filled.left.front();
        return fail(first.why.code, fmt::format("{}{}; {}", first.why.message,
                                                filled.left.size() == 1 ? std::string()
                                                                        : fmt::format(" (and {} more files)",
                                                                                      filled.left.size() - 1),
                                                what_helps(first.why, order.folder)));
    }
    upload::SealContent content;
    content.manifest = std::move(filled.manifest);
    return intake->seal(std::move(content), order.again);
}

}  // namespace

Result<SessionRow> import_folder(Uploads& uploads, const UploadServices& services, const ImportOrder& order,
                                 const std::stop_token& stop) {
    if (const Status name = check_session_name(order.session); !name)
        return not_imported(order, name.error());
    const auto source = open_posix_file_system(order.folder);
    if (!source) return not_imported(order, source.error());
    const auto survey = survey_folder(**source, order.folder);
    if (!survey) return not_imported(order, survey.error());
    if (survey->entries.empty()) return not_imported(order, Errc::invalid, "it is empty");
    if (const std::string problems = problems_of(*survey); !problems.empty())
        return not_imported(order, Errc::permission, problems);
    // Before anything is copied that no disc can take.
    const auto pool = pool_of(services.config, order.account);
    if (!pool) return not_imported(order, Errc::not_found, "there is no account " + escape(order.account));
    if (const Status fits = services.check_fits(*pool, manifest_of(survey->entries, "")); !fits)
        return not_imported(order, fits.error());
    log::info("import begun", log::kv("folder", order.folder), log::kv("account", order.account),
              log::kv("session", order.session), log::kv("entries", survey->entries.size()),
              log::kv("bytes", total_bytes(survey->entries)));
    auto row = fill_and_seal(uploads, **source, *survey, order, stop);
    if (!row) return not_imported(order, row.error());
    return row;
}

}  // namespace burnbox::intake
