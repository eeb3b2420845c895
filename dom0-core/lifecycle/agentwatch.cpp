// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/agentwatch.h"

#include <QTimer>

#include <system_error>
#include <vector>

namespace Bulkhead
{

namespace fs = std::filesystem;

AgentWatch::AgentWatch(fs::path directory, QObject *parent)
    : QObject(parent)
    , m_directory(std::move(directory))
{
    m_watcher.addPath(QString::fromStdString(m_directory.string()));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &AgentWatch::look);
}

AgentWatch::~AgentWatch() = default;

fs::path AgentWatch::socketOf(const QubeName &qube) const
{
    return m_directory / ("qrexec." + qube.text());
}

bool AgentWatch::isThere(const QubeName &qube) const
{
    std::error_code code; // what cannot be looked at is not there
    return fs::exists(socketOf(qube), code);
}

void AgentWatch::forget(const QubeName &qube)
{
    std::error_code code; // it is there again at the latest when the daemon of the new run has made it
    fs::remove(socketOf(qube), code);
}

void AgentWatch::wait(const QubeName &qube, std::optional<std::chrono::seconds> timeout, Answer answer)
{
    Pending pending{.answer = std::move(answer), .timer = nullptr};
    if (timeout) {
        pending.timer = std::make_unique<QTimer>();
        pending.timer->setSingleShot(true);
        connect(pending.timer.get(), &QTimer::timeout, this, [this, qube] {
            finish(qube, isThere(qube));
        });
        pending.timer->start(*timeout);
    }
    m_pending.insert_or_assign(qube, std::move(pending));
    if (isThere(qube)) {
        finish(qube, true);
    }
}

void AgentWatch::cancel(const QubeName &qube)
{
    m_pending.erase(qube);
}

void AgentWatch::look()
{
    std::vector<QubeName> found;
    for (const auto &[qube, pending] : m_pending) {
        if (isThere(qube)) {
            found.push_back(qube);
        }
    }
    for (const QubeName &qube : found) {
        finish(qube, true);
    }
}

void AgentWatch::finish(const QubeName &qube, bool found)
{
    const auto place = m_pending.find(qube);
    if (place == m_pending.end()) {
        return;
    }
    Answer answer = std::move(place->second.answer);
    if (place->second.timer) {
        // This may run in the timer's own signal.
        place->second.timer.release()->deleteLater();
    }
    m_pending.erase(place);
    answer(found);
}

} // namespace Bulkhead
