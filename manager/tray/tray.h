// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/policylink/policysocket.h"
#include "manager/tray/noticeboard.h"
#include "manager/tray/notifier.h"

#include <QMenu>
#include <QObject>
#include <QSystemTrayIcon>
#include <QTimer>

#include <functional>
#include <memory>

namespace Bulkhead
{

/// The item in the desktop's tray, and what it says: for now what the policy decided without the person.
class Tray : public QObject
{
    Q_OBJECT

public:
    /// The last refusals, in its menu.
    static constexpr qsizetype MaxRecent = 8;

    /// @param clock, notifier  outlive this
    Tray(const Clock &clock, Notifier *notifier, QObject *parent = nullptr);
    ~Tray() override;

    void show();
    /// What else its menu offers: called whenever it is filled anew.
    void setMenuPart(std::function<void(QMenu &menu)> addTo);
    /// @param peer  with its whole text
    void take(std::unique_ptr<PolicyPeer> peer);
    void onNotice(const PolicyNotice &notice);
    /// What bulkhead-clipboard tells.
    /// @param peer  with its whole text
    void takeClipboard(std::unique_ptr<PolicyPeer> peer);
    /// Looks at the clock.
    void update();

    [[nodiscard]] const QMenu &menu() const noexcept
    {
        return m_menu;
    }

private:
    void fillMenu();

    const Clock &m_clock;
    Notifier *m_notifier;
    NoticeBoard m_board;
    QStringList m_recent; ///< the newest first
    std::function<void(QMenu &menu)> m_menuPart = [](QMenu & /*menu*/) { };
    QMenu m_menu;
    QSystemTrayIcon m_item;
    QTimer m_wake;
};

} // namespace Bulkhead
