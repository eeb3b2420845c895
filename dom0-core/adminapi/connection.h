// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "dom0-core/adminapi/poller.h"

#include <QObject>
#include <QTimer>

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// What one subscriber may leave unread: then it is dropped, connects again and asks anew (spec security, L-19;
/// admin-api, 9.1).
inline constexpr std::size_t MaxQueuedEvents = 1024;
inline constexpr std::size_t MaxQueuedBytes = std::size_t{8} * 1024 * 1024;

/// One connection, which is one call: read until the client half-closes, then answer and close. Never blocks.
class Connection : public QObject
{
    Q_OBJECT

public:
    /// @param deadline  a request must be complete within this time (spec security, L-18)
    Connection(UniqueFd fd, Poller &poller, std::chrono::milliseconds deadline);
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection() override;

    /// Finds where the head of a request ends whose rest is a stream; nothing: it is none, or cannot be told yet.
    using StreamStart = std::function<std::optional<std::size_t>(std::string_view bytes)>;

    /// From such a place on nothing is read here any more. Before open().
    void watchForStreams(StreamStart streamStart)
    {
        m_streamStart = std::move(streamStart);
    }

    /// The same socket, for whoever reads a stream. @errors Io
    [[nodiscard]] Result<UniqueFd> duplicate() const;

    /// Begins to read. @errors Io
    [[nodiscard]] Result<void> open();

    /// The user of the process that connected; nothing if the kernel does not tell.
    [[nodiscard]] std::optional<uid_t> peerUser() const;

    /// Sends the bytes, which may be none, then half-closes and closes. Once.
    void answer(std::string bytes);

    /// Adds one frame to a stream. A client that lets too much pile up is dropped.
    void push(std::string frame);

Q_SIGNALS:
    /// The client half-closed. Once.
    void complete(const std::string &request);
    /// A stream begins, of which some has come with the head. Once, instead of complete().
    void streaming(const std::string &head, const std::string &begin);
    /// Nothing more will come of this connection. Once; the connection deletes itself later.
    void closed(const QString &why);

private:
    enum class State : std::uint8_t {
        Reading,
        Working, ///< the request is complete, the answer is not
        Ending,  ///< what is queued goes out, then it is over
        Closed,
    };

    void onReady(std::uint32_t events);
    void read();
    void onReadEnd();
    [[nodiscard]] bool startsStream();
    void flush();
    void close(const QString &why);
    void updateInterest();

    UniqueFd m_fd;
    Poller &m_poller;
    QTimer m_deadline;
    State m_state = State::Reading;
    std::string m_request;
    StreamStart m_streamStart;
    std::deque<std::string> m_queue;
    std::size_t m_queuedBytes = 0;
    std::size_t m_sent = 0; ///< of the first frame in the queue
};

} // namespace Bulkhead::AdminApi
