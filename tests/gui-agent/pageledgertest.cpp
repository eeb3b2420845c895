// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/pageledger.h"

#include <QTest>

#include <memory>
#include <vector>

using namespace Bulkhead;
using GuiAgent::PageLedger;

namespace
{

/// Pages that say when they are taken back.
class FakePages final : public GrantedPages
{
public:
    explicit FakePages(bool &granted)
        : m_granted(granted)
    {
        m_granted = true;
    }

    FakePages(const FakePages &) = delete;
    FakePages &operator=(const FakePages &) = delete;

    ~FakePages() override
    {
        m_granted = false;
    }

    [[nodiscard]] std::span<std::byte> bytes() noexcept override
    {
        return {};
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return {};
    }

private:
    bool &m_granted;
};

constexpr WindowId A{1};
constexpr WindowId B{2};

} // namespace

class PageLedgerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void xsa_396_gui_108_pagesOfADestroyedWindowStayUntilAllAcknowledgementsCame();
    void gui_108_surplusAcknowledgementIsIgnored();
    void gui_110_acknowledgementsReleaseTheWindowTheyName();
    void replacedPages_stayUntilTheNewOnesAreAcknowledged();
    void replacedPages_thatWereNeverDumpedStayUntilTheNewOnesAre();
    void gui_109_olderDaemonsAcknowledgeNothing();
    void restart_expectsNothingOfTheDaemonBefore();

private:
    std::unique_ptr<GrantedPages> pages(bool &granted)
    {
        return std::make_unique<FakePages>(granted);
    }

    std::unique_ptr<PageLedger> m_ledger;
    bool m_first = false;
    bool m_second = false;
};

void PageLedgerTest::init()
{
    m_ledger = std::make_unique<PageLedger>();
}

void PageLedgerTest::xsa_396_gui_108_pagesOfADestroyedWindowStayUntilAllAcknowledgementsCame()
{
    m_ledger->replace(A, pages(m_first));
    m_ledger->dumped(A);
    m_ledger->dumped(A);
    m_ledger->release(A);
    QVERIFY(m_first);
    QCOMPARE(m_ledger->find(A), nullptr);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(m_first);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(!m_first);
    QCOMPARE(m_ledger->granted(), 0U);
}

void PageLedgerTest::gui_108_surplusAcknowledgementIsIgnored()
{
    QVERIFY(!m_ledger->acknowledged(A));
    m_ledger->replace(A, pages(m_first));
    QVERIFY(!m_ledger->acknowledged(A));
    m_ledger->dumped(A);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(!m_ledger->acknowledged(A));
    QVERIFY(m_first);
    QVERIFY(m_ledger->find(A) != nullptr);
}

void PageLedgerTest::gui_110_acknowledgementsReleaseTheWindowTheyName()
{
    m_ledger->replace(A, pages(m_first));
    m_ledger->replace(B, pages(m_second));
    m_ledger->dumped(A);
    m_ledger->dumped(B);
    m_ledger->release(A);
    m_ledger->release(B);
    QVERIFY(m_ledger->acknowledged(B));
    QVERIFY(m_first);
    QVERIFY(!m_second);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(!m_first);
}

void PageLedgerTest::replacedPages_stayUntilTheNewOnesAreAcknowledged()
{
    m_ledger->replace(A, pages(m_first));
    m_ledger->dumped(A);
    QVERIFY(m_ledger->acknowledged(A));
    m_ledger->replace(A, pages(m_second));
    QVERIFY(m_first); // the daemon still shows them
    m_ledger->dumped(A);
    QVERIFY(m_first);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(!m_first);
    QVERIFY(m_second);
}

void PageLedgerTest::replacedPages_thatWereNeverDumpedStayUntilTheNewOnesAre()
{
    m_ledger->replace(A, pages(m_first));
    m_ledger->replace(A, pages(m_second));
    m_ledger->dumped(A);
    QVERIFY(m_ledger->acknowledged(A));
    QVERIFY(!m_first);
    QVERIFY(m_second);
}

void PageLedgerTest::gui_109_olderDaemonsAcknowledgeNothing()
{
    m_ledger->restart(PageLedger::Acknowledgement::NotSent);
    m_ledger->replace(A, pages(m_first));
    m_ledger->dumped(A);
    m_ledger->replace(A, pages(m_second));
    m_ledger->dumped(A);
    QVERIFY(!m_first);
    m_ledger->release(A);
    QVERIFY(!m_second);
}

void PageLedgerTest::restart_expectsNothingOfTheDaemonBefore()
{
    m_ledger->replace(A, pages(m_first));
    m_ledger->dumped(A);
    m_ledger->replace(B, pages(m_second));
    m_ledger->dumped(B);
    m_ledger->release(A);
    m_ledger->restart(PageLedger::Acknowledgement::Sent);
    QVERIFY(!m_first);
    QVERIFY(m_second);
    QVERIFY(!m_ledger->acknowledged(B));
}

QTEST_GUILESS_MAIN(PageLedgerTest)
#include "pageledgertest.moc"
