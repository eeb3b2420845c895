// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/rulekeeper.h"

#include <QApplication>
#include <QMessageBox>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

class RuleKeeperTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void failure_isToldWithTheRuleAndTheReason();
    void regress_longRuleIsShownByItsEnds();

private:
    /// The window that tells why a rule was not added: nobody answers where it would be.
    [[nodiscard]] QMessageBox *addInVain(const QString &rule);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RuleKeeper> m_keeper;
};

void RuleKeeperTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_keeper = std::make_unique<RuleKeeper>(m_folder->filePath(u"nobody"_s));
}

void RuleKeeperTest::cleanup()
{
    for (QWidget *window : QApplication::topLevelWidgets()) {
        if (window->objectName() == u"prompt.notremembered"_s) {
            delete window;
        }
    }
    m_keeper.reset();
}

QMessageBox *RuleKeeperTest::addInVain(const QString &rule)
{
    QSignalSpy failed(m_keeper.get(), &RuleKeeper::failed);
    m_keeper->add(rule);
    if (failed.isEmpty() && !failed.wait()) {
        return nullptr;
    }
    for (QWidget *window : QApplication::topLevelWidgets()) {
        if (auto *box = qobject_cast<QMessageBox *>(window)) {
            return box;
        }
    }
    return nullptr;
}

void RuleKeeperTest::failure_isToldWithTheRuleAndTheReason()
{
    const QString rule = u"qubes.Filecopy +x work vault deny"_s;
    const auto *box = addInVain(rule);
    QVERIFY(box != nullptr && box->isVisible());
    QVERIFY2(box->text().endsWith(rule), qPrintable(box->text()));
    QVERIFY2(box->informativeText().contains(u"nobody answers"_s), qPrintable(box->informativeText()));
    QCOMPARE(box->textFormat(), Qt::PlainText);
}

void RuleKeeperTest::regress_longRuleIsShownByItsEnds()
{
    const QString rule = u"qubes.Filecopy +"_s + QString(60'000, u'x') + u" work vault deny"_s;
    const auto *box = addInVain(rule);
    QVERIFY(box != nullptr);
    QVERIFY2(box->text().size() < 1000, qPrintable(QString::number(box->text().size())));
    QVERIFY(box->text().contains(u"qubes.Filecopy +xxx"_s));
    QVERIFY(box->text().endsWith(u"xxx work vault deny"_s));
    QCOMPARE(box->detailedText(), rule); // whole, where it can be scrolled
}

QTEST_MAIN(RuleKeeperTest)

#include "rulekeepertest.moc"
