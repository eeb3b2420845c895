// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/inputgate.h"
#include "tests/support/testclock.h"

#include <QApplication>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

/// Counts what reaches a widget of the window.
class Witness : public QPushButton
{
public:
    using QPushButton::QPushButton;

    int keys = 0;
    int clicks = 0;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        ++keys;
        QPushButton::keyPressEvent(event);
    }

    void mousePressEvent(QMouseEvent *event) override
    {
        ++clicks;
        QPushButton::mousePressEvent(event);
    }
};

void sendKey(QWidget *widget, QEvent::Type type, int key, bool isRepeat = false)
{
    QKeyEvent event(type, key, Qt::NoModifier, {}, isRepeat);
    QCoreApplication::sendEvent(widget, &event);
}

} // namespace

class PromptGateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ui_138_opensAfterTheWaitAndATurnOfTheLoop();
    void S_130_keysOfAProgramThatWasHeldUpDoNotCount();
    void S_130_clicksOfAProgramThatWasHeldUpDoNotCount();
    void S_130_typingThroughKeepsItClosed_data();
    void S_130_typingThroughKeepsItClosed();
    void S_130_pressedWhileClosedAndReleasedAfter();
    void S_130_heldKeysPressNothing();
    void S_131_closesAgain_data();
    void S_131_closesAgain();
    void modifiersAlone_delayNothing();
    void otherWindows_areLeftAlone();

private:
    void passWait();
    void open();

    Test::TestClock m_clock;
    std::unique_ptr<QWidget> m_window;
    Witness *m_button = nullptr;
    std::unique_ptr<InputGate> m_gate;
    std::unique_ptr<QSignalSpy> m_clicked;
};

void PromptGateTest::init()
{
    m_window = std::make_unique<QWidget>();
    m_button = new Witness(u"&Allow"_s, m_window.get());
    (new QVBoxLayout(m_window.get()))->addWidget(m_button);
    m_gate = std::make_unique<InputGate>(m_clock, m_window.get());
    m_clicked = std::make_unique<QSignalSpy>(m_button, &QPushButton::clicked);
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_button->setFocus();
    QVERIFY(m_gate->isRunning());
}

void PromptGateTest::cleanup()
{
    m_clicked.reset();
    m_gate.reset();
    m_window.reset();
}

void PromptGateTest::passWait()
{
    m_clock.advance(PromptGuard::Wait);
    m_gate->look();
}

void PromptGateTest::open()
{
    passWait();
    QTRY_VERIFY(m_gate->isOpen());
}

void PromptGateTest::ui_138_opensAfterTheWaitAndATurnOfTheLoop()
{
    QVERIFY(!m_gate->isOpen());
    m_clock.advance(PromptGuard::Wait - 1ms);
    m_gate->look();
    QCoreApplication::processEvents();
    QVERIFY(!m_gate->isOpen());
    QTest::keyClick(m_button, Qt::Key_Space); // makes it longer
    QTest::mouseClick(m_button, Qt::LeftButton);
    QCOMPARE(m_button->keys + m_button->clicks, 0);

    passWait();
    QVERIFY2(!m_gate->isOpen(), "what has come meanwhile is seen first");
    QSignalSpy looked(m_gate.get(), &InputGate::looked);
    QTRY_VERIFY(m_gate->isOpen());
    QVERIFY2(!looked.isEmpty(), "whoever shows it is told");
    QTest::mouseClick(m_button, Qt::LeftButton);
    QTest::keyClick(m_button, Qt::Key_Space);
    QCOMPARE(m_clicked->size(), 2);
}

void PromptGateTest::S_130_keysOfAProgramThatWasHeldUpDoNotCount()
{
    m_clock.advance(10s); // in which a person typed, and nothing was looked at
    for (const int key : {Qt::Key_Return, Qt::Key_Space}) {
        sendKey(m_button, QEvent::KeyPress, key);
        sendKey(m_button, QEvent::KeyRelease, key);
    }
    QCOMPARE(m_button->keys, 0);
    QCoreApplication::processEvents();
    QVERIFY2(!m_gate->isOpen(), "they make the wait begin anew");
    open();
}

