// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>

#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace Bulkhead
{

/// One connection of policyd: its text up to the end of the stream, then one answer. Nothing here waits. Destroying it
/// closes the connection; without an answer that is a denial.
class PolicyPeer : public QObject
{
    Q_OBJECT

public:
    /// A text is there at once: a program of ours writes it.
    static constexpr std::chrono::seconds TextDeadline{10};

    PolicyPeer(UniqueFd socket, qsizetype longestText);

    /// Whole once complete() was said.
    [[nodiscard]] const QByteArray &text() const noexcept
    {
        return m_text;
    }

    [[nodiscard]] bool isGone() const noexcept
    {
        return m_isGone;
    }

    /// Writes the answer and closes. Short answers only: what the socket does not take at once is lost.
    void answer(const QByteArray &text);

Q_SIGNALS:
    void complete();
    /// The other side went, before its text was whole (or it was too long or too slow) or while it waited. Whoever
    /// destroys this on hearing of it connects queued.
    void gone();

private:
    void onReadable();
    void waitForHangUp();
    void leave();

    UniqueFd m_socket;
    UniqueFd m_hangUp; ///< an epoll descriptor that is readable once the other end has closed
    qsizetype m_longestText;
    QByteArray m_text;
    bool m_isGone = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_deadline;
};

/// Listens where policyd asks or tells. Only policyd may: whoever owns the socket on which it is asked itself. (Where
/// the person's own programs tell something, the two paths are one.)
class PolicySocket : public QObject
{
    Q_OBJECT

public:
    /// Connections whose text is not whole; further ones are closed, which is a denial.
    static constexpr std::size_t MaxReading = 64;

    struct Paths {
        QString own;     ///< the socket to make
        QString policyd; ///< policyd's, whose owner alone is served
    };

    using OnText = std::function<void(std::unique_ptr<PolicyPeer>)>;

    PolicySocket(Paths paths, qsizetype longestText, OnText onText, QObject *parent = nullptr);
    ~PolicySocket() override;

    /// @errors Exists (another one serves there), Io, BadValue (path too long)
    [[nodiscard]] Result<void> listen();

private:
    using Id = std::uint64_t;

    void onConnection();
    void rest();
    [[nodiscard]] bool isPolicyd(int socket) const;
    void read(UniqueFd socket);

    Paths m_paths;
    qsizetype m_longestText;
    OnText m_onText;
    UniqueFd m_listener;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_rest; ///< until it is tried again to take a connection
    std::map<Id, std::unique_ptr<PolicyPeer>> m_reading;
    Id m_next = 1;
};

} // namespace Bulkhead
