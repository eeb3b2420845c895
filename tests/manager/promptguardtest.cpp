// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/guard.h"

#include <QTest>

using namespace Bulkhead;
using namespace std::chrono_literals;

namespace
{

constexpr TimePoint Start{1000s};

/// Shown with the focus since Start.
PromptGuard shownGuard()
{
    PromptGuard guard;
    guard.setShown(true, Start);
    guard.setFocused(true, Start);
    return guard;
}

} // namespace

class PromptGuardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_078_ui_138_opensAfterOneSecondOfFocus();
    void qrexec_078_ui_138_beginsAnew_data();
    void qrexec_078_ui_138_beginsAnew();
    void sameAgain_changesNothing();
    void clockThatGoesBack_opensNothing();
};

void PromptGuardTest::qrexec_078_ui_138_opensAfterOneSecondOfFocus()
{
    PromptGuard guard;
    QVERIFY(!guard.isOpen(Start));
    guard.setShown(true, Start);
    QVERIFY2(!guard.isOpen(Start + 1h), "without the focus it never opens");
    guard.setFocused(true, Start + 1h);
    QVERIFY(!guard.isOpen(Start + 1h + 999ms));
    QVERIFY(guard.isOpen(Start + 1h + 1s));
    QCOMPARE(guard.progress(Start + 1h + 250ms), 0.25);
    QCOMPARE(guard.progress(Start + 2h), 1.0);
}

void PromptGuardTest::qrexec_078_ui_138_beginsAnew_data()
{
    using Change = void (*)(PromptGuard &, TimePoint);
    QTest::addColumn<Change>("change");
    QTest::newRow("focus lost and back") << Change([](PromptGuard &guard, TimePoint now) {
        guard.setFocused(false, now);
        QVERIFY(!guard.isOpen(now + 1h));
        guard.setFocused(true, now);
    });
    QTest::newRow("hidden and shown") << Change([](PromptGuard &guard, TimePoint now) {
        guard.setShown(false, now);
        QVERIFY(!guard.isOpen(now + 1h));
        guard.setShown(true, now);
    });
    QTest::newRow("covered and free") << Change([](PromptGuard &guard, TimePoint now) {
        guard.setCovered(true, now);
        QVERIFY(!guard.isOpen(now + 1h));
        guard.setCovered(false, now);
    });
    QTest::newRow("changed or moved") << Change([](PromptGuard &guard, TimePoint now) {
        guard.restart(now);
    });
}

void PromptGuardTest::qrexec_078_ui_138_beginsAnew()
{
    using Change = void (*)(PromptGuard &, TimePoint);
    QFETCH(const Change, change);
    PromptGuard guard = shownGuard();
    const TimePoint now = Start + 10s;
    QVERIFY(guard.isOpen(now));
    change(guard, now);
    QVERIFY(!guard.isOpen(now));
    QVERIFY(!guard.isOpen(now + 999ms));
    QVERIFY(guard.isOpen(now + 1s));
}

void PromptGuardTest::sameAgain_changesNothing()
{
    PromptGuard guard = shownGuard();
    guard.setFocused(true, Start + 900ms);
    guard.setShown(true, Start + 900ms);
    guard.setCovered(false, Start + 900ms);
    QVERIFY(guard.isOpen(Start + 1s));
}

void PromptGuardTest::clockThatGoesBack_opensNothing()
{
    const PromptGuard guard = shownGuard();
    QVERIFY(!guard.isOpen(Start - 1h));
    QCOMPARE(guard.progress(Start - 1h), 0.0);
}

QTEST_GUILESS_MAIN(PromptGuardTest)

#include "promptguardtest.moc"
