#include "burner/drive/image_stream.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "burner/drive/drive.hpp"

namespace burnbox {
namespace {

ImageStream* current = nullptr;  // of the one operation that this process is for

}  // namespace

ImageStream::ImageStream() {
    BB_ASSERT(current == nullptr);
    current = this;
}

ImageStream::~ImageStream() {
    current = nullptr;
}

Status ImageStream::begin(std::uint32_t start_lba, std::uint32_t content_lba) {
    if (source_ == nullptr || source_->read != nullptr || source_->version < 1 || content_lba <= start_lba)
        return fail(Errc::unsupported,
                    "make the image: its stream can't be followed: this libisoburn makes it in another way; "
                    "install the version that burnbox was built for");
    read_library_ = source_->read_xt;
    source_->read_xt = read_through;
    tree_.start_lba = start_lba;
    tree_.blocks = content_lba - start_lba;
    unhashed_bytes_ = tree_.blocks * kSectorBytes;
    return {};
}

int ImageStream::read_through(burn::burn_source* source, unsigned char* buffer, int size) {
    if (current == nullptr || current->source_ != source) return -1;
    const int got = current->read_library_(source, buffer, size);
    if (got > 0) current->hash_tree(std::as_bytes(std::span(buffer, static_cast<std::size_t>(got))));
    return got;
}

void ImageStream::hash_tree(std::span<const std::byte> bytes) {
    if (unhashed_bytes_ == 0) return;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(unhashed_bytes_, bytes.size()));
    hasher_.update(bytes.first(part));
    unhashed_bytes_ -= part;
    if (unhashed_bytes_ > 0) return;
    tree_.sha256 = hasher_.finish();
    tree_is_read_.store(true, std::memory_order_release);
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
