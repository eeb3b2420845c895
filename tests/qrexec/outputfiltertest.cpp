// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/outputfilter.h"

#include <QTest>

using namespace Bulkhead::Qrexec;

class OutputFilterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_065_everyByte();
};

void OutputFilterTest::qrexec_065_everyByte()
{
    const QByteArray kept = QByteArray("\t\n\r\b\a");
    for (int value = 0; value < 256; ++value) {
        std::array<std::byte, 1> bytes{static_cast<std::byte>(value)};
        makeSafeForTerminals(bytes);
        const bool isKept = (value >= 0x20 && value <= 0x7E) || kept.contains(static_cast<char>(value));
        QCOMPARE(std::to_integer<int>(bytes[0]), isKept ? value : int{'_'});
    }
}

QTEST_GUILESS_MAIN(OutputFilterTest)
#include "outputfiltertest.moc"
