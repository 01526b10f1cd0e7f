#include "tests/support/burner/fake_recovery_program.hpp"

#include "common/base/digest.hpp"
#include "common/storage/durable_file.hpp"

namespace burnbox::test {

Result<FakeRecoveryProgram::At> FakeRecoveryProgram::find(const std::string& host_path) const {
    for (FileSystem* const fs : roots_) {
        std::string root = fs->host_path("");
        while (root.ends_with('/')) root.pop_back();
        if (host_path.starts_with(root + "/")) return At{fs, host_path.substr(root.size() + 1)};
    }
    return fail(Errc::not_found, host_path + " is below no root of the test");
}

Status FakeRecoveryProgram::describe(const At& folder, const std::string& name, std::string& out) const {
    BB_TRY(const auto entries, list_folder(*folder.fs, folder.path));
    for (const DirEntry& entry : entries) {
        At at{folder.fs, join_path(folder.path, entry.name)};
        const std::string path = join_path(name, entry.name);
        if (entry.type == FileType::folder) {
            BB_CHECK(describe(at, path, out));
            continue;
        }
        if (entry.type == FileType::symlink) {
            BB_TRY(const std::string target, at.fs->read_symlink(at.path));
            BB_TRY(at, find(target));
        }
        BB_TRY(const std::string content, read_file(*at.fs, at.path, 1ULL << 30U));
        out += path + " " + Sha256::of(content).hex() + "\n";
    }
    return {};
}

Status FakeRecoveryProgram::make_set(const ParityOrder& order, const GoOn& go_on) {
    ++runs;
    BB_TRY(const At tree, find(order.tree));
    BB_TRY(const At output, find(order.output));
    std::string text;
    BB_CHECK(describe(tree, "", text));
    if (!go_on(50)) return fail(Errc::cancelled, "not wanted any more");
    if (before_writing) BB_CHECK(before_writing());
    if (makes_nothing) return {};
    BB_CHECK(replace_file(*output.fs, output.path, text, Durability::visible));
    const std::string volume = output.path.substr(0, output.path.size() - 5) + ".vol000+1.par2";
    return replace_file(*output.fs, volume, std::string(order.block_bytes * order.parity_blocks + 1, 'v'),
                        Durability::visible);
}

}  // namespace burnbox::test
