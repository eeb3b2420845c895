// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/app/startrequest.h"
#include "manager/client/qubesource.h"
#include "manager/session/givenup.h"

#include <KXmlGuiWindow>
#include <QList>
#include <QPointer>

#include <functional>

class KMessageWidget;
class QLabel;
class QMessageBox;

namespace Bulkhead
{

class FileCopies;
class FilePolicy;
class GuestPrograms;
class MessageArea;
class PolicyFacts;
class QubeActions;
class QubeModel;
class QubePage;

/// The manager's window. Everything it shows comes from the source, which outlives it.
class MainWindow : public KXmlGuiWindow
{
    Q_OBJECT

public:
    MainWindow(QubeSource *source, GuestPrograms *programs, QWidget *parent = nullptr);

    /// What a start, also a second one, asks for.
    void carryOut(const StartRequest &request);
    /// What the topology shows of the policy. Outlives this.
    void setPolicy(PolicyFacts *facts);
    /// What says whether files of dom0 may go to a qube. Outlives this.
    void setFilePolicy(FilePolicy *policy);
    /// Whose windows cannot be seen, which is said above the view. Outlives this.
    void setGivenUp(GivenUpWatch *watch);

protected:
    bool queryClose() override;

private:
    void buildCentre();
    void buildActions();
    void buildViewActions();
    void buildNetworkActions();
    void buildNetworkFileActions();
    void buildStatusBar();
    void showConnection();
    void showCounts();
    void showGivenUp();
    void showMenu(const QPoint &position);
    void showFailure(const QString &subject, const QString &text, const std::function<void()> &retry);
    void openCreateDialog();
    void askToStopCopying();
    void askForFile(const QString &title, const QString &filter, bool isForWriting, std::function<void(QString)> use);

    QubeSource *m_source;
    QubeModel *m_model;
    QubePage *m_page;
    MessageArea *m_messages;
    KMessageWidget *m_lostBanner;
    QubeActions *m_actions;
    FileCopies *m_copies;
    QPointer<QMessageBox> m_stopQuestion; ///< while it is open
    GivenUpWatch *m_givenUp = nullptr;
    QList<GivenUpDaemon> m_shownGivenUp;
    QLabel *m_countLabel;
    QLabel *m_runningLabel;
    QLabel *m_connectionLabel;
};

} // namespace Bulkhead