void PromptGateTest::S_130_clicksOfAProgramThatWasHeldUpDoNotCount()
{
    m_clock.advance(10s);
    m_gate->look(); // the timer was first
    QTest::mouseClick(m_button, Qt::LeftButton);
    QCoreApplication::processEvents();
    QCOMPARE(m_clicked->size(), 0);
    QVERIFY(!m_gate->isOpen());
    open();
}

void PromptGateTest::S_130_typingThroughKeepsItClosed_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<bool>("isRepeat");
    QTest::newRow("a held Return") << static_cast<int>(Qt::Key_Return) << true;
    QTest::newRow("a held Space") << static_cast<int>(Qt::Key_Space) << true;
    QTest::newRow("letters") << static_cast<int>(Qt::Key_X) << false;
    QTest::newRow("Escape") << static_cast<int>(Qt::Key_Escape) << false;
}

void PromptGateTest::S_130_typingThroughKeepsItClosed()
{
    QFETCH(const int, key);
    QFETCH(const bool, isRepeat);
    for (int times = 0; times < 100; ++times) {
        m_clock.advance(PromptGuard::Wait - 1ms);
        sendKey(m_button, QEvent::KeyPress, key, isRepeat);
        m_gate->look();
        QCoreApplication::processEvents();
        QVERIFY(!m_gate->isOpen());
    }
    QCOMPARE(m_button->keys, 0);
    open();
}

void PromptGateTest::S_130_pressedWhileClosedAndReleasedAfter()
{
    sendKey(m_button, QEvent::KeyPress, Qt::Key_Space);
    QTest::mousePress(m_button, Qt::LeftButton);
    open();
    sendKey(m_button, QEvent::KeyRelease, Qt::Key_Space);
    QTest::mouseRelease(m_button, Qt::LeftButton);
    QCOMPARE(m_clicked->size(), 0);
}

void PromptGateTest::S_130_heldKeysPressNothing()
{
    open();
    for (const int key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space, Qt::Key_Escape, Qt::Key_Select}) {
        sendKey(m_button, QEvent::KeyPress, key, true);
    }
    QCOMPARE(m_button->keys, 0);
    sendKey(m_button, QEvent::KeyPress, Qt::Key_Down, true); // a list may be walked through
    QCOMPARE(m_button->keys, 1);
}

void PromptGateTest::S_131_closesAgain_data()
{
    using Change = void (*)(QWidget &, InputGate &);
    QTest::addColumn<Change>("change");
    QTest::newRow("moved") << Change([](QWidget &window, InputGate &) {
        window.move(window.pos() + QPoint(30, 20));
    });
    QTest::newRow("resized") << Change([](QWidget &window, InputGate &) {
        window.resize(window.size() + QSize(30, 20));
    });
    QTest::newRow("covered and free") << Change([](QWidget &, InputGate &gate) {
        gate.setCovered(true);
        gate.setCovered(false);
    });
    QTest::newRow("asks something else") << Change([](QWidget &, InputGate &gate) {
        gate.restart();
    });
    QTest::newRow("hidden and shown") << Change([](QWidget &window, InputGate &) {
        window.hide();
        QWidget other; // the offscreen platform does not tell of a focus that comes back to the same window
        other.show();
        other.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&other));
        window.show();
        window.activateWindow();
    });
}

void PromptGateTest::S_131_closesAgain()
{
    using Change = void (*)(QWidget &, InputGate &);
    QFETCH(const Change, change);
    open();
    change(*m_window, *m_gate);
    QTRY_VERIFY(!m_gate->isOpen());
    QTRY_VERIFY(m_gate->isRunning());
    QTest::mouseClick(m_button, Qt::LeftButton);
    QCOMPARE(m_clicked->size(), 0);
    open();
}

void PromptGateTest::modifiersAlone_delayNothing()
{
    m_clock.advance(PromptGuard::Wait - 1ms);
    sendKey(m_button, QEvent::KeyPress, Qt::Key_Alt); // whoever is about to press Alt and a letter
    m_clock.advance(1ms);
    m_gate->look();
    QTRY_VERIFY(m_gate->isOpen());
}

void PromptGateTest::otherWindows_areLeftAlone()
{
    QPushButton other;
    other.show();
    QSignalSpy clicked(&other, &QPushButton::clicked);
    QTest::mouseClick(&other, Qt::LeftButton);
    QCOMPARE(clicked.size(), 1);
}

QTEST_MAIN(PromptGateTest)

#include "promptgatetest.moc"
