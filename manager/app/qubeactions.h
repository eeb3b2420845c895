// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/app/actiontable.h"
#include "manager/client/qubesource.h"

#include <QHash>
#include <QObject>

#include <functional>

class KActionCollection;
class QAction;
class QMenu;
class QWidget;

namespace Bulkhead
{

class GuestPrograms;
class QubeModel;

/// The actions on qubes: makes them, keeps them on or off with a reason, asks where it has to, and tells what failed.
class QubeActions : public QObject
{
    Q_OBJECT

public:
    using Selection = std::function<QList<QubeInfo>()>;

    /// @param window  parent of questions
    QubeActions(QubeSource *source, QubeModel *model, GuestPrograms *programs, Selection selection, QWidget *window);

    void addTo(KActionCollection *collection);
    /// To be called when the selection, a selected qube or the connection changed.
    void refresh();

    [[nodiscard]] QAction *action(QubeAction action) const;

Q_SIGNALS:
    /// @param subject  the deed and the qube, the same for each try
    void failed(const QString &subject, const QString &text, const std::function<void()> &retry);
    void succeeded(const QString &subject);

private:
    void trigger(QubeAction action);
    void perform(Deed deed, const QStringList &qubes);
    void performOne(Deed deed, const QString &qube);
    void startOrResume(const QList<QubeInfo> &selection);
    void askToKill(const QStringList &qubes);
    void askToDelete(const QStringList &qubes);
    void askForCommand(const QStringList &qubes);
    void fillLabelMenu(QMenu *menu);
    void fillNetworkMenu(QMenu *menu);
    void setNetwork(NewQube::Network network, const QString &netQube);
    void setLabel(const QString &label);
    void report(const QString &subject,
                const QString &text,
                const std::expected<void, AdminError> &result,
                const std::function<void()> &retry);

    QubeSource *m_source;
    QubeModel *m_model;
    GuestPrograms *m_programs;
    Selection m_selection;
    QWidget *m_window;
    QHash<QubeAction, QAction *> m_actions;
};

} // namespace Bulkhead
