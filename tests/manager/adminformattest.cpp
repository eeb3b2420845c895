// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminformat.h"

#include "manager/client/adminreply.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class AdminFormatTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void request_isTheHeaderANulAndThePayload();
    void reply_hasThreeShapes_data();
    void reply_hasThreeShapes();
    void list_readsStatesOfTodayAndTomorrow();
    void list_refusesALineWithoutStateOrClass();
    void properties_areUnescaped();
    void properties_decideTheKind_data();
    void properties_decideTheKind();
    void properties_withoutDetailsKeepTheDefaults();
};

void AdminFormatTest::request_isTheHeaderANulAndThePayload()
{
    QCOMPARE(buildRequest({.method = "admin.vm.List", .destination = "dom0", .argument = {}, .payload = {}}),
             QByteArray("admin.vm.List dom0 name dom0\0", 29));
    QCOMPARE(
        buildRequest({.method = "admin.vm.property.Set", .destination = "work", .argument = "label", .payload = "red"}),
        QByteArray("admin.vm.property.Set+label dom0 name work\0red", 46));
}

void AdminFormatTest::reply_hasThreeShapes_data()
{
    using Kind = AdminError::Kind;
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing") << QByteArray() << static_cast<int>(Kind::NoAnswer) << noAnswerError().words;
    QTest::newRow("half a frame") << QByteArray("0") << static_cast<int>(Kind::BadAnswer) << badAnswerError().words;
    QTest::newRow("no frame") << QByteArray("9\0x", 3) << static_cast<int>(Kind::BadAnswer) << badAnswerError().words;
    QTest::newRow("an exception with words") << QByteArray("2\0QubesVMError\0\0Only 20%% are left.\0", 37)
                                             << static_cast<int>(Kind::Exception) << u"Only 20% are left."_s;
    QTest::newRow("an exception with a class only")
        << QByteArray("2\0QubesMemoryError\0\0\0", 21) << static_cast<int>(Kind::Exception)
        << u"There is not enough free memory."_s;
    QTest::newRow("an unknown exception") << QByteArray("2\0NewError\0\0\0", 13) << static_cast<int>(Kind::Exception)
                                          << u"The core service refused this (NewError)."_s;
    QTest::newRow("an exception cut short")
        << QByteArray("2\0QubesVMError\0", 15) << static_cast<int>(Kind::BadAnswer) << badAnswerError().words;
}

void AdminFormatTest::reply_hasThreeShapes()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const int, kind);
    QFETCH(const QString, words);
    const AdminResult result = parseReply(bytes);
    QVERIFY(!result);
    QCOMPARE(static_cast<int>(result.error().kind), kind);
    QCOMPARE(result.error().words, words);
    QCOMPARE(parseReply(QByteArray("0\0value", 7)).value_or("none"), QByteArray("value"));
}

void AdminFormatTest::list_readsStatesOfTodayAndTomorrow()
{
    const auto qubes = parseQubeList("dom0 class=AdminVM state=Running uuid=0\n"
                                     "work class=AppVM state=Transient uuid=1 more=2\n"
                                     "odd class=NewVM state=Dreaming\n");
    QVERIFY(qubes);
    QCOMPARE(qubes->size(), 3);
    QCOMPARE(qubes->at(0).kind, QubeKind::Admin);
    QCOMPARE(qubes->at(1).state, QubeState::Starting);
    QVERIFY(!qubes->at(1).hasDetails);
    QCOMPARE(qubes->at(2).kind, QubeKind::Unknown);
    QCOMPARE(qubes->at(2).state, QubeState::Unknown);
    QCOMPARE(qubes->at(2).stateText, u"Dreaming"_s);
}

void AdminFormatTest::list_refusesALineWithoutStateOrClass()
{
    QVERIFY(!parseQubeList("work class=AppVM\n"));
    QVERIFY(!parseQubeList("work state=Running uuid=1\n"));
    QVERIFY(!parseQubeList("work\n"));
}

void AdminFormatTest::properties_areUnescaped()
{
    const auto properties = parseProperties("kernelopts default=False type=str a\\\\b\\nc\n"
                                            "netvm default=True type=vm \n");
    QVERIFY(properties);
    QCOMPARE(properties->value(u"kernelopts"_s).value, u"a\\b\nc"_s);
    QVERIFY(!properties->value(u"kernelopts"_s).isDefault);
    QVERIFY(properties->contains(u"netvm"_s));
    QVERIFY(properties->value(u"netvm"_s).value.isEmpty());
    QVERIFY(!parseProperties("netvm sys-net\n"));
}

void AdminFormatTest::properties_decideTheKind_data()
{
    QTest::addColumn<QString>("className");
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QubeKind>("kind");
    QTest::newRow("application") << u"AppVM"_s << QByteArray("template_for_dispvms default=True type=bool False\n")
                                 << QubeKind::Application;
    QTest::newRow("disposable template") << u"AppVM"_s
                                         << QByteArray("template_for_dispvms default=False type=bool True\n")
                                         << QubeKind::DisposableTemplate;
    QTest::newRow("disposable") << u"DispVM"_s << QByteArray("auto_cleanup default=False type=bool True\n")
                                << QubeKind::Disposable;
    QTest::newRow("named disposable") << u"DispVM"_s << QByteArray("auto_cleanup default=True type=bool False\n")
                                      << QubeKind::NamedDisposable;
    QTest::newRow("template") << u"TemplateVM"_s << QByteArray("x default=True type=str y\n") << QubeKind::Template;
}

void AdminFormatTest::properties_decideTheKind()
{
    QFETCH(const QString, className);
    QFETCH(const QByteArray, property);
    QFETCH(const QubeKind, kind);
    QubeInfo qube;
    qube.className = className;
    applyProperties(qube, parseProperties(property).value());
    QCOMPARE(qube.kind, kind);
    QVERIFY(qube.hasDetails);
}

void AdminFormatTest::properties_withoutDetailsKeepTheDefaults()
{
    QubeInfo qube;
    applyProperties(qube, parseProperties("xid default=True type=int \n").value());
    QCOMPARE(qube.domId, std::int64_t{-1});
    QCOMPARE(qube.guiQube, u"dom0"_s);
    applyProperties(qube, parseProperties("xid default=True type=int 12\nguivm default=False type=vm \n").value());
    QCOMPARE(qube.domId, std::int64_t{12});
    QCOMPARE(qube.guiQube, QString());
}

QTEST_GUILESS_MAIN(AdminFormatTest)

#include "adminformattest.moc"
