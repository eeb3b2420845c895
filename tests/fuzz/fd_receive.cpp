// SPDX-License-Identifier: GPL-2.0-or-later
// Input: byte 0 how many descriptors come, byte 1 of which kinds, then the message itself.
// Promise: no descriptor stays open that was not handed out, none is mapped that is not sound, and no message is taken
// in part.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/transport/doorbell.h"
#include "vchan-io/transport/fdmessage.h"
#include "vchan-io/transport/memfdchannel.h"
#include "vchan-io/transport/sealedmemory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

using namespace Bulkhead;

namespace
{

constexpr std::size_t MostFds = 8;

UniqueFd madeUp(unsigned int kind)
{
    switch (kind % 6) {
    case 0:
        return createSealedMemory("fuzz", 3 * PageSize).value();
    case 1:
        return UniqueFd(::memfd_create("fuzz", MFD_CLOEXEC));
    case 2:
        return UniqueFd(::open("/dev/zero", O_RDWR | O_CLOEXEC));
    case 3:
        return std::move(Doorbell::createPair().value().first).take();
    case 4:
        return std::move(createMemfdChannelEnds({}).value().server.memory);
    default:
        return UniqueFd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
}

void sendRaw(int socket, Fuzz::Bytes bytes, std::span<const int> fds)
{
    alignas(cmsghdr) std::array<char, CMSG_SPACE(MostFds * sizeof(int))> control{};
    iovec part{.iov_base = const_cast<std::byte *>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!fds.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr *const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    (void)::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// The number the next descriptor gets: the same before and after, unless one leaked.
int lowestFree()
{
    return UniqueFd(::fcntl(0, F_DUPFD_CLOEXEC, 0)).get();
}

void receive(int socket, std::size_t sentBytes, std::size_t sentFds)
{
    std::array<std::byte, 64> into;
    auto message = receiveWithFds(socket, into);
    BH_ASSERT(message.has_value() == (sentBytes <= into.size() && sentFds <= MaxMessageFds));
    if (!message) {
        return;
    }
    BH_ASSERT(message->size == sentBytes && message->fds.size() == sentFds);
    if (sentFds == MaxMessageFds) {
        auto bell = Doorbell::adopt(std::move(message->fds[1]));
        if (bell) {
            (void)MemfdChannel::open(
                {.side = RingSide::Client, .memory = std::move(message->fds[0]), .bell = std::move(*bell)});
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 3) {
        return 0; // a message of no bytes cannot be told from the end
    }
    const int before = lowestFree();
    {
        std::array<int, 2> pair{};
        BH_ASSERT(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) == 0);
        const UniqueFd ours(pair[0]);
        const UniqueFd theirs(pair[1]);
        std::vector<UniqueFd> made;
        std::vector<int> fds;
        for (unsigned int i = 0; i < data[0] % (MostFds + 1); ++i) {
            made.push_back(madeUp(static_cast<unsigned int>(data[1]) >> (i % 2 * 3)));
            fds.push_back(made.back().get());
        }
        const Fuzz::Bytes bytes = Fuzz::asBytes(data + 2, std::min<std::size_t>(size - 2, 1000));
        sendRaw(theirs.get(), bytes, fds);
        receive(ours.get(), bytes.size(), fds.size());
    }
    BH_ASSERT(lowestFree() == before);
    return 0;
}
