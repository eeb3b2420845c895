// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/manager/windowrig.h"

#include "manager/app/messagearea.h"

#include <KActionCollection>
#include <KMessageWidget>
#include <QAction>
#include <QStandardPaths>
#include <QTest>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore";
}

using namespace Qt::StringLiterals;

namespace Bulkhead::Test
{

WindowRig::WindowRig()
{
    QStandardPaths::setTestModeEnabled(true);
    qputenv("HOME", m_home.path().toLocal8Bit());
    qputenv("BULKHEAD_DEMO", "1");
}

WindowRig::~WindowRig() = default;

void WindowRig::init()
{
    m_source = std::make_unique<FakeSource>();
    m_programs = std::make_unique<GuestPrograms>(u"/nonexistent/qrexec-client"_s);
    m_window = std::make_unique<MainWindow>(m_source.get(), m_programs.get());
    m_window->setAttribute(Qt::WA_DeleteOnClose, false);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void WindowRig::cleanup()
{
    m_window.reset();
    m_programs.reset();
    m_source.reset();
}

void WindowRig::reopen()
{
    m_window->close();
    cleanup();
    init();
}

QubePage::Shown WindowRig::shown() const
{
    return child<QubePage>(u"list.page"_s)->shown();
}

void WindowRig::select(const QString &qube) const
{
    child<QubePage>(u"list.page"_s)->select(qube);
}

QAction *WindowRig::action(const QString &name) const
{
    return m_window->actionCollection()->action(name);
}

QStringList WindowRig::said() const
{
    return child<MessageArea>(u"messages"_s)->texts();
}

QAction *WindowRig::offered() const
{
    const auto *message = m_window->findChildren<KMessageWidget *>(u"messages.message"_s).constLast();
    return message->actions().value(0);
}

} // namespace Bulkhead::Test
