// SPDX-License-Identifier: GPL-2.0-or-later
// The prompt as it looks: whatever it asks, in whatever colours, direction and size of letters, nothing is cut off.
// With BULKHEAD_PICTURES=DIR in the environment each of these is saved there to be looked at.
#include "manager/prompt/inputgate.h"
#include "manager/prompt/promptdialog.h"
#include "tests/manager/cutoff.h"
#include "tests/manager/fakesource.h"
#include "tests/support/testclock.h"

#include <KColorScheme>
#include <KSharedConfig>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;
using Test::running;

namespace
{

const QString LongName = u"wide-work-with-a-name-of-31-ws-"_s; // the longest that a qube can have

struct Look {
    QString colors = u"BreezeLight"_s;
    Qt::LayoutDirection direction = Qt::LeftToRight;
    qreal points = 10;
};

QuestionQueue::Front plain()
{
    QuestionQueue::Front front;
    front.question = {.source = u"work"_s,
                      .service = u"qubes.Filecopy"_s,
                      .argument = {},
                      .targets = {u"personal"_s, u"vault"_s, u"@dispvm:default-dvm"_s},
                      .defaultTarget = u"personal"_s};
    front.number = 1;
    return front;
}

QuestionQueue::Front fullOfLongWords()
{
    QuestionQueue::Front front = plain();
    front.question.source = LongName;
    front.question.service = u"vendor.ServiceWithAVeryLongName_"_s.repeated(20) + u"theEnd"_s;
    front.question.argument = u"argument"_s.repeated(200);
    front.question.targets = {u"dom0"_s, LongName + u"2"_s};
    for (int number = 0; number < 12; ++number) {
        front.question.targets << u"qube-%1"_s.arg(number);
    }
    front.question.defaultTarget = u"dom0"_s;
    front.calls = 23;
    front.moreOfCaller = 7;
    front.moreOfOthers = 12;
    front.asksOften = true;
    return front;
}

} // namespace

Q_DECLARE_METATYPE(Look)

class PromptLooksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();

    void nothingIsCutOff_data();
    void nothingIsCutOff();

private:
    Test::TestClock m_clock;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<PromptDialog> m_dialog;
    QFont m_font;
    QPalette m_palette;
};

void PromptLooksTest::initTestCase()
{
    QApplication::setStyle(u"breeze"_s);
    m_font = QApplication::font();
    m_palette = QApplication::palette();
}

void PromptLooksTest::cleanup()
{
    m_dialog.reset();
    m_source.reset();
    QApplication::setLayoutDirection(Qt::LeftToRight);
    QApplication::setFont(m_font);
    QApplication::setPalette(m_palette);
}

void PromptLooksTest::nothingIsCutOff_data()
{
    QTest::addColumn<Look>("look");
    QTest::addColumn<QuestionQueue::Front>("front");
    const std::vector<std::pair<const char *, Look>> looks{
        {"light", {}},
        {"dark", {.colors = u"BreezeDark"_s}},
        {"right-to-left", {.direction = Qt::RightToLeft}},
        {"8-points", {.points = 8}},
        {"20-points", {.points = 20}},
    };
    for (const auto &[name, look] : looks) {
        QTest::addRow("plain-%s", name) << look << plain();
        QTest::addRow("long-%s", name) << look << fullOfLongWords();
    }
}

void PromptLooksTest::nothingIsCutOff()
{
    QFETCH(const Look, look);
    QFETCH(const QuestionQueue::Front, front);
    QApplication::setLayoutDirection(look.direction);
    QFont font = m_font;
    font.setPointSizeF(look.points);
    QApplication::setFont(font);
    QApplication::setPalette(KColorScheme::createApplicationPalette(
        KSharedConfig::openConfig(u"/usr/share/color-schemes/%1.colors"_s.arg(look.colors), KConfig::SimpleConfig)));

    m_source = std::make_unique<Test::FakeSource>();
    QList<QubeInfo> qubes{running(makeQube(u"work"_s, u"blue"_s)),
                          running(makeQube(u"personal"_s, u"yellow"_s)),
                          makeQube(u"vault"_s, u"black"_s),
                          running(makeQube(LongName, u"red"_s)),
                          makeQube(LongName + u"2"_s, u"green"_s)};
    for (int number = 0; number < 12; ++number) {
        qubes << makeQube(u"qube-%1"_s.arg(number), u"gray"_s);
    }
    m_source->load(qubes);
    m_dialog = std::make_unique<PromptDialog>(m_clock, m_source.get());
    m_dialog->setFront(front);
    m_dialog->setBlockedNotice(front.asksOften ? u"Questions from %1 are denied until 17:45."_s.arg(LongName)
                                               : QString());
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    if (qEnvironmentVariableIsSet("BULKHEAD_PICTURES")) {
        const QDir pictures(qEnvironmentVariable("BULKHEAD_PICTURES"));
        QVERIFY(m_dialog->grab().save(pictures.filePath(QString::fromLatin1(QTest::currentDataTag()) + u".png"_s)));
    }
    const QString cut = Test::cutIn(*m_dialog);
    QVERIFY2(cut.isEmpty(), qPrintable(cut));
    // A name is left-to-right in every language, and yet stands beside its mark.
    const auto *caller = m_dialog->findChild<QLabel *>(u"prompt.caller"_s);
    QCOMPARE(caller->alignment().testFlag(Qt::AlignRight), look.direction == Qt::RightToLeft);
    QVERIFY(caller->alignment().testFlag(Qt::AlignAbsolute));
}

QTEST_MAIN(PromptLooksTest)

#include "promptlookstest.moc"
