// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/createdialog.h"

#include "manager/app/namecheck.h"
#include "tests/manager/fakesource.h"

#include <KMessageWidget>
#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::makeQube;

class CreateDialogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void name_isCheckedAsTyped_data();
    void name_isCheckedAsTyped();
    void fields_beginWithWhatIsUsual();
    void enter_createsWithDefaults();
    void choices_arriveInTheRequest();
    void while_itIsMadeNothingCanBePressed();
    void failure_keepsEverythingAndSaysWhy();
    void failure_ofTheNameStandsAtTheName();
    void without_aTemplateNothingCanBeMade();
    void controls_haveNames();

private:
    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_dialog->findChild<Widget *>(name);
    }

    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<CreateDialog> m_dialog;
};

void CreateDialogTest::init()
{
    qputenv("BULKHEAD_DEMO", "1");
    m_source = std::make_unique<Test::FakeSource>();
    QubeInfo first = makeQube(u"arch"_s);
    first.kind = QubeKind::Template;
    QubeInfo standard = makeQube(u"debian-13"_s);
    standard.kind = QubeKind::Template;
    QubeInfo firewall = makeQube(u"sys-firewall"_s, u"green"_s);
    firewall.providesNetwork = true;
    m_source->load({first, standard, firewall, makeQube(u"qube-1"_s)});
    m_dialog = std::make_unique<CreateDialog>(m_source.get());
    m_dialog->setAttribute(Qt::WA_DeleteOnClose, false);
    m_dialog->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
}

void CreateDialogTest::cleanup()
{
    m_dialog.reset();
    m_source.reset();
}

void CreateDialogTest::name_isCheckedAsTyped_data()
{
    const QString rule = u"Letters, digits, dot, - and _, beginning with a letter, at most 31."_s;
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("problem");
    QTest::addColumn<bool>("possible");
    QTest::newRow("good") << u"work-2.a_b"_s << QString() << true;
    QTest::newRow("as long as can be") << QString(31, u'a') << QString() << true;
    QTest::newRow("empty") << QString() << QString() << false;
    QTest::newRow("one too long") << QString(32, u'a') << rule << false;
    QTest::newRow("digit first") << u"2work"_s << rule << false;
    QTest::newRow("space") << u"my work"_s << rule << false;
    QTest::newRow("other script") << u"w\u043Erk"_s << rule << false;
    QTest::newRow("taken") << u"qube-1"_s << u"There is a qube of this name already."_s << false;
    QTest::newRow("reserved") << u"none"_s << u"This name is reserved."_s << false;
    QTest::newRow("reserved ending") << u"work-dm"_s << u"This name is reserved."_s << false;
}

void CreateDialogTest::name_isCheckedAsTyped()
{
    QFETCH(const QString, name);
    QFETCH(const QString, problem);
    QFETCH(const bool, possible);
    child<QLineEdit>(u"new.name"_s)->setText(name);
    auto *label = child<QLabel>(u"new.name.problem"_s);
    QCOMPARE(label->text(), problem);
    QCOMPARE(label->isVisible(), !problem.isEmpty());
    QCOMPARE(child<QPushButton>(u"new.create"_s)->isEnabled(), possible);
}

void CreateDialogTest::fields_beginWithWhatIsUsual()
{
    QCOMPARE(child<QLineEdit>(u"new.name"_s)->text(), u"qube-2"_s);
    QCOMPARE(child<QLineEdit>(u"new.name"_s)->selectedText(), u"qube-2"_s);
    QCOMPARE(child<QComboBox>(u"new.template"_s)->currentText(), u"debian-13"_s);
    QCOMPARE(child<QComboBox>(u"new.network"_s)->currentText(), u"Default (sys-firewall)"_s);
    QCOMPARE(child<QComboBox>(u"new.network"_s)->count(), 3);
    QCOMPARE(child<QLabel>(u"new.label.name"_s)->text(), u"red"_s);
}

void CreateDialogTest::enter_createsWithDefaults()
{
    QSignalSpy created(m_dialog.get(), &CreateDialog::created);
    auto *name = child<QLineEdit>(u"new.name"_s);
    QTest::keyClicks(name, u"mail"_s); // over the selected suggestion
    QTest::keyClick(name, Qt::Key_Return);
    QCOMPARE(m_source->askedFor(), QStringList{u"create mail red debian-13"_s});
    QVERIFY(m_dialog->isVisible());
    m_source->answer();
    QCOMPARE(created.size(), 1);
    QCOMPARE(created.first().first().toString(), u"mail"_s);
    QVERIFY(!m_dialog->isVisible());
}

