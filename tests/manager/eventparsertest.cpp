// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/eventparser.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class EventParserTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void feed_readsSubjectNameAndValues();
    void feed_cutsAnywhere();
    void feed_takesAnEmptyValueForAValue();
    void feed_refusesWhatIsNoEvent_data();
    void feed_refusesWhatIsNoEvent();
    void feed_boundsAFrameWithoutEnd();
};

namespace
{

/// A literal with the NULs in it.
template<std::size_t Size> QByteArray bytes(const char (&text)[Size])
{
    return {text, Size - 1};
}

const QByteArray twoEvents = bytes("1\0\0connection-established\0\0"
                                   "1\0work\0property-set:label\0name\0label\0newvalue\0green\0\0");

QList<AdminEvent> whatTheyAre()
{
    return {{.subject = {}, .name = u"connection-established"_s, .values = {}},
            {.subject = u"work"_s,
             .name = u"property-set:label"_s,
             .values = {{u"name"_s, u"label"_s}, {u"newvalue"_s, u"green"_s}}}};
}

} // namespace

void EventParserTest::feed_readsSubjectNameAndValues()
{
    EventParser parser;
    const auto events = parser.feed(twoEvents);
    QVERIFY(events);
    QCOMPARE(*events, whatTheyAre());
}

void EventParserTest::feed_cutsAnywhere()
{
    for (qsizetype cut = 0; cut <= twoEvents.size(); ++cut) {
        EventParser parser;
        const auto first = parser.feed(twoEvents.first(cut));
        const auto second = parser.feed(twoEvents.sliced(cut));
        QVERIFY(first && second);
        QCOMPARE(*first + *second, whatTheyAre());
    }
}

void EventParserTest::feed_takesAnEmptyValueForAValue()
{
    EventParser parser;
    const auto events = parser.feed(bytes("1\0work\0e\0oldvalue\0\0\0"));
    QVERIFY(events);
    QCOMPARE(events->size(), 1);
    QVERIFY(events->first().values.contains(u"oldvalue"_s));
    QCOMPARE(events->first().values.value(u"oldvalue"_s), QString());
}

void EventParserTest::feed_refusesWhatIsNoEvent_data()
{
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("a success") << bytes("0\0done");
    QTest::newRow("an exception") << bytes("2\0QubesException\0\0no\0");
    QTest::newRow("words") << QByteArray("hello");
    QTest::newRow("an event and then rubbish") << QByteArray(twoEvents + "xy");
}

void EventParserTest::feed_refusesWhatIsNoEvent()
{
    QFETCH(const QByteArray, said);
    EventParser parser;
    const auto refused = parser.feed(said);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::BadField);
    QVERIFY2(!parser.feed(twoEvents), "a broken stream stays broken");
}

void EventParserTest::feed_boundsAFrameWithoutEnd()
{
    EventParser parser;
    const QByteArray endless(EventParser::MaxFrame / 4, 'x');
    QVERIFY(parser.feed(QByteArray("1\0", 2)));
    for (int i = 0; i < 3; ++i) {
        QVERIFY(parser.feed(endless));
    }
    const auto refused = parser.feed(endless);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::TooMuch);
}

QTEST_GUILESS_MAIN(EventParserTest)

#include "eventparsertest.moc"
