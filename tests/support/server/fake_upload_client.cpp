#include "tests/support/server/fake_upload_client.hpp"

#include <limits>

namespace burnbox::test {

std::string lexical_path(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string part = path.substr(at, end - at);
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        at = end + 1;
    }
    std::string joined;
    for (const std::string& part : parts) joined = join_path(joined, part);
    return joined;
}

class FakeUploadClient::OpenFile final : public UploadFile {
  public:
    OpenFile(FakeUploadClient& client, std::string its_path, std::unique_ptr<File> file, const OpenMode& mode)
        : path(std::move(its_path)), client_(client), file_(std::move(file)), mode_(mode) {}
    ~OpenFile() override {
        if (mode_.write && !whole) client_.cut_off.push_back(path);
    }
    Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset) override {
        return file_->read_at(buffer, offset);
    }
    Status write_at(std::span<const std::byte> data, std::uint64_t offset) override {
        ++client_.writes;
        BB_CHECK(client_.refusal("write", path));
        return file_->write_at(data, offset);
    }
    Result<FileInfo> info() override { return file_->info(); }
    Status set_attributes(const Attributes& attributes) override {
        if (attributes.size_bytes && *attributes.size_bytes > (std::uint64_t{1} << 40U))
            return fail(Errc::quota, "too large");
        if (attributes.size_bytes) BB_CHECK(file_->truncate(*attributes.size_bytes));
        if (attributes.mode) BB_CHECK(file_->set_mode(*attributes.mode & 0777U));
        if (attributes.atime && attributes.mtime)
            BB_CHECK(file_->set_times(*attributes.atime, *attributes.mtime));
        return {};
    }
    Status sync() { return file_->sync(); }

    const std::string path;
    bool whole = false;

  private:
    FakeUploadClient& client_;
    std::unique_ptr<File> file_;
    OpenMode mode_;
};

Status FakeUploadClient::refusal(const std::string& request, const std::string& path) const {
    const auto found = refusals.find(request + " /" + lexical_path(path));
    if (found != refusals.end()) return std::unexpected(found->second);
    return {};
}

void FakeUploadClient::answer(std::function<void()> function) {
    if (hold_answers)
        held.push_back(std::move(function));
    else
        function();
}

Result<std::string> FakeUploadClient::real_path(const std::string& path) {
    return "/" + lexical_path(path);
}
Result<FileInfo> FakeUploadClient::info(const std::string& path, bool) {
    return fs_.info(lexical_path(path));
}

Result<std::unique_ptr<UploadFile>> FakeUploadClient::open(const std::string& path, const OpenMode& mode) {
    BB_CHECK(refusal("open", path));
    BB_TRY(auto file, fs_.open(lexical_path(path), mode));
    return std::make_unique<OpenFile>(*this, path, std::move(file), mode);
}

Result<std::unique_ptr<Folder>> FakeUploadClient::open_folder(const std::string& path) {
    return fs_.open_folder(lexical_path(path));
}
Status FakeUploadClient::make_folder(const std::string& path, std::uint32_t permissions) {
    if (lexical_path(path).empty()) return fail(Errc::exists, "the inbox is there");
    return fs_.make_folder(lexical_path(path), permissions);
}
Status FakeUploadClient::remove_folder(const std::string& path) {
    if (lexical_path(path).empty()) return fail(Errc::permission, "not the inbox");
    return fs_.remove_folder(lexical_path(path));
}
Status FakeUploadClient::remove(const std::string& path) {
    return fs_.remove(lexical_path(path));
}

Status FakeUploadClient::set_attributes(const std::string& path, const Attributes& attributes) {
    const std::string real = lexical_path(path);
    if (attributes.size_bytes) {
        BB_TRY(auto opened, fs_.open(real, OpenMode{.write = true}));
        if (*attributes.size_bytes > (std::uint64_t{1} << 40U)) return fail(Errc::quota, "too large");
        BB_CHECK(opened->truncate(*attributes.size_bytes));
    }
    if (attributes.mode) BB_CHECK(fs_.set_mode(real, *attributes.mode & 0777U));
    if (attributes.atime && attributes.mtime)
        BB_CHECK(fs_.set_times(real, *attributes.atime, *attributes.mtime));
    return {};
}

Status FakeUploadClient::make_symlink(const std::string& target, const std::string& path) {
    if (target.starts_with('/') || target.find("..") != std::string::npos)
        return fail(Errc::permission, "the link leaves the session");
    return fs_.make_symlink(target, lexical_path(path));
}
Result<std::string> FakeUploadClient::read_symlink(const std::string& path) {
    return fs_.read_symlink(lexical_path(path));
}
void FakeUploadClient::close(std::unique_ptr<UploadFile> file, Done done) {
    auto& open_file = dynamic_cast<OpenFile&>(*file);
    open_file.whole = true;
    const Status refused = refusal("close", open_file.path);
    if (refused) closed.push_back(open_file.path);
    file.reset();
    answer([this, refused, done = std::move(done)] {
        if (refused)
            done(close_text);
        else
            done(std::unexpected(refused.error()));
    });
}

void FakeUploadClient::sync(UploadFile& file, Done done) {
    auto& open_file = dynamic_cast<OpenFile&>(file);
    answer([&open_file, done = std::move(done)] {
        const Status synced = open_file.sync();
        if (synced)
            done(std::string());
        else
            done(std::unexpected(synced.error()));
    });
}

void FakeUploadClient::rename(const std::string& from, const std::string& to, RenameMode mode, Done done) {
    const Status renamed = fs_.rename(lexical_path(from), lexical_path(to), mode);
    answer([renamed, done = std::move(done)] {
        if (renamed)
            done(std::string());
        else
            done(std::unexpected(renamed.error()));
    });
}

void FakeUploadClient::make_hardlink(const std::string& existing, const std::string& path, Done done) {
    const Status made = fs_.make_hardlink(lexical_path(existing), lexical_path(path));
    answer([made, done = std::move(done)] {
        done(made ? Result<std::string>(std::string()) : std::unexpected(made.error()));
    });
}

void FakeUploadClient::burn(const std::string& session, bool, Done done) {
    done("sealed as " + session);
}
void FakeUploadClient::cancel(const std::string& session, Done done) {
    done("cancelled " + session);
}

void FakeUploadClient::digest(const std::string& path, const DigestRange& range,
                              std::function<void(Result<Digests>)> done) {
    asked = range;
    const auto content = read_file(fs_, lexical_path(path), std::numeric_limits<std::uint32_t>::max());
    answer([content, done = std::move(done)] {
        if (content)
            done(Digests{Sha256::of(*content)});
        else
            done(std::unexpected(content.error()));
    });
}

void FakeUploadClient::lease(const LeaseRequest& /*request*/, LeaseDone done) {
    done(fail(Errc::unsupported, "lends nothing"));
}

void FakeUploadClient::space(const std::string&, std::function<void(Result<FileSystem::Space>)> done) {
    answer([space = fs_.space(), done = std::move(done)] { done(space); });
}

}  // namespace burnbox::test
