// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/pointertext.h"

#include <QAbstractScrollArea>
#include <QAccessible>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

/// What a screen reader was told, and by whom.
QStringList s_said;
const QObject *s_speaker = nullptr;

void hear(QAccessibleEvent *event)
{
    if (event->type() == QAccessible::Announcement) {
        s_said << static_cast<QAccessibleAnnouncementEvent *>(event)->message();
        s_speaker = event->object();
    }
}

} // namespace

class PointerTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void sentence_isSaidOnceUntilItIsAnother();
    void fit_isASignBesideTheColour_data();
    void fit_isASignBesideTheColour();
    void text_staysInTheView();

private:
    std::unique_ptr<QAbstractScrollArea> m_view;
    PointerText *m_text = nullptr;
};

void PointerTextTest::init()
{
    m_view = std::make_unique<QAbstractScrollArea>();
    m_view->resize(600, 300);
    m_view->show();
    m_text = new PointerText(m_view.get()); // its viewport owns it
    s_said.clear();
    QAccessible::installUpdateHandler(hear);
}

void PointerTextTest::cleanup()
{
    QAccessible::installUpdateHandler(nullptr);
    m_view.reset();
}

void PointerTextTest::sentence_isSaidOnceUntilItIsAnother()
{
    QVERIFY(!m_text->isVisible());
    m_text->tell(Fit::Fits, u"Copy 2 files to work"_s, {20, 20});
    m_text->tell(Fit::Fits, u"Copy 2 files to work"_s, {24, 20});
    QVERIFY(m_text->isVisible());
    QCOMPARE(s_said, QStringList{u"Copy 2 files to work"_s});
    QCOMPARE(s_speaker, m_view.get());
    m_text->tell(Fit::No, u"vault is not running."_s, {24, 60});
    m_text->tell(Fit::No, {}, {24, 90}); // nothing is there
    QVERIFY(!m_text->isVisible());
    QCOMPARE(s_said.size(), 2);
    m_text->tell(Fit::No, u"vault is not running."_s, {24, 60});
    QCOMPARE(s_said.size(), 3);
    m_text->fallSilent();
    QVERIFY(!m_text->isVisible());
    m_text->tell(Fit::No, u"vault is not running."_s, {24, 60}); // of another drag
    QCOMPARE(s_said.size(), 4);
    QCOMPARE(m_text->textFormat(), Qt::PlainText);
}

void PointerTextTest::fit_isASignBesideTheColour_data()
{
    QTest::addColumn<Fit>("fit");
    QTest::addColumn<QString>("text");
    QTest::newRow("fits") << Fit::Fits << u"+  <b>work</b>"_s;
    QTest::newRow("after a start") << Fit::AfterStart << u"…  <b>work</b>"_s;
    QTest::newRow("beware") << Fit::Beware << u"!  <b>work</b>"_s;
    QTest::newRow("does not fit") << Fit::No << u"×  <b>work</b>"_s;
}

void PointerTextTest::fit_isASignBesideTheColour()
{
    QFETCH(const Fit, fit);
    QFETCH(const QString, text);
    m_text->tell(fit, u"<b>work</b>"_s, {20, 20});
    QCOMPARE(m_text->text(), text);
    QCOMPARE(s_said, QStringList{u"<b>work</b>"_s});
}

void PointerTextTest::text_staysInTheView()
{
    for (const QPoint &pointer : {QPoint(0, 0), QPoint(590, 10), QPoint(10, 290), QPoint(599, 299)}) {
        m_text->tell(Fit::Fits, u"Connect work through vpn."_s, pointer);
        QVERIFY(m_view->viewport()->rect().contains(m_text->geometry()));
    }
    m_text->follow({100, 100});
    QVERIFY(!m_text->geometry().contains(100, 100)); // the pointer does not lie on it
}

QTEST_MAIN(PointerTextTest)

#include "pointertexttest.moc"
