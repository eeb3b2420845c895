// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-daemon/privatescreen.h"

#include "tests/gui-daemon/xobserver.h"

#include <QTest>

namespace Bulkhead::Test
{
namespace
{

/// Milliseconds that nothing takes, however busy the machine is.
constexpr int Limit = 60000;

} // namespace

PrivateScreen::PrivateScreen() = default;

PrivateScreen::~PrivateScreen()
{
    killWindowManager();
    m_server.kill();
    m_server.waitForFinished();
}

bool PrivateScreen::start()
{
    m_server.setStandardErrorFile(QProcess::nullDevice());
    m_server.start(QStringLiteral("Xvfb"),
                   {QStringLiteral("-displayfd"),
                    QStringLiteral("1"),
                    QStringLiteral("-screen"),
                    QStringLiteral("0"),
                    QStringLiteral("1280x800x24"),
                    QStringLiteral("-nolisten"),
                    QStringLiteral("tcp"),
                    QStringLiteral("-noreset")});
    QByteArray number;
    while (!number.endsWith('\n')) { // the server writes it when it listens
        if (!m_server.waitForReadyRead(Limit)) {
            return false;
        }
        number += m_server.readAllStandardOutput();
    }
    return qputenv("DISPLAY", number.trimmed().prepend(':'));
}

bool PrivateScreen::startWindowManager(const QString &program)
{
    if (program.isEmpty()) {
        return true;
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
    environment.insert(QStringLiteral("KWIN_COMPOSE"), QStringLiteral("N")); // pixels on the screen are then windows'
    environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));          // nobody else's window manager
    m_manager = std::make_unique<QProcess>();
    m_manager->setProcessEnvironment(environment);
    m_manager->setStandardOutputFile(QProcess::nullDevice());
    m_manager->setStandardErrorFile(QProcess::nullDevice());
    m_manager->start(program, QStringList());
    return QTest::qWaitFor(
        [this] {
            return isManaged();
        },
        Limit);
}

void PrivateScreen::killWindowManager()
{
    if (m_manager) {
        m_manager->kill();
        m_manager->waitForFinished();
        m_manager.reset();
    }
}

/// By the window that its standard asks every window manager to keep, which tells its own number.
bool PrivateScreen::isManaged() const
{
    const XObserver x;
    const auto check = x.numbers(x.root(), "_NET_SUPPORTING_WM_CHECK");
    return !check.empty() && x.numbers(check.front(), "_NET_SUPPORTING_WM_CHECK") == check;
}

} // namespace Bulkhead::Test
