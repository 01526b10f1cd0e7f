#include "tests/support/server/upload_house.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "common/catalogue/catalogue.hpp"
#include "common/session/sealed_session.hpp"
#include "common/storage/durable_file.hpp"
#include "tests/support/server/quiet_services.hpp"

namespace burnbox::test {

UploadHouse::UploadHouse()
    : inbox_fs("/memory/inbox", clock),
      state_fs("/memory/state", clock),
      faulty_inbox_(inbox_fs, plan),
      faulty_state_(state_fs, plan) {
    config.accounts["alice"].name = "alice";
    config.pools["default"].copies = 1;
    auto opened = Catalogue::open("sqlite3://" + (temp_ / "catalogue.sqlite"));
    REQUIRE(opened);
    catalogue = std::move(*opened);
    faulty_catalogue_ = make_faulty_catalogue(*catalogue, plan);
    inbox.emplace(faulty_inbox_, *faulty_catalogue_);
    listener_ = events.subscribe([this](const Event& event) {
        event_names.push_back(std::string(to_string(event.kind)) + " " + event.session);
    });
    start();
}

UploadHouse::~UploadHouse() {
    run_jobs();
}

UploadServices UploadHouse::services() {
    SharedServices shared = quiet_services(current, clock, *faulty_catalogue_, faulty_state_, events);
    shared.run_blocking = [this](std::function<void()> job) {
        if (jobs_wait)
            jobs.push_back(std::move(job));
        else
            job();
    };
    shared.check_fits = [this](const std::string&, const Manifest&) { return fits; };
    shared.prove = [this](const std::string& seal_id) { return prove(seal_id); };
    shared.wake_burner = [this] { ++wakes; };
    shared.disc_room = [this](const std::string&) -> Result<std::optional<DiscRoom>> { return disc_room; };
    shared.boot_id = boot_id;
    return {std::move(shared), *inbox};
}

void UploadHouse::start() {
    run_jobs();
    hold();
    uploads = std::make_unique<Uploads>(services());
    const Status recovered = uploads->recover();
    REQUIRE_MESSAGE(recovered.has_value(), shown(recovered));
}

void UploadHouse::power_cut() {
    jobs.clear();
    inbox_fs.crash();
    state_fs.crash();
    boot_id += " and once more";
    start();
}

void UploadHouse::kill() {
    jobs.clear();
    inbox_fs.kill();
    state_fs.kill();
    start();
}

void UploadHouse::run_jobs() {
    while (!jobs.empty()) {
        const auto job = std::move(jobs.front());
        jobs.pop_front();
        job();
    }
}

std::string UploadHouse::text(const std::string& inbox_path) {
    return read_file(inbox_fs, inbox_path, 1U << 24U).value_or("");
}

std::vector<std::string> UploadHouse::names(const std::string& inbox_path) {
    std::vector<std::string> out;
    if (const auto entries = list_folder(inbox_fs, inbox_path))
        for (const DirEntry& entry : *entries) out.push_back(entry.name);
    return out;
}

std::vector<SessionRow> UploadHouse::rows() {
    auto found = catalogue->sessions("");
    REQUIRE(found);
    return *found;
}

std::vector<std::string> UploadHouse::manifest_paths(const SessionRow& row) {
    const auto record = read_file(state_fs, "seals/" + row.seal_id + ".jsonl", 1U << 24U);
    REQUIRE(record);
    const auto sealed = parse_seal_record(*record);
    REQUIRE(sealed);
    std::vector<std::string> paths;
    for (const ManifestEntry& entry : sealed->manifest.entries) paths.push_back(entry.path);
    return paths;
}

void UploadHouse::put_behind(const std::string& inbox_path, const std::string& content) {
    REQUIRE(make_folders(inbox_fs, std::string(parent_path(inbox_path)), 0755));
    REQUIRE(replace_file(inbox_fs, inbox_path, content));
}

void UploadHouse::burn(SessionId id, const std::string& label) {
    auto disc = catalogue->find_disc(label);
    REQUIRE(disc);
    if (!*disc) {
        DiscRow fresh;
        fresh.label = label, fresh.serial = "serial of " + label, fresh.pool = "default",
        fresh.medium = "dvd+r";
        fresh.created_at = clock.now();
        REQUIRE(catalogue->add_disc(fresh));
        disc = catalogue->find_disc(label);
    }
    AttemptRow attempt;
    attempt.disc = (*disc)->id, attempt.drive = "tray", attempt.sessions = {id},
    attempt.disc_session = ++(*disc)->sessions_used;
    attempt.started_at = clock.now();
    const auto begun = catalogue->begin_attempt(attempt);
    REQUIRE(begun);
    REQUIRE(catalogue->attempt_written(*begun, 0, 100, ""));
    REQUIRE(catalogue->attempt_verified(*begun, **disc, {{.id = id, .files = {}}}, clock.now(), clock.now()));
    const auto row = catalogue->session(id);
    REQUIRE(row);
    const std::string folder = join_path(row->account, row->folder);
    REQUIRE(replace_file(inbox_fs, folder + "/RECEIPT.txt", "a receipt\n"));
    if (!row->marker_name.empty()) (void)inbox_fs.remove(join_path(folder, row->marker_name));
    REQUIRE(inbox->move(id, FolderState::burned));
    publish(EventKind::session_burned, row->disc_name);
}

void UploadHouse::publish(EventKind kind, const std::string& session) {
    events.publish({.kind = kind,
                    .time = clock.now(),
                    .account = "alice",
                    .session = session,
                    .disc = {},
                    .drive = {},
                    .message = {}});
}

Done Answer::done() const {
    return [to = text](const Result<std::string>& result) {
        CHECK(to->empty());  // answered once
        *to = !result ? result.error().message : result->empty() ? "ok" : "ok: " + *result;
    };
}

std::string shown(const Status& status) {
    return status ? "ok" : status.error().message;
}

Result<FileSystem::Space> space(Client& client, const std::string& path) {
    std::optional<Result<FileSystem::Space>> answer;
    client.space(path, [&](Result<FileSystem::Space> space) { answer = std::move(space); });
    REQUIRE(answer);
    return *answer;
}

std::uint64_t free_bytes(Client& client) {
    return space(client, "/").value().free_bytes;
}

Result<Digests> digest(Client& client, const std::string& path, const DigestRange& range) {
    std::optional<Result<Digests>> answer;
    client.digest(path, range, [&](Result<Digests> digests) { answer = std::move(digests); });
    REQUIRE(answer);
    return *answer;
}

std::unique_ptr<UploadFile> create(Client& client, const std::string& path) {
    auto file = client.open(path, {.write = true, .create = true, .truncate = true});
    REQUIRE_MESSAGE(file.has_value(), file.error().message);
    return std::move(*file);
}

std::string write(UploadFile& file, std::string_view content, std::uint64_t offset) {
    return shown(file.write_at(std::as_bytes(std::span(content)), offset));
}

std::string close(Client& client, std::unique_ptr<UploadFile> file) {
    const Answer answer;
    client.close(std::move(file), answer.done());
    return *answer;
}

std::string put(Client& client, const std::string& path, std::string_view content) {
    auto file = client.open(path, {.write = true, .create = true, .truncate = true});
    if (!file) return file.error().message;
    if (const Status written = (*file)->write_at(std::as_bytes(std::span(content)), 0); !written)
        return written.error().message;
    return close(client, std::move(*file));
}

std::string rename(Client& client, const std::string& from, const std::string& to, RenameMode mode) {
    const Answer answer;
    client.rename(from, to, mode, answer.done());
    return *answer;
}

std::string hardlink(Client& client, const std::string& existing, const std::string& path) {
    const Answer answer;
    client.make_hardlink(existing, path, answer.done());
    return *answer;
}

std::string burn(Client& client, const std::string& session, bool again) {
    const Answer answer;
    client.burn(session, again, answer.done());
    return *answer;
}

std::string cancel(Client& client, const std::string& session) {
    const Answer answer;
    client.cancel(session, answer.done());
    return *answer;
}

std::string get(Client& client, const std::string& path) {
    auto file = client.open(path, {.read = true});
    if (!file) return file.error().message;
    std::string buffer(4096, '\0');
    const auto got = (*file)->read_at(std::as_writable_bytes(std::span(buffer)), 0);
    if (!got) return got.error().message;
    return buffer.substr(0, *got);
}

std::vector<std::string> list(Client& client, const std::string& path) {
    std::vector<std::string> names;
    const auto folder = client.open_folder(path);
    if (!folder) return {folder.error().message};
    for (;;) {
        const auto page = (*folder)->next(2);
        if (!page) return {page.error().message};
        if (page->empty()) break;
        for (const DirEntry& entry : *page) names.push_back(entry.name);
    }
    std::ranges::sort(names);
    return names;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace burnbox::test
