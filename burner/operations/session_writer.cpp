#include "burner/operations/session_writer.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "burner/media/medium_profile.hpp"

namespace burnbox {
namespace {

using std::chrono::milliseconds;

constexpr int kFifoBytes = 8 << 20;
constexpr std::uint64_t kWritebackBytes = 8U << 20U;
// A CD's track has 4 s at least (Red Book). libburn pads shorter ones behind the back of libisofs, which then
// calls its image damaged.
constexpr std::uint32_t kShortestCdTrack = 300;
constexpr milliseconds kFirstPoll{1};
constexpr milliseconds kLastPoll{50};
constexpr milliseconds kThreadsEnd{10'000};

// No extended attributes are burned: libisofs takes the padding of long names for such (library_quirks.hpp).
constexpr int kExtensions = isoburn_igopt_rockridge | isoburn_igopt_joliet | isoburn_igopt_aaip;
// Names stay as they are in Rock Ridge whatever the other trees need; times are UTC and those of the entries.
constexpr int kRelaxed = isoburn_igopt_allow_deep_paths | isoburn_igopt_allow_longer_paths |
                         isoburn_igopt_joliet_longer_paths | isoburn_igopt_joliet_long_names |
                         isoburn_igopt_joliet_utf16 | isoburn_igopt_no_j_force_dots |
                         isoburn_igopt_always_gmt | isoburn_igopt_dir_rec_mtime |
                         isoburn_igopt_joliet_rec_mtime | isoburn_igopt_aaip_susp_1_10;

unsigned count_threads() {
    std::error_code error;
    unsigned count = 0;
    std::filesystem::directory_iterator next("/proc/self/task", error);
    for (; !error && next != std::filesystem::directory_iterator(); next.increment(error)) ++count;
    return count;
}

// Every block was sent.
bool is_closing(burn::burn_drive_status status) {
    return status == burn::BURN_DRIVE_WRITING_LEADOUT || status == burn::BURN_DRIVE_CLOSING_TRACK ||
           status == burn::BURN_DRIVE_CLOSING_SESSION;
}

}  // namespace

Result<std::unique_ptr<SessionWriter>> SessionWriter::prepare(OpenedDisc& disc, SessionImage& image) {
    std::unique_ptr<SessionWriter> writer(new SessionWriter(disc));
    writer->threads_before_ = count_threads();
    BB_CHECK(writer->set_options(image.time()));
    burn::iso_set_abort_severity(c_string("MISHAP"));
    const int prepared = burn::isoburn_prepare_disc(disc.drive(), &writer->layout_, writer->image_options_);
    writer->pending_ = prepared > 0;
    BB_CHECK(disc.messages().check(prepared, "make the image for " + disc.device().path));
    BB_CHECK(writer->measure(image));
    return writer;
}

int SessionWriter::mmc_profile() const {
    int profile = 0;
    std::array<char, 80> name{};
    burn::burn_disc_get_profile(disc_.drive(), &profile, name.data());
    return profile;
}

bool SessionWriter::is_cd() const {
    const int profile = mmc_profile();
    return disc_.image() == nullptr && profile >= 0x08 && profile <= 0x0a;
}

Status SessionWriter::set_options(Timestamp time) {
    if (burn::isoburn_igopt_new(&image_options_, 0) <= 0)
        return fail_errno("make", "the image options", ENOMEM);
    const std::time_t seconds = to_disc_time(time);
    burn::isoburn_igopt_set_level(image_options_, 3);
    burn::isoburn_igopt_set_extensions(image_options_, kExtensions);
    burn::isoburn_igopt_set_relaxed(image_options_, kRelaxed);
    burn::isoburn_igopt_set_out_charset(image_options_, c_string("UTF-8"));
    burn::isoburn_igopt_set_fifo_size(image_options_, kFifoBytes);
    burn::isoburn_igopt_set_pvd_times(image_options_, seconds, seconds, 0, 0, c_string(""));
    burn::isoburn_igopt_set_stdio_endsync(image_options_, 1);
    if (is_cd()) burn::isoburn_igopt_set_tail_blocks(image_options_, kShortestCdTrack);
    return disc_.messages().check(1, "set the image options");
}

Status SessionWriter::measure(SessionImage& image) {
    int sessions = 0;
    int tracks = 0;
    int lba = 0;
    int content_lba = 0;
    burn::burn_session** all_sessions = burn::burn_disc_get_sessions(layout_, &sessions);
    burn::burn_track** all_tracks =
        sessions == 1 ? burn::burn_session_get_tracks(all_sessions[0], &tracks) : nullptr;
    const int sectors = tracks == 1 ? burn::burn_track_get_sectors(all_tracks[0]) : 0;
    if (sectors <= 0 || burn::isoburn_igopt_get_effective_lba(image_options_, &lba) <= 0 || lba < 0 ||
        burn::isoburn_igopt_get_data_start(image_options_, &content_lba) <= 0 || content_lba < lba)
        return fail(Errc::io,
                    "measure the image for " + disc_.device().path + ": libisoburn does not say its size");
    start_lba_ = static_cast<std::uint32_t>(lba);
    blocks_ = static_cast<std::uint32_t>(sectors);
    tree_.start_lba = start_lba_;
    tree_.blocks = static_cast<std::uint32_t>(content_lba) - start_lba_;
    BB_CHECK(disc_.messages().check(1, "measure the image for " + disc_.device().path));
    return keep_tree(image);
}

// What the library says comes first: that its stream ended is the consequence.
Status SessionWriter::keep_tree(SessionImage& image) {
    const Status kept = stream_.keep_tree(tree_.blocks, image.spool_folder());
    BB_CHECK(disc_.messages().check(1, "make the image for " + disc_.device().path));
    BB_CHECK(kept);
    BB_CHECK(image.patch(stream_.tree_bytes(), start_lba_));
    Sha256Hasher hasher;
    hasher.update(std::as_const(stream_).tree_bytes());
    tree_.sha256 = hasher.finish();
    return {};
}

SessionWriter::~SessionWriter() {
    if (pending_) burn::isoburn_cancel_prepared_write(disc_.drive(), nullptr, 0);
    if (write_options_ != nullptr) burn::burn_write_opts_free(write_options_);
    if (layout_ != nullptr) burn::burn_disc_free(layout_);
    if (image_options_ != nullptr) burn::isoburn_igopt_destroy(&image_options_, 0);
}

// The disk writes while the image is made: the one sync at the end has little left to do.
void SessionWriter::start_writeback(std::uint64_t written_bytes) {
    if (disc_.image() == nullptr || written_bytes < flushed_bytes_ + kWritebackBytes) return;
    const std::uint64_t start = start_lba_ * kSectorBytes;
    ::sync_file_range(disc_.image()->fd(), static_cast<off_t>(start + flushed_bytes_),
                      static_cast<off_t>(written_bytes - flushed_bytes_), SYNC_FILE_RANGE_WRITE);
    flushed_bytes_ = written_bytes;
}

void SessionWriter::watch(BurnObserver& observer) {
    milliseconds pause = kFirstPoll;
    const std::uint64_t total = blocks_ * kSectorBytes;
    for (;;) {
        burn::burn_progress state{};
        const burn::burn_drive_status status = burn::burn_drive_get_status(disc_.drive(), &state);
        if (status == burn::BURN_DRIVE_IDLE) break;
        if (status == burn::BURN_DRIVE_WRITING && state.sector > 0) {
            const std::uint64_t done =
                std::min<std::uint64_t>(static_cast<std::uint64_t>(state.sector) * kSectorBytes, total);
            start_writeback(done);
            observer.progress({done, total});
        }
        // The last blocks may have gone since the last look: who is patient with a drive has to know.
        if (is_closing(status)) observer.progress({total, total});
        disc_.messages().drain();
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, kLastPoll);
    }
    // libburn says "idle" while its write thread still ends: what follows must not meet it.
    const auto deadline = std::chrono::steady_clock::now() + kThreadsEnd;
    while (count_threads() > threads_before_ && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(kFirstPoll);
}

// The drive takes it as an upper limit.
void SessionWriter::set_speed() {
    if (disc_.image() != nullptr || disc_.device().speed <= 0) return;
    asked_kb_ = static_cast<int>(disc_.device().speed * base_speed_kb(mmc_profile()));
    burn::burn_drive_set_speed(disc_.drive(), 0, asked_kb_);
}

void SessionWriter::note_speed(std::chrono::steady_clock::duration took) {
    if (disc_.image() != nullptr) return;
    const double seconds = std::max(std::chrono::duration<double>(took).count(), 0.001);
    const auto reached_kb =
        static_cast<std::uint64_t>(static_cast<double>(blocks_ * kSectorBytes) / seconds / 1000);
    speed_note_ = "speed: asked " + (asked_kb_ == 0 ? "max" : std::to_string(asked_kb_) + " kB/s") +
                  ", reached " + std::to_string(reached_kb) + " kB/s with closing";
}

Status SessionWriter::write(bool close_disc, BurnObserver& observer) {
    const std::string what = "write " + disc_.device().path;
    write_options_ = burn::burn_write_opts_new(disc_.drive());
    if (write_options_ == nullptr) return fail_errno("make", "the write options", ENOMEM);
    burn::burn_write_opts_set_multi(write_options_, close_disc ? 0 : 1);
    burn::burn_write_opts_set_underrun_proof(write_options_, 1);
    burn::burn_write_opts_set_stdio_fsync(write_options_, -1);  // synced once, by the caller
    set_speed();
    pending_ = false;
    const auto began = std::chrono::steady_clock::now();
    burn::isoburn_disc_write(write_options_, layout_);
    watch(observer);
    burn::isoburn_sync_after_write(disc_.drive(), nullptr, 0);
    note_speed(std::chrono::steady_clock::now() - began);
    BB_CHECK(disc_.messages().check(burn::isoburn_drive_wrote_well(disc_.drive()), what));
    return check_end();
}

// libburn writes what it gets: an image that ended early or late is noticed here.
Status SessionWriter::check_end() const {
    const std::uint64_t planned = blocks_ * kSectorBytes;
    if (stream_.given_bytes() == planned) return {};
    return fail(Errc::io, "write " + disc_.device().path + ": the image had " +
                              std::to_string(stream_.given_bytes()) + " bytes, planned were " +
                              std::to_string(planned));
}

Status SessionWriter::activate() {
    return disc_.messages().check(burn::isoburn_activate_session(disc_.drive()),
                                  "activate the disc session on " + disc_.device().path);
}

}  // namespace burnbox
