// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"

#include <QFileSystemWatcher>
#include <QObject>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

class QTimer;

namespace Bulkhead
{

/// Learns when a qube's qrexec agent is connected: its daemon then makes the socket `qrexec.<name>` in a directory that
/// this watches.
class AgentWatch : public QObject
{
    Q_OBJECT

public:
    /// @param found  whether the socket came in time
    using Answer = std::move_only_function<void(bool found)>;

    /// @param directory  must exist
    explicit AgentWatch(std::filesystem::path directory, QObject *parent = nullptr);
    ~AgentWatch() override;

    [[nodiscard]] bool isThere(const QubeName &qube) const;
    /// Removes what an earlier run left behind, so that it is not taken for the new agent.
    void forget(const QubeName &qube);
    /// Answers once: at once if the socket is there, else when it comes or the time is over. A new wait for the same
    /// qube replaces the old one, which is then never answered.
    /// @param timeout  nothing: without end
    void wait(const QubeName &qube, std::optional<std::chrono::seconds> timeout, Answer answer);
    void cancel(const QubeName &qube);

private:
    struct Pending {
        Answer answer;
        std::unique_ptr<QTimer> timer;
    };

    void look();
    void finish(const QubeName &qube, bool found);
    [[nodiscard]] std::filesystem::path socketOf(const QubeName &qube) const;

    std::filesystem::path m_directory;
    QFileSystemWatcher m_watcher;
    std::map<QubeName, Pending> m_pending;
};

} // namespace Bulkhead
