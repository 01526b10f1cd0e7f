// libFuzzer: the rcp protocol's sink and source on any bytes, over an in-memory file system. A file counts as
// closed only when the sink says so, and nothing leaves the target folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/base/log.hpp"
#include "server/scp/sink.hpp"
#include "server/scp/source.hpp"
#include "tests/support/server/fake_service_port.hpp"
#include "tests/support/server/fake_upload_client.hpp"
#include "tests/support/storage/memory_file_system.hpp"

using namespace burnbox;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = (log::set_level(log::Level::error), true);
    if (size < 2 || !quiet) return 0;
    const std::size_t piece = data[0] == 0 ? SIZE_MAX : data[0];
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    test::MemoryFileSystem fs;
    fs.limit_bytes(std::uint64_t{16} << 20U);
    if (!fs.make_folder("in", 0755)) std::abort();
    const auto client = std::make_shared<test::FakeUploadClient>(fs);
    test::FakeServicePort port;
    const bool recursive = (data[1] & 1U) != 0, preserve = (data[1] & 2U) != 0;
    if ((data[1] & 4U) != 0) {
        scp::Source source(port, client, {false, recursive, preserve, false, {"/in"}});
        test::send(source, bytes, piece);
        source.end_of_input();
    } else {
        scp::Sink sink(port, client, {true, recursive, preserve, (data[1] & 8U) != 0, {"/in"}});
        sink.start();
        test::send(sink, bytes, piece);
        port.run_posted();
        sink.end_of_input();
    }
    if (!port.exit_code) std::abort();
    const auto top = list_folder(fs, "");
    if (!top || top->size() != 1) std::abort();
    for (const std::string& path : client->closed)
        if (!path.starts_with("/in/")) std::abort();
    return 0;
}
