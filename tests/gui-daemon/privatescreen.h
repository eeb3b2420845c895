// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QProcess>
#include <QString>

#include <memory>

namespace Bulkhead::Test
{

/// An X server of the test's own, which DISPLAY names from then on, and a window manager on it.
class PrivateScreen
{
public:
    PrivateScreen();
    PrivateScreen(const PrivateScreen &) = delete;
    PrivateScreen &operator=(const PrivateScreen &) = delete;
    ~PrivateScreen();

    /// The server is up; call before anything connects to it.
    [[nodiscard]] bool start();
    /// Starts it and waits until it manages windows; a name that is empty starts none.
    [[nodiscard]] bool startWindowManager(const QString &program);
    /// Ends it as if it had crashed.
    void killWindowManager();

private:
    [[nodiscard]] bool isManaged() const;

    QProcess m_server;
    std::unique_ptr<QProcess> m_manager;
};

} // namespace Bulkhead::Test
