// SPDX-License-Identifier: GPL-2.0-or-later
// What the tray tells of denials, and how many of them.
#include "manager/tray/tray.h"

#include "clipboard/text/notice.h"
#include "manager/tray/bubble.h"
#include "manager/tray/clipboardnotice.h"
#include "manager/tray/noticeboard.h"
#include "tests/support/testclock.h"

#include <QLabel>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

constexpr TimePoint Start{1000s};

PolicyNotice denied(const QString &source = u"work"_s,
                    const QString &service = u"qubes.Filecopy"_s,
                    const QString &target = u"vault"_s)
{
    return {.resolution = PolicyNotice::Resolution::Denied,
            .source = source,
            .service = service,
            .argument = {},
            .target = target};
}

class KeptTexts : public Notifier
{
public:
    void show(const NoticeText &text) override
    {
        texts << text;
    }

    void showBubble(const NoticeText &text, const QString & /*subject*/) override
    {
        texts << text;
    }

    QList<NoticeText> texts;
};

} // namespace

class TrayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_saysWhoWhatAndWhy();
    void denials_oneOfAKindAMinute();
    void ui_174_hundredNoticesAreAFew();
    void otherCallers_areLimitedTogether();
    void menu_keepsTheLast();
    void bubbles_areAFew();
    void S_169_hostileNames_areSeenLetterByLetter();
    void bubbles_replaceTheirSubject();
    void clipboardNotice_isWhatTheClipboardWrites();
    void clipboardNotice_others();
};

