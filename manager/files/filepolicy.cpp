// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/filepolicy.h"

#include "base/keyvalues.h"
#include "manager/models/untrustedtext.h"

#include <QLocalSocket>
#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr qsizetype LongestAnswer = 4095;

} // namespace

PolicyJudgement judgementIn(const QByteArray &answer)
{
    const auto values = keyValuesIn({answer.constData(), static_cast<std::size_t>(answer.size())});
    if (!values) {
        return {.verdict = DragVerdict::Deny, .rule = {}};
    }
    const auto said = std::pair(valueOf(*values, "result"), valueOf(*values, "outcome"));
    DragVerdict verdict = DragVerdict::Deny;
    if (said == std::pair<std::string, std::string>("allow", "allow")) {
        verdict = DragVerdict::Allow;
    } else if (said == std::pair<std::string, std::string>("deny", "ask")) { // a question counts as a denial there
        verdict = DragVerdict::Ask;
    }
    return {.verdict = verdict, .rule = shownText(QString::fromStdString(valueOf(*values, "rule")))};
}

FilePolicy::FilePolicy(QString socket, QObject *parent)
    : QObject(parent)
    , m_path(std::move(socket))
{
}

FilePolicy::~FilePolicy()
{
    forget(); // no answer finds its way here any more
}

PolicyJudgement FilePolicy::judgementOf(const QString &qube)
{
    const auto known = m_known.constFind(qube);
    if (known != m_known.constEnd()) {
        return *known;
    }
    m_known.insert(qube, {});
    ask(qube);
    return {};
}

void FilePolicy::forget()
{
    m_known.clear();
    for (QLocalSocket *socket : std::as_const(m_asking)) {
        socket->disconnect();
        delete socket; // with what it still had to say
    }
    m_asking.clear();
}

void FilePolicy::ask(const QString &qube)
{
    auto *socket = new QLocalSocket(this);
    m_asking.insert(qube, socket);
    const auto end = [this, socket, qube] {
        conclude(qube, socket->read(LongestAnswer));
    };
    connect(socket, &QLocalSocket::disconnected, socket, end);
    // Queued: that nobody listens is found out at once.
    connect(socket, &QLocalSocket::errorOccurred, socket, end, Qt::QueuedConnection);
    QTimer::singleShot(Patience, socket, [this, qube] {
        conclude(qube, {});
    });
    socket->connectToServer(m_path);
    socket->write(QString(u"source=dom0\nintended_target=%1\nservice_and_arg=qubes.Filecopy\n"
                          "just_evaluate=yes\nexplain=yes\n\n"_s)
                      .arg(qube)
                      .toUtf8());
}

void FilePolicy::conclude(const QString &qube, const QByteArray &answer)
{
    QLocalSocket *const socket = m_asking.take(qube);
    if (socket == nullptr) {
        return; // whoever answers and goes is an error to the socket, too
    }
    socket->disconnect();
    socket->deleteLater();
    m_known.insert(qube, judgementIn(answer));
    Q_EMIT judged(qube);
}

FileVerdict judgeFilesBy(FilePolicy *policy, const QubeInfo *qube, qsizetype files)
{
    const bool isAsked = policy != nullptr && qube != nullptr && reasonAgainstFiles(*qube).isEmpty();
    return judgeFiles(qube,
                      files,
                      isAsked ? policy->judgementOf(qube->name)
                              : PolicyJudgement{.verdict = DragVerdict::Allow, .rule = {}});
}

} // namespace Bulkhead
