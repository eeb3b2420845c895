// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/shelf/shelfcopies.h"

#include "manager/files/copyjob.h"

#include <chrono>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A text that changes faster cannot be read (spec ui 16).
constexpr auto betweenTexts = 500ms;

/// Of one that has ended.
QString codeOf(const CopyJob &job)
{
    switch (job.error()) {
    case KJob::NoError:
        return u"copied"_s;
    case KJob::KilledJobError:
        return u"cancelled"_s;
    default:
        return u"failed"_s;
    }
}

} // namespace

ShelfCopies::ShelfCopies(QString program, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
{
    m_pulse.setInterval(betweenTexts);
    connect(&m_pulse, &QTimer::timeout, this, &ShelfCopies::showProgress);
}

ShelfCopies::~ShelfCopies()
{
    for (const Copy &copy : std::as_const(m_running)) {
        copy.job->kill(KJob::Quietly); // there is no bubble any more that could say it
    }
}

void ShelfCopies::copy(const QString &qube, const QStringList &paths, const QRect &beside)
{
    const quint32 token = m_next++;
    auto *job = new CopyJob(m_program, qube, paths, this);
    DragBubbleFacts facts;
    facts.token = token;
    facts.isTraysOwn = true;
    facts.source = u"dom0"_s;
    facts.files = paths.size();
    facts.windows = {beside};
    Copy &copy = m_running[token];
    copy = {.job = job, .facts = facts};
    connect(job, &KJob::result, this, [this, token] {
        conclude(token);
    });
    tell(copy);
    m_pulse.start();
    job->start();
}

void ShelfCopies::tell(Copy &copy)
{
    const CopyJob &job = *copy.job;
    copy.facts.code = copy.hasEnded ? codeOf(job) : job.isAsking() ? u"asking"_s : u"copying"_s;
    copy.facts.target = job.qube();
    copy.facts.bytes = static_cast<qint64>(job.totalAmount(KJob::Bytes));
    copy.facts.copied = static_cast<qint64>(job.processedAmount(KJob::Bytes));
    copy.facts.reason = job.errorText();
    Q_EMIT told(copy.facts);
}

void ShelfCopies::showProgress()
{
    for (Copy &copy : m_running) {
        tell(copy);
    }
}

void ShelfCopies::conclude(quint32 token)
{
    Copy copy = m_running.take(token);
    if (m_running.isEmpty()) {
        m_pulse.stop();
    }
    copy.hasEnded = true;
    tell(copy);
}

void ShelfCopies::act(const QByteArray &line)
{
    const QByteArrayList words = line.simplified().split(' ');
    const auto found = m_running.constFind(words.value(1).toUInt());
    if (words.first() == "cancel" && found != m_running.constEnd()) {
        found->job->kill(KJob::EmitResult);
    }
}

} // namespace Bulkhead
