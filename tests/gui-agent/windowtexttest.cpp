// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/windowtext.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::GuiAgent;
using namespace std::string_literals;

namespace
{

constexpr std::string_view Ellipsis = "\xE2\x80\xA6";

} // namespace

class WindowTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void latin1_becomesUtf8();
    void title_thatFitsIsKept();
    void title_ofTheFieldsSizeIsCut();
    void title_isCutBetweenCharacters();
    void class_partsAreInTheirOrder();
    void class_partsAreCut();
    void class_withoutSecondPart();
};

void WindowTextTest::latin1_becomesUtf8()
{
    QCOMPARE(utf8FromLatin1("a\xE9\xFF"), "a\xC3\xA9\xC3\xBF"s);
}

void WindowTextTest::title_thatFitsIsKept()
{
    QCOMPARE(titleForWire(std::string(126, 'x')).text(), std::string(126, 'x'));
    QCOMPARE(titleForWire("").text(), ""s);
}

void WindowTextTest::title_ofTheFieldsSizeIsCut()
{
    const std::string cut = std::string(124, 'x') + std::string(Ellipsis);
    QCOMPARE(titleForWire(std::string(127, 'x')).text(), cut);
    QCOMPARE(titleForWire(std::string(1000, 'x')).text(), cut);
}

void WindowTextTest::title_isCutBetweenCharacters()
{
    const std::string title = std::string(123, 'x') + "\xC3\xA9" + "yyyyyyyy";
    QCOMPARE(titleForWire(title).text(), std::string(123, 'x') + std::string(Ellipsis));
}

void WindowTextTest::class_partsAreInTheirOrder()
{
    const ProgramClass parts = classForWire("xterm\0XTerm\0"s);
    QCOMPARE(parts.resourceName.text(), "xterm"s);
    QCOMPARE(parts.resourceClass.text(), "XTerm"s);
}

void WindowTextTest::class_partsAreCut()
{
    const ProgramClass parts = classForWire(std::string(70, 'n') + '\0' + std::string(64, 'c') + '\0');
    QCOMPARE(parts.resourceName.text(), std::string(63, 'n'));
    QCOMPARE(parts.resourceClass.text(), std::string(63, 'c'));
}

void WindowTextTest::class_withoutSecondPart()
{
    QCOMPARE(classForWire("alone").resourceName.text(), "alone"s);
    QCOMPARE(classForWire("alone").resourceClass.text(), ""s);
    QCOMPARE(classForWire(""), ProgramClass{});
}

QTEST_GUILESS_MAIN(WindowTextTest)
#include "windowtexttest.moc"
