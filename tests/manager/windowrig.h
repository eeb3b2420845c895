// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/app/guestprogram.h"
#include "manager/app/mainwindow.h"
#include "manager/app/qubepage.h"
#include "tests/manager/fakesource.h"

#include <QObject>
#include <QTemporaryDir>

#include <memory>

class QAction;

namespace Bulkhead::Test
{

/// What tests of the main window have in common: the whole window over a source that a test fills, fresh for each test.
class WindowRig : public QObject
{
    Q_OBJECT

public:
    WindowRig();
    ~WindowRig() override;

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_window->findChild<Widget *>(name);
    }

    [[nodiscard]] QubePage::Shown shown() const;
    void select(const QString &qube) const; ///< in the list
    [[nodiscard]] QAction *action(const QString &name) const;
    /// What the messages in sight and behind them say.
    [[nodiscard]] QStringList said() const;
    /// A button of the message that is there, or nothing.
    [[nodiscard]] QAction *offered() const;
    /// Closes the window and opens a new one.
    void reopen();

    QTemporaryDir m_home; ///< what the window keeps; of this program alone: others run at the same time
    std::unique_ptr<FakeSource> m_source;
    std::unique_ptr<GuestPrograms> m_programs;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace Bulkhead::Test
