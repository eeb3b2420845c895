// SPDX-License-Identifier: GPL-2.0-or-later
// What is drawn of a drag across qubes, from the very lines that bulkhead-drag writes.
#include "manager/tray/drag/dragdisplay.h"

#include "clipboard/drag/broker/showmessages.h"

#include <QLabel>
#include <QLocalSocket>
#include <QPushButton>
#include <QRegularExpression>
#include <QScreen>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

const QubeName Work = *QubeName::parse("work");
const QubeName Personal = *QubeName::parse("personal");
const QubeName Untrusted = *QubeName::parse("untrusted");

Drag::QubeWindow windowOf(const QubeName &qube, std::uint32_t label, std::uint32_t color)
{
    return {.qube = qube, .labelIndex = label, .labelColor = color, .window = WindowId{1}};
}

Drag::Sheet sheetOver(std::uint32_t id, const Drag::QubeWindow &owner, Rect rect)
{
    return {.window = {.id = id, .rect = rect, .owner = owner}, .parts = {rect}};
}

QByteArray line(const std::string &text)
{
    return QByteArray::fromStdString(text).trimmed();
}

} // namespace

class DragDisplayTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<DragDisplay> m_display;

    void showBubble(const Drag::Bubble &bubble)
    {
        m_display->take(line(Drag::buildBubble(bubble)));
    }

    void showTwoSheets(Drag::Verdict ofPersonal)
    {
        const std::array sheets{sheetOver(7, windowOf(Personal, 3, 0xedd400), {100, 100, 400, 300}),
                                sheetOver(8, windowOf(Untrusted, 1, 0xcc0000), {600, 100, 300, 300})};
        m_display->take(
            line(Drag::buildSheets(windowOf(Work, 6, 0x3465a4),
                                   sheets,
                                   {{Personal, {.verdict = ofPersonal}},
                                    {Untrusted, {.verdict = Drag::Verdict::Deny, .rule = "/p/30-user.policy:7"}}})));
    }

    void pointAt(Drag::PointerOver over, std::uint64_t sheet, bool full = false)
    {
        m_display->take(line(Drag::buildPointer({.place = {200, 200},
                                                 .over = over,
                                                 .target = {},
                                                 .sheet = sheet,
                                                 .ring = full ? std::nullopt : std::optional<Duration>(200ms),
                                                 .isFull = full})));
    }

