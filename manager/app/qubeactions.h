// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/app/actiontable.h"
#include "manager/client/qubesource.h"

#include <QHash>
#include <QObject>

#include <functional>

class KActionCollection;
class QAction;
class QIcon;
class QMenu;
class QWidget;

namespace Bulkhead
{

class GuestPrograms;
class NetworkEditor;
class QubeModel;
struct NetworkChange;
struct NetworkSetting;

/// The actions on qubes: makes them, keeps them on or off with a reason, asks where it has to, and tells what failed.
class QubeActions : public QObject
{
    Q_OBJECT

public:
    using Selection = std::function<QList<QubeInfo>()>;

    /// @param editor  what judges and makes changes of the network, for the list as for the picture
    /// @param window  parent of questions
    QubeActions(QubeSource *source,
                QubeModel *model,
                NetworkEditor *editor,
                GuestPrograms *programs,
                Selection selection,
                QWidget *window);

    void addTo(KActionCollection *collection);
    /// To be called when the selection, a selected qube or the connection changed.
    void refresh();

    [[nodiscard]] QAction *action(QubeAction action) const;

Q_SIGNALS:
    /// @param subject  the deed and the qube, the same for each try
    void failed(const QString &subject, const QString &text, const std::function<void()> &retry);
    void succeeded(const QString &subject);
    /// The person chose another network. Nothing is done yet: it is to be previewed, or put into the plan.
    void networkProposed(const Bulkhead::NetworkChange &change);
    /// The person chose files of dom0 that are to be copied into the qube.
    void filesChosen(const QString &qube, const QStringList &paths);

private:
    void trigger(QubeAction action);
    void perform(Deed deed, const QStringList &qubes);
    void performOne(Deed deed, const QString &qube);
    void startOrResume(const QList<QubeInfo> &selection);
    void askToKill(const QStringList &qubes);
    void askToDelete(const QStringList &qubes);
    void askForCommand(const QStringList &qubes);
    /// @param what  CopyFiles or CopyFolder
    void askForFiles(QubeAction what, const QString &qube);
    void fillLabelMenu(QMenu *menu);
    void fillNetworkMenu(QMenu *menu);
    void addNetwork(QMenu *menu, const NetworkSetting &setting, const QIcon &icon, const QString &text);
    [[nodiscard]] QString reasonAgainstNetwork(const NetworkSetting &setting) const;
    void setLabel(const QString &label);
    void report(const QString &subject,
                const QString &text,
                const std::expected<void, AdminError> &result,
                const std::function<void()> &retry);

    QubeSource *m_source;
    QubeModel *m_model;
    NetworkEditor *m_editor;
    GuestPrograms *m_programs;
    Selection m_selection;
    QWidget *m_window;
    QHash<QubeAction, QAction *> m_actions;
};

} // namespace Bulkhead
