// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprogram.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class GuestProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void run_handsTheLineOverAsOneArgument();
    void run_tellsWhyItFailed();
    void run_tellsThatTheClientIsMissing();

private:
    [[nodiscard]] QString client(const QByteArray &script);

    QTemporaryDir m_directory;
};

QString GuestProgramTest::client(const QByteArray &script)
{
    QString path = m_directory.filePath(u"client"_s);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly | QIODevice::Truncate)) {
        file.write("#!/bin/sh\n" + script);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    return path;
}

void GuestProgramTest::run_handsTheLineOverAsOneArgument()
{
    const QString seen = m_directory.filePath(u"seen"_s);
    GuestPrograms programs(client("printf '%s|' \"$@\" > " + seen.toLocal8Bit() + ".new; mv " + seen.toLocal8Bit()
                                  + ".new " + seen.toLocal8Bit() + "\n"));
    QSignalSpy failed(&programs, &GuestPrograms::failed);
    programs.run(u"work"_s, u"echo $HOME; touch \"a b\""_s);
    QTRY_VERIFY(QFile::exists(seen));
    QFile file(seen);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("-d|work|-e|user:echo $HOME; touch \"a b\"|"));
    QCOMPARE(failed.size(), 0);
}

void GuestProgramTest::run_tellsWhyItFailed()
{
    GuestPrograms programs(client("printf 'the qube is \\033[1mnot\\nrunning' >&2; exit 126\n"));
    QSignalSpy failed(&programs, &GuestPrograms::failed);
    programs.openTerminal(u"work"_s);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(0).toString(), u"work"_s);
    QCOMPARE(failed.first().at(1).toString(), u"xterm"_s);
    QCOMPARE(failed.first().at(2).toString(), u"the qube is [1mnot running"_s);
}

void GuestProgramTest::run_tellsThatTheClientIsMissing()
{
    GuestPrograms programs(u"/nonexistent/qrexec-client"_s);
    QSignalSpy failed(&programs, &GuestPrograms::failed);
    programs.run(u"work"_s, u"xterm"_s);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().at(2).toString(), u"The program for calls into qubes is not installed."_s);
}

QTEST_GUILESS_MAIN(GuestProgramTest)

#include "guestprogramtest.moc"
