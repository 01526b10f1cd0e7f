#include "burner/operations/image_stream.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

constexpr std::size_t kPartBytes = 4U << 20U;
constexpr std::chrono::microseconds kPoll{200};

ImageStream* current = nullptr;  // of the one operation that this process is for

}  // namespace

ImageStream::ImageStream() {
    BB_ASSERT(current == nullptr);
    current = this;
}

ImageStream::~ImageStream() {
    current = nullptr;
}

Status ImageStream::keep_tree(std::uint32_t blocks, const std::string& spool_folder) {
    if (source_ == nullptr || source_->read != nullptr || source_->version < 1 || blocks == 0)
        return fail(Errc::unsupported,
                    "make the image: its stream can't be followed: this libisoburn makes it in another way; "
                    "install the version that burnbox was built for");
    read_library_ = source_->read_xt;
    source_->read_xt = read_through;
    BB_TRY(kept_, KeptBlocks::make(blocks * kSectorBytes, spool_folder));
    for (std::span<std::byte> left = kept_.bytes(); !left.empty();) {
        const std::span<std::byte> part = left.first(std::min(left.size(), kPartBytes));
        wait_for(part.size());
        if (read_library(part) != static_cast<int>(part.size()))
            return fail(Errc::io, "make the image: it ends within its folders");
        left = left.subspan(part.size());
    }
    return {};
}

// libisofs makes block by block and would wake a waiting reader for each.
void ImageStream::wait_for(std::size_t bytes) const {
    std::size_t size = 0;
    std::size_t free = 0;
    while (burn::iso_ring_buffer_get_status(source_, &size, &free) == 1 &&
           size - free < std::min(bytes, size))
        std::this_thread::sleep_for(kPoll);
}

int ImageStream::read_library(std::span<std::byte> buffer) {
    return read_library_(source_, reinterpret_cast<unsigned char*>(buffer.data()),
                         static_cast<int>(buffer.size()));
}

int ImageStream::read_through(burn::burn_source* source, unsigned char* buffer, int size) {
    if (current == nullptr || current->source_ != source || size < 0) return -1;
    return current->give(std::as_writable_bytes(std::span(buffer, static_cast<std::size_t>(size))));
}

// The kept blocks, then what libisofs makes.
int ImageStream::give(std::span<std::byte> buffer) {
    const std::uint64_t given = given_bytes_.load(std::memory_order_relaxed);
    const std::span<const std::byte> tree = kept_.bytes();
    std::size_t done = 0;
    if (given < tree.size()) {
        done = std::min(tree.size() - given, buffer.size());
        std::memcpy(buffer.data(), tree.data() + given, done);
    }
    if (done < buffer.size()) {
        const int got = read_library(buffer.subspan(done));
        if (got < 0 && done == 0) return got;
        if (got > 0) done += static_cast<std::size_t>(got);
    }
    given_bytes_.store(given + done, std::memory_order_release);
    return static_cast<int>(done);
}

}  // namespace burnbox

// See the header. Called by libisoburn.
extern "C" __attribute__((visibility("default"))) int iso_image_create_burn_source(
    burn::IsoImage* image, burn::IsoWriteOpts* options, burn::burn_source** source) {
    using Create = int (*)(burn::IsoImage*, burn::IsoWriteOpts*, burn::burn_source**);
    static const auto create = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "iso_image_create_burn_source"));
    if (create == nullptr) return static_cast<int>(ISO_ERROR);
    const int result = create(image, options, source);
    if (result > 0 && burnbox::current != nullptr) burnbox::current->take(*source);
    return result;
}
