#include "tests/support/mmc/files.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace burnbox::mmc {
namespace {

constexpr off_t kBlocksOffset = 128 << 10;
static_assert(MappedRecord<DiscState>::kBytes <= kBlocksOffset);

UniqueFd make_file(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) {
        std::perror(path.c_str());
        std::abort();
    }
    return fd;
}

}  // namespace

void set_path(std::array<char, 1024>& field, const std::string& path) {
    field.fill('\0');
    std::copy_n(path.begin(), std::min(path.size(), field.size() - 1), field.begin());
}

std::optional<DiscFile> DiscFile::open(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd || !has_magic(fd.get(), kDiscMagic)) return std::nullopt;
    return DiscFile(std::move(fd));
}

void DiscFile::create(const std::string& path, const DiscState& disc) {
    MappedRecord<DiscState>::create(make_file(path).get(), kDiscMagic, disc);
}

void DiscFile::read(std::int32_t lba, std::span<std::uint8_t> into) {
    const ssize_t got =
        ::pread(fd_.get(), into.data(), into.size(), kBlocksOffset + off_t{lba} * kBlockBytes);
    std::ranges::fill(into.subspan(got < 0 ? 0 : static_cast<std::size_t>(got)), std::uint8_t{0});
}

void DiscFile::write(std::int32_t lba, std::span<const std::byte> blocks) {
    if (lba < 0) {  // a CD's pre-gap is not kept
        const std::size_t skipped = std::min(static_cast<std::size_t>(-lba) * kBlockBytes, blocks.size());
        blocks = blocks.subspan(skipped);
        lba = 0;
    }
    if (blocks.empty()) return;
    const ssize_t done =
        ::pwrite(fd_.get(), blocks.data(), blocks.size(), kBlocksOffset + off_t{lba} * kBlockBytes);
    if (done != static_cast<ssize_t>(blocks.size())) {
        std::perror("write to a test disc");
        std::abort();
    }
}

void DriveFile::create(const std::string& path) {
    MappedRecord<DriveState>::create(make_file(path).get(), kDriveMagic, {});
}

void DriveFile::load_disc(const std::string& path) {
    if (path != disc_path_ || !disc_) {
        disc_.reset();
        disc_path_ = path;
        if (auto opened = path.empty() ? std::nullopt : DiscFile::open(path))
            disc_.emplace(std::move(*opened));
    }
    model_.disc.reset();
    model_.blocks = nullptr;
    if (!disc_) return;
    model_.disc = disc_->load();
    model_.blocks = &*disc_;
}

Reply DriveFile::run(const Command& command) {
    record_.lock();
    model_.drive = record_.load();
    load_disc(model_.drive.disc.data());
    model_.change_disc = [this] {
        if (disc_ && model_.disc) disc_->store(*model_.disc);
        model_.drive.disc = model_.drive.other_disc;
        load_disc(model_.drive.disc.data());
        model_.drive.put_in(model_.disc.has_value());
    };
    Reply reply = model_.run(command);
    if (disc_ && model_.disc) disc_->store(*model_.disc);
    record_.store(model_.drive);
    record_.unlock();
    return reply;
}

}  // namespace burnbox::mmc
