// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/linuxhost.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class LinuxHostTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void kernelOptions_areTheFirstLine();
    void kernelOptions_followTheirFile();
    void memory_isThisSystemsUnlessItIsTold();

private:
    void write(const QString &name, const QByteArray &text) const
    {
        QVERIFY(QDir(m_kernels.path()).mkpath(u"6.12"_s));
        QFile file(m_kernels.filePath(u"6.12/"_s + name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text), text.size());
    }

    QTemporaryDir m_kernels;
};

void LinuxHostTest::kernelOptions_areTheFirstLine()
{
    const LinuxHost host(m_kernels.path().toStdString());
    write(u"default-kernelopts-nopci.txt"_s, "  quiet ro \nsecond\n");
    write(u"default-kernelopts-common.txt"_s, " root=/dev/xvda3 \n");
    QCOMPARE(host.kernelOptions("6.12"), "quiet ro");
    QCOMPARE(host.commonKernelOptions("6.12"), " root=/dev/xvda3 ");
    QCOMPARE(host.kernelOptions("another"), std::nullopt);
}

void LinuxHostTest::kernelOptions_followTheirFile()
{
    const LinuxHost host(m_kernels.path().toStdString());
    const QString name = u"default-kernelopts-nopci.txt"_s;
    write(name, "before");
    QCOMPARE(host.kernelOptions("6.12"), "before");
    write(name, "and after");
    QCOMPARE(host.kernelOptions("6.12"), "and after");
    QVERIFY(QFile::remove(m_kernels.filePath(u"6.12/"_s + name)));
    QCOMPARE(host.kernelOptions("6.12"), std::nullopt);
    write(name, "again");
    QCOMPARE(host.kernelOptions("6.12"), "again");
}

void LinuxHostTest::memory_isThisSystemsUnlessItIsTold()
{
    constexpr std::uint64_t Told = 12345;
    QCOMPARE(LinuxHost({}, {}, Told).physicalMemoryMiB(), Told);
    QVERIFY(LinuxHost({}).physicalMemoryMiB() > 0);
}

QTEST_GUILESS_MAIN(LinuxHostTest)

#include "linuxhosttest.moc"
