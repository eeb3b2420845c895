// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "clipboard/files/callprogram.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace Bulkhead::Drag
{

/// Starts qrexec's client for bulkhead-drag, in a process of its own: bulkhead-drag reads what agents say and can start
/// nothing, this one starts one program and reads nothing of a qube's. It is told a qube's name and given the stream
/// that the program is to have as its input and output, judges the name anew, and ends the program when the other end
/// of that stream is closed.
class CallKeeper
{
public:
    /// bulkhead-drag has gone, or said what it never says; the programs end with this. From the loop; may destroy this.
    using OnEnd = std::move_only_function<void(const Error &why)>;

    /// @param loop    outlives it
    /// @param orders  SOCK_SEQPACKET
    /// @param client  qrexec's, in PATH
    CallKeeper(EventLoop &loop, UniqueFd orders, std::string client, OnEnd onEnd);
    CallKeeper(const CallKeeper &) = delete;
    CallKeeper &operator=(const CallKeeper &) = delete;
    ~CallKeeper() = default;

    /// @errors Io
    [[nodiscard]] Result<void> start();

private:
    /// Ends for the one who ordered the call when this goes, whatever the program has started with it still runs.
    class Stream
    {
    public:
        explicit Stream(UniqueFd socket)
            : m_socket(std::move(socket))
        {
        }

        Stream(Stream &&) = default;
        Stream &operator=(Stream &&) = delete;
        Stream(const Stream &) = delete;
        Stream &operator=(const Stream &) = delete;
        ~Stream();

        [[nodiscard]] int get() const noexcept
        {
            return m_socket.get();
        }

    private:
        UniqueFd m_socket;
    };

    struct Call {
        Stream stream; ///< goes after the program has been ended
        FileCopy::CallProgram program;
        UniqueFd hangUp; ///< an epoll descriptor that is readable once the stream's other end is closed
        EventLoop::Handle hangUpWatch;
        EventLoop::Handle endWatch;
    };

    void onReadable();
    [[nodiscard]] Result<void> takeOrder();
    [[nodiscard]] Result<void> run(const QubeName &qube, UniqueFd stream);
    [[nodiscard]] Result<void> watch(std::uint64_t id);

    EventLoop &m_loop;
    UniqueFd m_orders;
    std::string m_client;
    OnEnd m_onEnd;
    std::map<std::uint64_t, Call> m_calls;
    std::uint64_t m_lastId = 0;
    EventLoop::Handle m_watch;
};

/// Makes the keeper's process. To be called before there is anything that it should not have.
/// @return the socket for orders; its end ends the process
/// @errors Io
[[nodiscard]] Result<UniqueFd> forkCallKeeper(const std::string &client);

/// Has the keeper call the drag agent of a qube.
/// @param orders  of forkCallKeeper()
/// @return the call's stream, to read and to write; closing it ends the call. At its end there was none, or it is over
/// @errors Io, PeerGone (the keeper)
[[nodiscard]] Result<UniqueFd> orderCall(const UniqueFd &orders, const QubeName &qube);

} // namespace Bulkhead::Drag
