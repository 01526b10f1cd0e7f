#include "tests/contract/drive_rig.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "burner/worker/worker.hpp"
#include "common/base/unique_fd.hpp"
#include "common/storage/posix_file_system.hpp"

namespace burnbox::test {
namespace {

const Timestamp kSealedAt = *parse_iso8601("2026-11-23T10:00:00Z");
const Timestamp kModifiedAt = *parse_iso8601("2021-02-03T04:05:06Z");

// Long paths don't fit into one system call: entries are made relative to their parent's descriptor.
UniqueFd open_parent(const std::string& root, const std::string& path) {
    UniqueFd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    std::size_t begin = 0;
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', begin)) {
        folder = UniqueFd(::openat(folder.get(), path.substr(begin, end - begin).c_str(),
                                   O_PATH | O_DIRECTORY | O_CLOEXEC));
        begin = end + 1;
    }
    REQUIRE(folder);
    return folder;
}

UniqueFd make_file(const std::string& root, const std::string& path) {
    UniqueFd file(::openat(open_parent(root, path).get(), std::string(base_name(path)).c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    REQUIRE(file);
    return file;
}

Sha256 digest_of_zeros(std::uint64_t bytes) {
    Sha256Hasher hasher;
    const std::string block(1 << 20, '\0');
    for (std::uint64_t left = bytes; left > 0;) {
        const std::uint64_t part = std::min<std::uint64_t>(left, block.size());
        hasher.update(std::string_view(block).substr(0, part));
        left -= part;
    }
    return hasher.finish();
}

}  // namespace

StagedSession::StagedSession(const TempFolder& temp, const std::string& name)
    : temp_(temp), folder_(temp / "inbox/alice/" + name + "-queued") {
    REQUIRE(std::filesystem::create_directory(folder_));
    sealed_.account = "alice";
    sealed_.disc_name = name;
    sealed_.sealed_at = kSealedAt;
    sealed_.marker = {"BURN", "now\n", Sha256::of("now\n")};
}

ManifestEntry& StagedSession::add(const std::string& path, FileType type, std::uint32_t mode) {
    ManifestEntry entry;
    entry.path = path;
    entry.type = type;
    entry.mode = mode;
    entry.mtime = kModifiedAt;
    return sealed_.manifest.entries.emplace_back(std::move(entry));
}

StagedSession& StagedSession::file(const std::string& path, const std::string& content) {
    const UniqueFd made = make_file(folder_, path);
    REQUIRE(::write(made.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ManifestEntry& entry = add(path, FileType::file, 0640);
    entry.size_bytes = content.size();
    entry.sha256 = Sha256::of(content);
    return *this;
}

StagedSession& StagedSession::sparse(const std::string& path, std::uint64_t size_bytes,
                                     const Sha256& digest) {
    const UniqueFd made = make_file(folder_, path);
    REQUIRE(::ftruncate(made.get(), static_cast<off_t>(size_bytes)) == 0);
    ManifestEntry& entry = add(path, FileType::file, 0640);
    entry.size_bytes = size_bytes;
    entry.sha256 = digest;
    return *this;
}

StagedSession& StagedSession::zeros(const std::string& path, std::uint64_t size_bytes) {
    return sparse(path, size_bytes, digest_of_zeros(size_bytes));
}

StagedSession& StagedSession::unread(const std::string& path, std::uint64_t size_bytes) {
    return sparse(path, size_bytes, {});
}

StagedSession& StagedSession::folder(const std::string& path) {
    REQUIRE(::mkdirat(open_parent(folder_, path).get(), std::string(base_name(path)).c_str(), 0750) == 0);
    add(path, FileType::folder, 0750);
    return *this;
}

StagedSession& StagedSession::link(const std::string& path, const std::string& target) {
    REQUIRE(::symlinkat(target.c_str(), open_parent(folder_, path).get(),
                        std::string(base_name(path)).c_str()) == 0);
    add(path, FileType::symlink, 0777).link_target = target;
    return *this;
}

StagedSession& StagedSession::tree(const GeneratedTree& tree) {
    const auto sent_path = [](const ManifestEntry& entry) {
        return entry.source.empty() ? entry.path : entry.source;
    };
    for (const ManifestEntry& entry : tree.manifest.entries) {
        const std::string path = sent_path(entry), name(base_name(path));
        if (entry.type == FileType::folder) {
            REQUIRE(::mkdirat(open_parent(folder_, path).get(), name.c_str(), 0755) == 0);
        } else if (entry.type == FileType::symlink) {
            REQUIRE(::symlinkat(entry.link_target.c_str(), open_parent(folder_, path).get(), name.c_str()) ==
                    0);
        } else if (const GeneratedFile& file = tree.files.at(path); file.same_inode_as.empty()) {
            const UniqueFd made = make_file(folder_, path);
            REQUIRE(::write(made.get(), file.content.data(), file.content.size()) ==
                    static_cast<ssize_t>(file.content.size()));
            REQUIRE(::ftruncate(made.get(), static_cast<off_t>(file.content.size() + file.zeros)) == 0);
        }
    }
    for (const auto& [path, file] : tree.files) {
        if (file.same_inode_as.empty()) continue;
        const std::string name(base_name(path)), other(base_name(file.same_inode_as));
        REQUIRE(::linkat(open_parent(folder_, file.same_inode_as).get(), other.c_str(),
                         open_parent(folder_, path).get(), name.c_str(), 0) == 0);
    }
    auto& entries = sealed_.manifest.entries;
    entries.insert(entries.end(), tree.manifest.entries.begin(), tree.manifest.entries.end());
    return *this;
}

BurnSession StagedSession::seal() {
    std::ranges::sort(sealed_.manifest.entries, {}, &ManifestEntry::path);
    const std::string name = "state/seals/" + sealed_.disc_name + ".jsonl";
    const UniqueFd record = make_file(temp_.path(), name);
    const std::string text = to_seal_record(sealed_);
    REQUIRE(::write(record.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return {temp_ / name, folder_};
}

DriveRig::DriveRig() {
    for (const char* folder : {"inbox/alice", "state/seals", "state/rollback", "discs"})
        REQUIRE(std::filesystem::create_directories(temp_ / folder));
}

void DriveRig::insert_blank() {
    REQUIRE(drive().load_blank(kLabel));
}

Medium DriveRig::medium() {
    auto found = drive().inspect();
    if (!found) FAIL(found.error().message);
    return *found;
}

BurnJob DriveRig::job(const std::vector<BurnSession>& sessions) {
    const Medium now = medium();
    BurnJob job;
    job.disc.label = kLabel;
    job.disc.serial = kSerial;
    job.disc.sessions_used = now.sessions_used;
    if (now.sessions_used > 0) {
        job.disc.next_lba = now.next_lba;
        job.disc.head_digest = now.head_digest;
    }
    job.sessions = sessions;
    job.just_burned = true;  // read back strictly
    job.rollback_file = temp_ / "state/rollback/" + kLabel;
    return job;
}

unsigned DriveRig::burn_well(const std::vector<BurnSession>& sessions) {
    const BurnJob wanted = job(sessions);
    TestObserver observer;
    auto written = drive().burn(wanted, observer);
    if (!written) FAIL(written.error().message);
    REQUIRE(observer.plans.size() == 1);
    CHECK(written->start_lba == observer.plans[0].start_lba);
    const TreeArea& tree = observer.plans[0].tree;
    CHECK(tree.start_lba == written->start_lba);
    CHECK(tree.blocks > 0);
    CHECK(tree.blocks < written->blocks);
    trees_[observer.plans[0].disc_session] = tree;
    CHECK(written->blocks == observer.plans[0].blocks);
    CHECK(observer.plans[0].disc_session == wanted.disc.sessions_used + 1);
    verify_well(sessions, observer.plans[0].disc_session);
    return observer.plans[0].disc_session;
}

VerifyReport DriveRig::verify_well(const std::vector<BurnSession>& sessions, unsigned disc_session) {
    TestObserver observer;
    BurnJob read_back = job(sessions);
    if (const auto tree = trees_.find(disc_session); tree != trees_.end()) read_back.tree = tree->second;
    auto report = drive().verify(read_back, disc_session, observer);
    if (!report) FAIL(report.error().message);
    for (const std::string& mismatch : report->mismatches) FAIL_CHECK(mismatch);
    return *report;
}

FakeDriveRig::FakeDriveRig() {
    auto files = open_posix_file_system(temp().path());
    REQUIRE(files);
    files_ = std::move(*files);
    drive_ = std::make_unique<FakeDrive>("tray", shelf_, std::vector<FileSystem*>{files_.get()});
}

WorkerDriveRig::WorkerDriveRig(const std::string& medium) {
    config_.name = "tray";
    config_.image_dir = temp() / "discs";
    config_.medium = medium;
    auto spawner = Spawner::start();
    REQUIRE(spawner);
    spawner_ = std::move(*spawner);
    restart();
}

void WorkerDriveRig::restart() {
    drive_ = make_worker_drive(config_, *spawner_, BURNBOX_TEST_WORKER);
}

unsigned WorkerDriveRig::kill_workers() const {
    const auto parent_of = [](int pid) {
        std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
        std::string text;
        std::getline(stat, text);
        const std::size_t name_end = text.rfind(')');
        return name_end == std::string::npos ? 0 : std::atoi(text.c_str() + name_end + 3);
    };
    unsigned killed = 0;
    for (const auto& process : std::filesystem::directory_iterator("/proc")) {
        const int pid = std::atoi(process.path().filename().c_str());
        std::error_code error;
        const auto program = std::filesystem::read_symlink(process.path() / "exe", error);
        if (pid <= 0 || error || program != std::filesystem::canonical(BURNBOX_TEST_WORKER)) continue;
        if (parent_of(parent_of(pid)) != ::getpid()) continue;  // started by our spawner
        if (::kill(pid, SIGKILL) == 0) ++killed;
    }
    return killed;
}

std::string WorkerDriveRig::image(const std::string& label) const {
    return config_.image_dir + "/" + label + ".iso";
}

BurnerRig::BurnerRig(const std::string& medium) : medium_(medium), burner_(temp() / "tray.drive") {
    auto spawner = Spawner::start();
    REQUIRE(spawner);
    spawner_ = std::move(*spawner);
    restart();
}

void BurnerRig::restart() {
    DriveConfig config;
    config.name = "tray";
    config.device = burner_.path();
    config.expect = medium_;
    drive_ = std::make_unique<WorkerDrive>(config, *spawner_, BURNBOX_TEST_WORKER, policy, patience);
}

void BurnerRig::insert_new_disc(const std::string& name) {
    burner_.insert_blank(temp() / "discs/" + name, medium_);
    REQUIRE(drive().load_blank(kLabel));
}

Error burn_error(BurnerRig& rig, const BurnJob& job) {
    TestObserver observer;
    const auto written = rig.drive().burn(job, observer);
    REQUIRE_FALSE(written);
    return written.error();
}

bool wrote_something(BurnerRig& rig) {
    return std::ranges::any_of(rig.burner().log(),
                               [](const std::string& line) { return line.starts_with("2a "); });
}

}  // namespace burnbox::test
