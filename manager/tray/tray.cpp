// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/tray.h"

#include "manager/models/untrustedtext.h"
#include "manager/tray/clipboardnotice.h"

#include <KLocalizedString>
#include <QIcon>
#include <QLocale>
#include <QLoggingCategory>
#include <QProcess>
#include <QTime>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(trayLog, "bulkhead.tray", QtInfoMsg)

void openManager()
{
    if (!QProcess::startDetached(u"bulkhead-manager"_s, {})) {
        qCWarning(trayLog, "bulkhead-manager cannot be started");
    }
}

} // namespace

Tray::Tray(const Clock &clock, Notifier *notifier, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_notifier(notifier)
{
    m_menu.setObjectName(u"tray.menu"_s);
    m_item.setObjectName(u"tray.item"_s);
    m_item.setIcon(QIcon::fromTheme(u"bulkhead-manager"_s));
    m_item.setContextMenu(&m_menu);
    connect(&m_item, &QSystemTrayIcon::activated, this, [](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger) {
            openManager();
        }
    });
    m_wake.setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &Tray::update);
    fillMenu();
}

Tray::~Tray() = default;

void Tray::show()
{
    m_item.show();
}

void Tray::setMenuPart(std::function<void(QMenu &menu)> addTo)
{
    m_menuPart = std::move(addTo);
    fillMenu();
}

void Tray::take(std::unique_ptr<PolicyPeer> peer)
{
    const auto notice = parsePolicyNotice(peer->text());
    peer->answer({}); // the call does not wait for us
    if (!notice) {
        qCWarning(trayLog, "a notice is left out: %s", notice.error().text().c_str());
        return;
    }
    onNotice(*notice);
}

void Tray::onNotice(const PolicyNotice &notice)
{
    if (const auto text = m_board.add(notice, m_clock.now())) {
        m_notifier->show(*text);
    }
    if (notice.resolution == PolicyNotice::Resolution::Denied) {
        m_recent.prepend(i18nc("@item:inmenu %1 a time of day, %2 a sentence",
                               "%1  %2",
                               QLocale().toString(QTime::currentTime(), QLocale::ShortFormat),
                               shownText(textOf(notice).text)));
        m_recent.resize(std::min(m_recent.size(), MaxRecent));
        fillMenu();
    }
    update();
}

void Tray::takeClipboard(std::unique_ptr<PolicyPeer> peer)
{
    const auto notice = parseClipboardNotice(peer->text());
    peer->answer({});
    if (!notice) {
        qCWarning(trayLog, "a notice of the clipboard is left out: %s", notice.error().text().c_str());
        return;
    }
    m_notifier->showBubble(textOf(*notice), u"clipboard"_s);
}

void Tray::update()
{
    const TimePoint now = m_clock.now();
    if (const auto summary = m_board.takeSummary(now)) {
        m_notifier->show(*summary);
    }
    if (const auto due = m_board.summaryDue()) {
        m_wake.start(std::max(std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(*due - now)));
    }
}

void Tray::fillMenu()
{
    for (QMenu *part : m_menu.findChildren<QMenu *>(Qt::FindDirectChildrenOnly)) {
        part->deleteLater(); // a menu does not own those in it
    }
    m_menu.clear();
    m_menu.addSection(i18nc("@title:menu", "Refused by the Policy"));
    for (QString line : std::as_const(m_recent)) {
        m_menu.addAction(line.replace(u'&', u"&&"_s))->setEnabled(false); // no key in another side's words
    }
    if (m_recent.isEmpty()) {
        m_menu.addAction(i18nc("@item:inmenu", "Nothing so far"))->setEnabled(false);
    } else {
        connect(m_menu.addAction(QIcon::fromTheme(u"edit-clear-history"_s), i18nc("@action:inmenu", "&Clear List")),
                &QAction::triggered,
                this,
                [this] {
                    m_recent.clear();
                    fillMenu();
                });
    }
    m_menu.addSeparator();
    m_menuPart(m_menu);
    connect(m_menu.addAction(QIcon::fromTheme(u"bulkhead-manager"_s), i18nc("@action:inmenu", "&Open Qubes")),
            &QAction::triggered,
            this,
            &openManager);
    m_item.setToolTip(m_recent.isEmpty() ? i18nc("@info:tooltip", "Qubes")
                                         : i18ncp("@info:tooltip",
                                                  "Qubes: %1 call was refused lately",
                                                  "Qubes: %1 calls were refused lately",
                                                  m_recent.size()));
}

} // namespace Bulkhead
