// A disc acquired through libisoburn, once per process: its facts, and the drive handle the operations work
// with.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "burner/drive/drive.hpp"
#include "burner/image/libburnia.hpp"
#include "burner/media/device.hpp"
#include "burner/media/image_file.hpp"
#include "burner/media/medium_rules.hpp"

namespace burnbox {

enum class DiscKind : std::uint8_t { real, image };

class OpenedDisc {
  public:
    enum class Tray : std::uint8_t { leave, close };
    // Starts the libraries and acquires the drive. Errors: busy, not_found, io; no_medium when the tray is
    // open and is to be left alone; wrong_medium when the address is no burner.
    [[nodiscard]] static Result<std::unique_ptr<OpenedDisc>> open(const Device& device,
                                                                  ImageFile::Access access,
                                                                  Tray tray = Tray::leave);
    // A drive that takes everything and keeps nothing, with a blank disc: for images that are only looked at.
    [[nodiscard]] static Result<std::unique_ptr<OpenedDisc>> open_nothing();
    ~OpenedDisc();  // releases the drive
    OpenedDisc(const OpenedDisc&) = delete;
    OpenedDisc& operator=(const OpenedDisc&) = delete;

    // Opens the tray; nothing else works after it.
    [[nodiscard]] Status eject();

    [[nodiscard]] Result<Medium> medium();
    [[nodiscard]] burn::burn_drive* drive() { return infos_[0].drive; }
    [[nodiscard]] LibraryMessages& messages() { return messages_; }
    [[nodiscard]] ImageFile* image() { return image_ ? &*image_ : nullptr; }
    [[nodiscard]] const Device& device() const { return device_; }
    [[nodiscard]] DiscKind kind() const { return image_ ? DiscKind::image : DiscKind::real; }

  private:
    OpenedDisc(const Device& device, std::optional<ImageFile> image)
        : device_(device), image_(std::move(image)) {}
    [[nodiscard]] Status acquire(const std::string& address);
    [[nodiscard]] Status check_role();
    [[nodiscard]] Status fill_image_facts(Medium& medium);
    [[nodiscard]] Status fill_drive_facts(Medium& medium);
    void fill_media_id(Medium& medium);
    void fill_speeds(Medium& medium);
    [[nodiscard]] DiscFacts disc_facts(Medium& medium, int mmc_profile);
    [[nodiscard]] bool read_drive_head(Medium& medium);
    [[nodiscard]] bool takes_more_sessions();
    void fill_drive_space(Medium& medium, std::uint64_t space_bytes);
    [[nodiscard]] unsigned count_sessions();
    [[nodiscard]] std::uint32_t next_writable_lba();
    [[nodiscard]] bool session_begun(const Medium& medium);

    const Device device_;
    std::optional<ImageFile> image_;
    burn::burn_drive_info* infos_ = nullptr;
    LibraryMessages messages_;
};

// Refuses with no_medium or wrong_medium unless this is the disc with the wanted label and serial, to be
// read. A real disc is read though nothing may be burned on it any more; an image that is not whole is left
// alone.
[[nodiscard]] Status check_same_disc(const Medium& medium, const DiscIdentity& wanted, DiscKind kind);
// The same, and that it is in the state the catalogue knows: blank, or with neither fewer nor more disc
// sessions, nothing to overwrite, and the head it had.
[[nodiscard]] Status check_burnable(const Medium& medium, const DiscIdentity& wanted);

}  // namespace burnbox
