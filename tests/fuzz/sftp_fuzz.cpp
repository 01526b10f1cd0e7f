// libFuzzer: an SFTP session on any bytes, over an in-memory file system. The first byte says how the rest is
// cut into pieces. Whatever comes, every answer is a well-formed packet, there are no more answers than
// packets that could have been sent, and what is queued stays bounded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/base/log.hpp"
#include "server/sftp/session.hpp"
#include "tests/support/server/fake_service_port.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/server/sftp_packets.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;

namespace {

// Handles are random: the input calls those that are open handle_0 (a file) and handle_1 (a folder).
void replace_all(std::string& text, std::string_view name, const std::string& value) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = (log::set_level(log::Level::error), true);
    if (size < 1 || !quiet) return 0;
    const std::size_t piece = data[0] == 0 ? SIZE_MAX : data[0];
    test::MemoryFileSystem fs;
    fs.limit_bytes(std::uint64_t{16} << 20U);
    if (!fs.make_folder("d", 0755)) std::abort();
    const auto client = std::make_shared<test::FakeUploadClient>(fs);
    const auto handles = std::make_shared<sftp::HandleBudget>(sftp::HandleBudget{8, 0});
    sftp::WriteGather gather;
    test::FakeServicePort port;
    std::size_t answers = 0;
    {
        sftp::Session session(port, {client, handles, gather});
        test::send(session, test::sftp_packet(sftp::kInit, test::be32(3)) +
                                test::sftp_packet(sftp::kOpen, test::be32(0) + test::text("/d/f") +
                                                                   test::be32(0x1B) + test::kNoAttributes) +
                                test::sftp_packet(sftp::kOpendir, test::be32(0) + test::text("/d")));
        const auto opened = test::sftp_replies(port.take_output());
        std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
        replace_all(input, "handle_0", opened.at(1).string());
        replace_all(input, "handle_1", opened.at(2).string());
        while (!input.empty() && !port.exit_code) {
            const std::size_t taken = test::send(session, input, piece);
            port.run_posted();
            if (port.output.size() > kMostQueued + 2 * sftp::kMostPacket) std::abort();
            for (const test::SftpReply& reply : test::sftp_replies(port.take_output())) {
                if (reply.type < sftp::kVersion ||
                    (reply.type > sftp::kVersion && reply.type < sftp::kStatus))
                    std::abort();
                ++answers;
            }
            input.erase(0, taken);
        }
        session.end_of_input();
    }
    if (handles->open != 0) std::abort();
    if (answers > size / 5) std::abort();
    return 0;
}