void CreateDialogTest::choices_arriveInTheRequest()
{
    child<QLineEdit>(u"new.name"_s)->setText(u"mail"_s);
    child<QAbstractButton>(u"new.label.blue"_s)->click();
    child<QComboBox>(u"new.template"_s)->setCurrentText(u"arch"_s);
    auto *network = child<QComboBox>(u"new.network"_s);
    network->setCurrentIndex(1);
    QCOMPARE(m_dialog->wanted().network, NewQube::Network::None);
    network->setCurrentIndex(2);
    const NewQube wanted = m_dialog->wanted();
    QCOMPARE(wanted.label, u"blue"_s);
    QCOMPARE(wanted.templateName, u"arch"_s);
    QCOMPARE(wanted.network, NewQube::Network::Provider);
    QCOMPARE(wanted.netQube, u"sys-firewall"_s);
}

void CreateDialogTest::while_itIsMadeNothingCanBePressed()
{
    child<QPushButton>(u"new.create"_s)->click();
    QVERIFY(!child<QPushButton>(u"new.create"_s)->isEnabled());
    QVERIFY(!child<QLineEdit>(u"new.name"_s)->isEnabled());
    QVERIFY2(child<QPushButton>(u"new.cancel"_s)->isEnabled(), "one can always leave");
}

void CreateDialogTest::failure_keepsEverythingAndSaysWhy()
{
    child<QLineEdit>(u"new.name"_s)->setText(u"mail"_s);
    child<QAbstractButton>(u"new.label.blue"_s)->click();
    child<QPushButton>(u"new.create"_s)->click();
    m_source->answer(std::unexpected(AdminError{
        .kind = AdminError::Kind::Exception, .type = u"StoragePoolException"_s, .words = u"The pool is full."_s}));
    QVERIFY(m_dialog->isVisible());
    auto *failure = child<KMessageWidget>(u"new.failure"_s);
    QVERIFY(failure->isVisible());
    QCOMPARE(failure->text(),
             u"mail could not be created. The pool is full. Nothing was left behind; you can try again."_s);
    QCOMPARE(child<QLineEdit>(u"new.name"_s)->text(), u"mail"_s);
    QCOMPARE(m_dialog->wanted().label, u"blue"_s);
    QVERIFY(child<QPushButton>(u"new.create"_s)->isEnabled());
}

void CreateDialogTest::failure_ofTheNameStandsAtTheName()
{
    child<QLineEdit>(u"new.name"_s)->setText(u"mail"_s);
    child<QPushButton>(u"new.create"_s)->click();
    m_source->change(makeQube(u"mail"_s)); // somebody else was quicker
    m_source->answer(std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"QubesValueError"_s, .words = u"mail is taken."_s}));
    QCOMPARE(child<QLabel>(u"new.name.problem"_s)->text(), u"mail is taken."_s);
    QVERIFY(child<QLabel>(u"new.name.problem"_s)->isVisible());
    QVERIFY(!child<KMessageWidget>(u"new.failure"_s)->isVisible());
}

void CreateDialogTest::without_aTemplateNothingCanBeMade()
{
    m_source->load({makeQube(u"work"_s)});
    CreateDialog dialog(m_source.get());
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    QVERIFY(!dialog.findChild<QPushButton *>(u"new.create"_s)->isEnabled());
    QVERIFY(!dialog.findChild<QLabel *>(u"new.template.problem"_s)->text().isEmpty());
}

void CreateDialogTest::controls_haveNames()
{
    for (const QString &name : {u"new.name"_s,
                                u"new.template"_s,
                                u"new.network"_s,
                                u"new.label"_s,
                                u"new.label.red"_s,
                                u"new.preview"_s,
                                u"banner.demo"_s}) {
        auto *widget = child<QWidget>(name);
        QVERIFY2(widget != nullptr, qPrintable(name));
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(name));
    }
}

QTEST_MAIN(CreateDialogTest)

#include "createdialogtest.moc"
