// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"
#include "manager/files/filedrag.h"
#include "manager/models/policyjudgement.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <chrono>

class QLocalSocket;

namespace Bulkhead
{

/// What the policy says of files of dom0 to each qube: asked once a drag (spec ui 8.1.8), and nothing is done by it.
/// Main thread; nothing waits.
/// @source docs/protocol/qrexec.md, section Policy socket
class FilePolicy : public QObject
{
    Q_OBJECT

public:
    /// Without an answer by then it counts as a denial.
    static constexpr std::chrono::seconds Patience{10};

    explicit FilePolicy(QString socket = QStringLiteral("/run/qubes/policy.sock"), QObject *parent = nullptr);

    ~FilePolicy() override;
    FilePolicy(const FilePolicy &) = delete;
    FilePolicy &operator=(const FilePolicy &) = delete;

    /// Pending the first time that a qube is asked about; judged() is said once it is known.
    [[nodiscard]] PolicyJudgement judgementOf(const QString &qube);
    /// A new drag: the policy may be another one since the last.
    void forget();

Q_SIGNALS:
    void judged(const QString &qube);

private:
    void ask(const QString &qube);
    void conclude(const QString &qube, const QByteArray &answer);

    QString m_path;
    QHash<QString, PolicyJudgement> m_known;
    QHash<QString, QLocalSocket *> m_asking; ///< by qube
};

/// What letting files go over a qube would do, as the qube is and as the policy says.
/// @param policy  null: it is not asked before the files are copied
/// @param qube  null: nothing is there
[[nodiscard]] FileVerdict judgeFilesBy(FilePolicy *policy, const QubeInfo *qube, qsizetype files);

/// The answer to an explained evaluation. Anything but the words that go together is a denial.
[[nodiscard]] PolicyJudgement judgementIn(const QByteArray &answer);

} // namespace Bulkhead
