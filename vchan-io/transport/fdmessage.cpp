// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace Bulkhead
{

namespace
{

/// Room for exactly the descriptors that may come: the kernel closes what does not fit and says MSG_CTRUNC.
struct ControlBuffer {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(MaxMessageFds * sizeof(int))> bytes{};
};

std::vector<UniqueFd> takeFds(msghdr &message)
{
    std::vector<UniqueFd> fds;
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue; // credentials, if somebody switched them on, hold nothing to close
        }
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            fds.emplace_back(fd);
        }
    }
    return fds;
}

} // namespace

Result<void> sendWithFds(int socket, std::span<const std::byte> bytes, std::span<const int> fds)
{
    BH_ASSERT(fds.size() <= MaxMessageFds);
    iovec part{.iov_base = const_cast<std::byte *>(bytes.data()), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ControlBuffer control;
    if (!fds.empty()) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr *const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    if (::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        return {};
    }
    switch (errno) {
    case EPIPE:
    case ECONNRESET:
        return fail(Errc::PeerGone, "the other end closed");
    case EAGAIN:
    case ETOOMANYREFS:
        return fail(Errc::TooMuch, "the receiver does not take its messages");
    default:
        return failErrno(errno, "sending a message with descriptors");
    }
}

Result<FdMessage> receiveWithFds(int socket, std::span<std::byte> into)
{
    iovec part{.iov_base = into.data(), .iov_len = into.size()};
    ControlBuffer control;
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t size = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) {
        if (errno == EAGAIN || errno == EINTR) {
            return fail(Errc::WrongState, "no message yet");
        }
        if (errno == ECONNRESET) {
            return fail(Errc::PeerGone, "the other end closed");
        }
        return failErrno(errno, "receiving a message with descriptors");
    }
    FdMessage received{.size = static_cast<std::size_t>(size), .fds = takeFds(message)};
    if ((message.msg_flags & MSG_CTRUNC) != 0 || received.fds.size() > MaxMessageFds) {
        return fail(Errc::TooMuch, "more descriptors than a message carries");
    }
    if ((message.msg_flags & MSG_TRUNC) != 0) {
        return fail(Errc::LongMessage, "a message longer than any of its kind");
    }
    return received;
}

} // namespace Bulkhead
