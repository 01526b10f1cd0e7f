// Times what tests/bench/burn measures: one burn, or burn and read-back, of a folder as the next disc session
// of an emulated disc, through the same drive and workers as the server's. Prints microseconds.
//     burn_stopwatch seal FOLDER RECORD     hashes the folder and writes its seal record
//     burn_stopwatch burn IMAGE_DIR RECORD FOLDER     "BURN_US VERIFY_US"
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "burner/worker/worker.hpp"
#include "common/storage/posix_file_system.hpp"

using namespace burnbox;

namespace {

namespace fs = std::filesystem;

constexpr auto kLabel = "BENCH_0001";
constexpr auto kSerial = "2b1f7a52-6d5e-4f3c-9d0c-0a2a7b1f4e11";

Sha256 digest_of(const fs::path& file) {
    Sha256Hasher hasher;
    std::ifstream in(file, std::ios::binary);
    std::string block(1U << 20U, '\0');
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0)
        hasher.update(std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())));
    return hasher.finish();
}

Status seal(const fs::path& folder, const fs::path& record) {
    SealedSession sealed;
    sealed.account = "bench";
    sealed.disc_name = record.stem();
    sealed.sealed_at = *parse_iso8601("2026-11-23T10:00:00Z");
    for (const fs::directory_entry& found : fs::recursive_directory_iterator(folder)) {
        ManifestEntry entry;
        entry.path = fs::relative(found.path(), folder).string();
        entry.type = found.is_directory() ? FileType::folder : FileType::file;
        entry.mode = found.is_directory() ? 0755 : 0644;
        entry.mtime = sealed.sealed_at;
        if (entry.type == FileType::file) {
            entry.size_bytes = found.file_size();
            entry.sha256 = digest_of(found.path());
        }
        sealed.manifest.entries.push_back(std::move(entry));
    }
    std::ranges::sort(sealed.manifest.entries, {}, &ManifestEntry::path);
    std::ofstream out(record, std::ios::binary);
    out << to_seal_record(sealed);
    return out.flush() ? Status() : fail_errno("write", record.string());
}

class Silent : public BurnObserver {
  public:
    Status about_to_write(const BurnPlan&) override { return {}; }
    void progress(const Progress&) override {}
};

long long microseconds_since(std::chrono::steady_clock::time_point begin) {
    return (std::chrono::steady_clock::now() - begin) / std::chrono::microseconds(1);
}

Status burn(Spawner& spawner, const std::string& program, const std::string& image_dir,
            const std::string& record, const std::string& folder) {
    DriveConfig config;
    config.name = "bench";
    config.image_dir = image_dir;
    config.medium = "bd-r-dl";
    const auto drive = make_worker_drive(config, spawner, program);
    if (auto loaded = drive->load({kLabel}); !loaded) BB_CHECK(drive->load_blank(kLabel));
    BB_TRY(const Medium before, drive->inspect());
    BurnJob job;
    job.disc = {kLabel, kSerial, before.sessions_used, 0, ""};
    if (before.sessions_used > 0)
        job.disc.next_lba = before.next_lba, job.disc.head_digest = before.head_digest;
    job.sessions = {{record, folder}};
    job.rollback_file = image_dir + "/rollback";
    Silent silent;
    auto begin = std::chrono::steady_clock::now();
    BB_TRY(const Written written, drive->burn(job, silent));
    const long long burn_us = microseconds_since(begin);

    BB_TRY(const Medium after, drive->inspect());
    job.disc.sessions_used = after.sessions_used;
    job.disc.next_lba = after.next_lba;
    job.disc.head_digest = after.head_digest;
    begin = std::chrono::steady_clock::now();
    BB_TRY(const VerifyReport report, drive->verify(job, after.sessions_used, silent));
    const long long verify_us = microseconds_since(begin);
    if (!report.mismatches.empty()) return fail(Errc::corrupt, report.mismatches.front());
    fmt::print("{} {}\n", burn_us, verify_us);
    return {};
}

Status run(const std::vector<std::string>& arguments, Spawner& spawner, const std::string& program) {
    if (arguments.size() == 3 && arguments[0] == "seal") return seal(arguments[1], arguments[2]);
    if (arguments.size() == 4 && arguments[0] == "burn")
        return burn(spawner, program, arguments[1], arguments[2], arguments[3]);
    return fail(Errc::invalid, "use: burn_stopwatch seal FOLDER RECORD | burn IMAGE_DIR RECORD FOLDER");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "worker") == 0) return worker_main();
    auto spawner = Spawner::start();
    if (!spawner) return 1;
    const Status done = run({argv + 1, argv + argc}, **spawner, fs::read_symlink("/proc/self/exe").string());
    if (!done) fmt::print(stderr, "{}\n", done.error().message);
    return done ? 0 : 1;
}
