// A program that is only the burn worker: what the drive's tests start instead of the whole server.
#include "burner/worker/worker.hpp"

int main() {
    return burnbox::worker_main();
}