void TrayTest::text_saysWhoWhatAndWhy()
{
    const NoticeText text = textOf(denied());
    QCOMPARE(text.title, u"work was refused a call"_s);
    QCOMPARE(text.text,
             u"work may not copy files to vault. The policy says no to this, or has no rule that allows it. Service: "
             "qubes.Filecopy"_s);
    QVERIFY(textOf(denied(u"work"_s, u"qubes.Filecopy"_s, u"@adminvm"_s)).text.contains(u"to dom0"_s));
    QVERIFY(textOf(denied(u"work"_s, u"qubes.Filecopy"_s, u"@dispvm"_s)).text.contains(u"a new disposable"_s));
    QVERIFY(textOf(denied(u"work"_s, u"my.Service"_s, u"@default"_s)).text.contains(u"may not use “my.Service”"_s));
    QVERIFY(textOf(denied(u"work"_s, QString(60'000, u's'))).text.size() < 500);
    PolicyNotice allowed = denied();
    allowed.resolution = PolicyNotice::Resolution::Allowed;
    QVERIFY(textOf(allowed).text.startsWith(u"work uses “qubes.Filecopy” of vault."_s));
}

void TrayTest::denials_oneOfAKindAMinute()
{
    NoticeBoard board;
    QVERIFY(board.add(denied(), Start));
    QVERIFY(!board.add(denied(), Start + 59s));
    QVERIFY(board.add(denied(u"work"_s, u"other"_s), Start + 59s));
    QVERIFY(board.add(denied(), Start + 60s));
}

void TrayTest::ui_174_hundredNoticesAreAFew()
{
    NoticeBoard board;
    int shown = 0;
    for (int call = 0; call < 100; ++call) {
        shown += board.add(denied(u"work"_s, u"s%1"_s.arg(call)), Start + call * 500ms).has_value() ? 1 : 0;
    }
    QCOMPARE(shown, 3);
    QVERIFY(board.summaryDue());
    QVERIFY(!board.takeSummary(*board.summaryDue() - 1ms));
    const auto summary = board.takeSummary(*board.summaryDue());
    QVERIFY(summary);
    QCOMPARE(summary->title, u"97 more calls"_s);
    QCOMPARE(summary->text, u"97 more calls of work were decided by the policy."_s);
    QVERIFY(!board.summaryDue());
}

void TrayTest::otherCallers_areLimitedTogether()
{
    NoticeBoard board;
    int shown = 0;
    for (int call = 0; call < 100; ++call) {
        shown += board.add(denied(u"q%1"_s.arg(call)), Start).has_value() ? 1 : 0;
    }
    QCOMPARE(shown, 6);
    const auto summary = board.takeSummary(Start + 1min);
    QVERIFY(summary);
    QVERIFY(summary->text.contains(u"94"_s));
    QVERIFY(summary->text.contains(u"and other qubes"_s));
    QVERIFY(board.add(denied(u"q1"_s), Start + 1min));
}

void TrayTest::menu_keepsTheLast()
{
    Test::TestClock clock;
    KeptTexts notifier;
    Tray tray(clock, &notifier);
    const auto refusals = [&tray] {
        return std::ranges::count_if(tray.menu().actions(), [](const QAction *action) {
            return action->text().contains(u"may not"_s);
        });
    };
    QCOMPARE(refusals(), 0);
    for (int call = 0; call < 20; ++call) {
        tray.onNotice(denied(u"work"_s, u"s%1"_s.arg(call)));
    }
    QCOMPARE(refusals(), 8);
    QVERIFY(tray.menu().actions().at(1)->text().contains(u"s19"_s));
    QCOMPARE(notifier.texts.size(), 3);
    clock.advance(1min);
    tray.update();
    QCOMPARE(notifier.texts.size(), 4);
    QCOMPARE(notifier.texts.last().title, u"17 more calls"_s);
}

void TrayTest::bubbles_areAFew()
{
    for (int number = 0; number < 10; ++number) {
        Bubble::showNew({.title = u"title %1"_s.arg(number), .text = u"<b>text</b>"_s});
    }
    QCOMPARE(Bubble::shown().size(), 4);
    const Bubble *newest = Bubble::shown().last();
    QCOMPARE(newest->accessibleName(), u"title 9"_s);
    QVERIFY(newest->windowFlags().testFlag(Qt::WindowDoesNotAcceptFocus));
    QCOMPARE(newest->findChild<QLabel *>(u"notice.text"_s)->textFormat(), Qt::PlainText);
    while (!Bubble::shown().isEmpty()) {
        delete Bubble::shown().first();
    }
}

void TrayTest::S_169_hostileNames_areSeenLetterByLetter()
{
    const QString name = u"<b>evil</b>&x"_s;
    KeptTexts notifier;
    const Test::TestClock clock;
    Tray tray(clock, &notifier);
    tray.onNotice(denied(name, u"<i>evil</i>"_s));
    const QString shown = tray.menu().actions().at(1)->text();
    QVERIFY2(shown.contains(u"<b>evil</b>&&x"_s), qPrintable(shown)); // a menu takes one `&` for a key

    Bubble::showNew(notifier.texts.first());
    for (const auto *label : Bubble::shown().first()->findChildren<QLabel *>()) {
        QVERIFY2(label->textFormat() == Qt::PlainText || !label->text().contains(u"evil"_s), qPrintable(label->text()));
    }
    QVERIFY(Bubble::shown().first()->accessibleName().contains(name));
    delete Bubble::shown().first();
}

void TrayTest::bubbles_replaceTheirSubject()
{
    Bubble::showNew({.title = u"one"_s, .text = {}}, u"clipboard"_s);
    Bubble::showNew({.title = u"other"_s, .text = {}});
    Bubble::showNew({.title = u"two"_s, .text = {}}, u"clipboard"_s);
    QCOMPARE(Bubble::shown().size(), 2);
    QCOMPARE(Bubble::shown().last()->accessibleName(), u"two"_s);
    while (!Bubble::shown().isEmpty()) {
        delete Bubble::shown().first();
    }
}

void TrayTest::clipboardNotice_isWhatTheClipboardWrites()
{
    using Clipboard::NoticeCode;
    for (auto code = 0; code <= static_cast<int>(NoticeCode::Cleared); ++code) {
        const auto notice = parseClipboardNotice(
            QByteArray::fromStdString(Clipboard::buildNotice({.code = static_cast<NoticeCode>(code),
                                                              .source = "work",
                                                              .target = "vault",
                                                              .size = 2100,
                                                              .limit = 64'000,
                                                              .seconds = 60,
                                                              .sourceIsGone = true})));
        QVERIFY(notice);
        QCOMPARE(notice->source, u"work"_s);
        QCOMPARE(notice->target, u"vault"_s);
        QCOMPARE(notice->limit, 64'000);
        QVERIFY(!textOf(*notice).title.isEmpty());
        QVERIFY(!textOf(*notice).text.isEmpty());
    }
    const NoticeText paste = textOf(*parseClipboardNotice(QByteArray::fromStdString(
        Clipboard::buildNotice({.code = NoticeCode::PasteTo, .source = "work", .target = "vault", .size = 2048}))));
    QCOMPARE(paste.title, u"Paste to vault"_s);
    QCOMPARE(paste.text, u"Let go of the keys: 2.0 KiB from work go there."_s);
}

void TrayTest::clipboardNotice_others()
{
    const QByteArray good = QByteArray::fromStdString(
        Clipboard::buildNotice({.code = Clipboard::NoticeCode::Copied, .source = "work", .target = ""}));
    QVERIFY(parseClipboardNotice(good));
    QVERIFY(!parseClipboardNotice(good.chopped(1)));
    QVERIFY(!parseClipboardNotice(QByteArray(good).replace("work", "<b>")));
    QVERIFY(!parseClipboardNotice(QByteArray(good).replace("copied", "moved!")));
    QVERIFY(!parseClipboardNotice(QByteArray(good).replace(R"("size": 0)", R"("size": -1)")));
    QVERIFY(!parseClipboardNotice(QByteArray(good).replace("Clipboard", "clipboard")));
    QVERIFY(!parseClipboardNotice({}));
}

QTEST_MAIN(TrayTest)

#include "traytest.moc"
