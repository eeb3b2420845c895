// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/givenup.h"

#include "base/formatted.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <KLocalizedString>
#include <QDir>
#include <QFile>
#include <QSaveFile>

#include <optional>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A line is a qube's name, a number and a word.
constexpr qint64 MaxFile = 65536;
constexpr auto endedWord = "ended"_L1;
constexpr auto refusedWord = "refused"_L1;

std::optional<GivenUpDaemon> parseLine(const QString &line)
{
    const QStringList words = line.split(u' ');
    if (words.size() != 3 || !QubeName::parse(words.at(0).toStdString())
        || (words.at(2) != endedWord && words.at(2) != refusedWord)) {
        return std::nullopt;
    }
    bool isNumber = false;
    const uint domain = words.at(1).toUInt(&isNumber);
    if (!isNumber || domain == 0 || domain > MaxDomId) {
        return std::nullopt;
    }
    return GivenUpDaemon{.qube = words.at(0),
                         .domain = domain,
                         .why = words.at(2) == endedWord ? GivenUpDaemon::Why::EndedTooOften
                                                         : GivenUpDaemon::Why::Refused};
}

} // namespace

QString givenUpFile(const QString &runtimeDirectory)
{
    return runtimeDirectory + u"/windows-down"_s;
}

Result<void> writeGivenUp(const QString &path, const QList<GivenUpDaemon> &daemons)
{
    if (daemons.isEmpty()) {
        return !QFile::exists(path) || QFile::remove(path)
            ? Result<void>()
            : fail(Errc::Io, formatted("{} cannot be removed", path.toStdString()));
    }
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        for (const GivenUpDaemon &daemon : daemons) {
            const QLatin1StringView why = daemon.why == GivenUpDaemon::Why::Refused ? refusedWord : endedWord;
            file.write(u"%1 %2 %3\n"_s.arg(daemon.qube).arg(daemon.domain).arg(why).toUtf8());
        }
        if (file.commit()) {
            return {};
        }
    }
    return fail(Errc::Io, formatted("{}: {}", path.toStdString(), file.errorString().toStdString()));
}

QList<GivenUpDaemon> readGivenUp(const QString &path)
{
    QList<GivenUpDaemon> daemons;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return daemons;
    }
    const QStringList lines = QString::fromUtf8(file.read(MaxFile)).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        if (const auto daemon = parseLine(line)) {
            daemons << *daemon;
        }
    }
    return daemons;
}

QString givenUpWords(const GivenUpDaemon &daemon)
{
    switch (daemon.why) {
    case GivenUpDaemon::Why::EndedTooOften:
        return i18nc("@info %1 a qube's name",
                     "“%1” runs, but none of its windows can be seen: the program that draws them ended six times "
                     "within a minute, which may be the qube's doing. It is not started again. Other qubes are not "
                     "affected. Restart “%1” to see its windows again.",
                     daemon.qube);
    case GivenUpDaemon::Why::Refused:
        return i18nc("@info %1 a qube's name",
                     "“%1” runs, but none of its windows can be seen: the program that draws them did not accept the "
                     "settings of this qube. The log of your session says which. Restart “%1” once they are mended.",
                     daemon.qube);
    }
    return {};
}

GivenUpWatch::GivenUpWatch(const QString &runtimeDirectory, QObject *parent)
    : QObject(parent)
    , m_path(givenUpFile(runtimeDirectory))
{
    QDir().mkpath(runtimeDirectory);
    m_watcher.addPath(runtimeDirectory); // the file is replaced as a whole, which changes the directory
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &GivenUpWatch::read);
    read();
}

void GivenUpWatch::read()
{
    QList<GivenUpDaemon> daemons = readGivenUp(m_path);
    if (daemons != m_daemons) {
        m_daemons = std::move(daemons);
        Q_EMIT changed();
    }
}

} // namespace Bulkhead