private Q_SLOTS:

    void init()
    {
        m_display = std::make_unique<DragDisplay>([] {
            return SheetWidget::Blending::None;
        });
    }

    void cleanup()
    {
        m_display.reset();
    }

    void sheets_lieOverTheWindowsAndSayWhatADropDoes()
    {
        showTwoSheets(Drag::Verdict::Allow);
        QCOMPARE(m_display->sheets().size(), 2);
        QCOMPARE(m_display->sheets()[0]->geometry(), QRect(100, 100, 400, 300));
        QCOMPARE(m_display->sheets()[0]->windowTitle(), u"personal: Copy to personal"_s);
        QCOMPARE(m_display->sheets()[1]->windowTitle(), u"untrusted: Not allowed"_s);
        QVERIFY(m_display->sheets()[0]->windowFlags().testFlag(Qt::WindowTransparentForInput));
        m_display->take(line(Drag::buildHide()));
        QVERIFY(m_display->sheets().isEmpty());
        QVERIFY(m_display->card() == nullptr);
    }

    void wordsAtThePointer_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<quint64>("sheet");
        QTest::addColumn<QString>("words");
        QTest::newRow("allow") << int(Drag::Verdict::Allow) << quint64{7} << u"Copy to personal"_s;
        QTest::newRow("ask") << int(Drag::Verdict::Ask) << quint64{7} << u"Copy to personal – will ask"_s;
        QTest::newRow("deny") << int(Drag::Verdict::Deny) << quint64{7}
                              << u"Not allowed: work may not send to personal"_s;
        QTest::newRow("another") << int(Drag::Verdict::Allow) << quint64{8}
                                 << u"Not allowed: work may not send to untrusted"_s;
        QTest::newRow("not known yet") << int(Drag::Verdict::Pending) << quint64{7} << u"Looking up the policy…"_s;
    }

    void wordsAtThePointer()
    {
        QFETCH(const int, verdict);
        QFETCH(const quint64, sheet);
        QFETCH(const QString, words);
        showTwoSheets(static_cast<Drag::Verdict>(verdict));
        pointAt(Drag::PointerOver::Qube, sheet);
        QVERIFY(m_display->card() != nullptr);
        QCOMPARE(m_display->card()->words(), words);
    }

    void overDom0_itSaysThatNothingComesIn()
    {
        showTwoSheets(Drag::Verdict::Allow);
        pointAt(Drag::PointerOver::Dom0, 3);
        QCOMPARE(m_display->card()->words(), u"Files can not be brought into dom0."_s);
        QVERIFY(!m_display->card()->windowTitle().contains(u"Let go"_s));
    }

    void ring_fillsAndIsFull()
    {
        showTwoSheets(Drag::Verdict::Allow);
        pointAt(Drag::PointerOver::Qube, 7);
        QVERIFY(m_display->card()->filled().value() >= 0.5);
        pointAt(Drag::PointerOver::Qube, 7, true);
        QCOMPARE(m_display->card()->filled().value(), 1.0);
        QVERIFY(m_display->card()->windowTitle().contains(u"Let go now."_s));
    }

    void sheetWithoutBlending_leavesMostPixelsAlone()
    {
        showTwoSheets(Drag::Verdict::Allow);
        const QRegion shape = m_display->sheets()[0]->shape();
        qint64 pixels = 0;
        for (const QRect &part : shape) {
            pixels += qint64{part.width()} * part.height();
        }
        QVERIFY(pixels * 100 / (400 * 300) >= 20);
        QVERIFY(pixels * 100 / (400 * 300) <= 50); // the border and the plate in the middle are more
    }

    void sheetOverARow_leavesItsWordsToBeRead()
    {
        const std::array sheets{sheetOver(7, windowOf(Personal, 3, 0xedd400), {100, 100, 600, 26})};
        m_display->take(line(Drag::buildSheets(
            windowOf(Work, 6, 0x3465a4), sheets, {{Personal, {.verdict = Drag::Verdict::Allow, .rule = {}}}})));
        const QRegion shape = m_display->sheets()[0]->shape();
        QVERIFY(shape.contains(QPoint(1, 13)));
        QVERIFY(!shape.intersects(QRect(4, 4, 592, 18)));
        pointAt(Drag::PointerOver::Qube, 7);
        QVERIFY(!m_display->sheets()[0]->shape().intersects(QRect(4, 4, 592, 18)));
        QVERIFY(m_display->sheets()[0]->shape().contains(QPoint(3, 13)));
    }

    void refusal_namesItsRuleAndShowsIt()
    {
        showTwoSheets(Drag::Verdict::Allow);
        pointAt(Drag::PointerOver::Qube, 8);
        QVERIFY(m_display->card()->windowTitle().contains(u"30-user.policy, line 7"_s));
        m_display->take(line(Drag::buildHide()));
        showBubble({.code = Drag::BubbleCode::Denied,
                    .token = Drag::Token{1},
                    .source = Work,
                    .target = Untrusted,
                    .rule = "/p/30-user.policy:7",
                    .ruleText = "qubes.Filecopy * work untrusted deny notify=\"<b>\""});
        DragBubble &bubble = *m_display->bubbles().first();
        const auto *const words = bubble.findChild<QLabel *>(u"drag.bubble.text"_s);
        auto *const action = bubble.findChild<QPushButton *>(u"drag.bubble.action"_s);
        QVERIFY(words->text().contains(u"work may not send files to untrusted: 30-user.policy, line 7."_s));
        QCOMPARE(action->text(), u"Show &rule"_s);
        const int before = bubble.height();
        action->click();
        QCOMPARE(words->text(), u"30-user.policy, line 7:\nqubes.Filecopy * work untrusted deny notify=\"<b>\""_s);
        QCOMPARE(words->textFormat(), Qt::PlainText);
        QVERIFY(action->isHidden());
        QVERIFY(bubble.isVisible());
        QVERIFY(before > 0);
    }

    void refusalWithoutARule_hasNoButton()
    {
        showBubble({.code = Drag::BubbleCode::Denied, .token = Drag::Token{1}, .source = Work, .target = Untrusted});
        QVERIFY(m_display->bubbles().first()->findChild<QPushButton *>(u"drag.bubble.action"_s)->isHidden());
    }

    void bubble_coversNeitherSourceNorTarget()
    {
        const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
        const Rect source{0, 0, static_cast<std::uint32_t>(screen.width() / 2), 200};
        const Rect target{screen.width() / 2, 0, static_cast<std::uint32_t>(screen.width() / 2), 200};
        pointAt(Drag::PointerOver::Qube, 7);
        for (const std::uint32_t token : {1U, 2U}) {
            showBubble({.code = Drag::BubbleCode::Starting,
                        .token = Drag::Token{token},
                        .source = Work,
                        .target = Personal,
                        .windows = {target, source}});
            QVERIFY(m_display->bubbles().last()->geometry().top() >= 200);
        }
        QVERIFY(!m_display->bubbles().first()->geometry().intersects(m_display->bubbles().last()->geometry()));
    }

    void everyCode_hasWords()
    {
        using enum Drag::BubbleCode;
        std::uint32_t token = 0;
        for (const auto code : {NotRested,
                                Denied,
                                NoFiles,
                                NoRoom,
                                Starting,
                                Asking,
                                Copying,
                                Copied,
                                HandedOver,
                                Cancelled,
                                Refused,
                                Failed,
                                Exists,
                                Ended}) {
            m_display->take(line(Drag::buildBubble({.code = code,
                                                    .token = Drag::Token{++token},
                                                    .source = Work,
                                                    .target = Personal,
                                                    .files = 3,
                                                    .bytes = 1000,
                                                    .copied = 420,
                                                    .room = 10})));
            const DragBubble &bubble = *m_display->bubbles().last();
            QVERIFY(!bubble.shownText().title.isEmpty());
            QCOMPARE(bubble.shownText().title.startsWith(u"Copying to personal failed"_s), code == Failed);
        }
        QCOMPARE(m_display->bubbles().size(), qsizetype{DragDisplay::MostBubbles});
    }

    void bubbleOfACopy_saysHowFarItIsAndCanCancel()
    {
        QSignalSpy acted(m_display.get(), &DragDisplay::acted);
        for (const std::uint64_t copied : {0U, 420U}) {
            m_display->take(line(Drag::buildBubble({.code = Drag::BubbleCode::Copying,
                                                    .token = Drag::Token{7},
                                                    .source = Work,
                                                    .target = Personal,
                                                    .files = 3,
                                                    .bytes = 1000,
                                                    .copied = copied})));
        }
        QCOMPARE(m_display->bubbles().size(), 1); // it is the same one
        QCOMPARE(m_display->bubbles().first()->shownText().title, u"Copying to personal, 42 %"_s);
        m_display->bubbles().first()->findChild<QPushButton *>(u"drag.bubble.action"_s)->click();
        QCOMPARE(acted.size(), 1);
        const auto act = Drag::parseAct(acted.first().first().toByteArray().trimmed().toStdString());
        QVERIFY(act);
        QVERIFY((*act == Drag::BubbleAct{.kind = Drag::BubbleAct::Kind::Cancel, .token = Drag::Token{7}}));
    }

    void whatIsNoLine_isNotDrawn()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"not drawn"_s));
        m_display->take("{\"kind\": \"sheets\", \"qube\": \"../x\"}");
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"not drawn"_s));
        m_display->take("nonsense");
        QVERIFY(m_display->card() == nullptr);
    }

    void theEndOfBulkheadDrag_takesTheOverlayAway()
    {
        const QTemporaryDir directory;
        const QString path = directory.filePath(u"show.sock"_s);
        QVERIFY(m_display->listen(path));
        QLocalSocket socket;
        socket.connectToServer(path);
        QVERIFY(socket.waitForConnected());
        socket.write(QByteArray::fromStdString(Drag::buildSheets(windowOf(Work, 6, 0x3465a4), {}, {})));
        QVERIFY(QTest::qWaitFor([this] {
            return m_display->card() != nullptr;
        }));
        socket.disconnectFromServer();
        QVERIFY(QTest::qWaitFor([this] {
            return m_display->card() == nullptr;
        }));
    }
};

QTEST_MAIN(DragDisplayTest)
#include "dragdisplaytest.moc"
