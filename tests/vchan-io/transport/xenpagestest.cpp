// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenpages.h"

#include "tests/support/fakexen.h"
#include "vchan-io/transport/xenbackend.h"

#include <QTest>

#include <cstring>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

constexpr DomId Guest{7};
constexpr DomId OtherGuest{9};

struct Domains {
    FakeXen xen;
    XenBackend guest{xen.devicesOf(Guest)};
    XenBackend dom0{xen.devicesOf(Dom0)};
    std::unique_ptr<PageGranter> granter = guest.granterFor(Dom0).value();
    std::unique_ptr<PageMapper> mapper = dom0.mapperFor(Guest).value();
};

} // namespace

class XenPagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mappedPagesShowWhatTheGuestWrites();
    void orderOfReferencesIsKept();
    void pagesAreZeroedAndForReadingOnly();
    void peersMappingOutlivesTheGrant();
    void releasedReferencesCannotBeMapped();
    void onlyThePeersOwnPagesAreMapped();
    void oneBadReferenceMapsNothing();
    void grantLimitIsSaid();
    void mappedPagesAreLimited();
    void mappedPagesOutliveTheMapper();
};

void XenPagesTest::mappedPagesShowWhatTheGuestWrites()
{
    Domains domains;
    const auto pages = domains.granter->grant(3).value();
    QCOMPARE(pages->bytes().size(), 3 * PageSize);
    QCOMPARE(pages->refs().size(), 3U);
    const auto mapped = domains.mapper->map(pages->refs()).value();
    QCOMPARE(mapped->size(), 3 * PageSize);
    std::memset(pages->bytes().data() + PageSize - 2, 7, 4);
    std::vector<std::byte> got(6);
    mapped->copyOut(PageSize - 3, got);
    QVERIFY((got == std::vector{std::byte{0}, std::byte{7}, std::byte{7}, std::byte{7}, std::byte{7}, std::byte{0}}));
}

void XenPagesTest::orderOfReferencesIsKept()
{
    Domains domains;
    const auto pages = domains.granter->grant(2).value();
    pages->bytes()[0] = std::byte{1};
    pages->bytes()[PageSize] = std::byte{2};
    const auto mapped = domains.mapper->map(std::array{pages->refs()[1], pages->refs()[0], pages->refs()[1]}).value();
    std::vector<std::byte> got(3 * PageSize);
    mapped->copyOut(0, got);
    QCOMPARE(got[0], std::byte{2});
    QCOMPARE(got[PageSize], std::byte{1});
    QCOMPARE(got[2 * PageSize], std::byte{2});
}

void XenPagesTest::pagesAreZeroedAndForReadingOnly()
{
    Domains domains;
    auto pages = domains.granter->grant(1).value();
    std::memset(pages->bytes().data(), 1, PageSize);
    pages.reset();
    pages = domains.granter->grant(1).value();
    QCOMPARE(pages->bytes()[100], std::byte{0});
    const auto dom0 = domains.xen.devicesOf(Dom0);
    QCOMPARE(dom0->map(Guest, pages->refs(), XenAccess::ReadWrite, std::nullopt).error().code, Errc::Driver);
    QVERIFY(dom0->map(Guest, pages->refs(), XenAccess::Read, std::nullopt));
}

void XenPagesTest::peersMappingOutlivesTheGrant()
{
    Domains domains;
    auto pages = domains.granter->grant(2).value();
    pages->bytes()[0] = std::byte{9};
    auto mapped = domains.mapper->map(pages->refs()).value();
    pages.reset();
    QCOMPARE(domains.xen.grantedPages(), 2U);
    const auto others = domains.granter->grant(2).value(); // other pages, whatever becomes of those
    std::memset(others->bytes().data(), 5, 2 * PageSize);
    std::vector<std::byte> got(1);
    mapped->copyOut(0, got);
    QCOMPARE(got[0], std::byte{9});
    mapped.reset();
    QCOMPARE(domains.xen.grantedPages(), 2U);
}

void XenPagesTest::releasedReferencesCannotBeMapped()
{
    Domains domains;
    auto pages = domains.granter->grant(1).value();
    const GrantRef ref = pages->refs().front();
    pages.reset();
    QCOMPARE(domains.mapper->map(std::array{ref}).error().code, Errc::Driver);
    QCOMPARE(domains.xen.grantedPages(), 0U);
}

void XenPagesTest::onlyThePeersOwnPagesAreMapped()
{
    Domains domains;
    XenBackend other(domains.xen.devicesOf(OtherGuest));
    const auto othersGranter = other.granterFor(Dom0).value();
    const auto others = othersGranter->grant(1).value();
    QCOMPARE(domains.mapper->map(others->refs()).error().code, Errc::Driver);
    const auto forTheOther = domains.guest.granterFor(OtherGuest).value();
    const auto notForUs = forTheOther->grant(1).value();
    QCOMPARE(domains.mapper->map(notForUs->refs()).error().code, Errc::Driver);
}

void XenPagesTest::oneBadReferenceMapsNothing()
{
    Domains domains;
    const auto pages = domains.granter->grant(1).value();
    for (const std::uint32_t bad : {0U, 7U, 4095U, 0xFFFFFFFFU}) {
        QCOMPARE(domains.mapper->map(std::array{pages->refs().front(), GrantRef(bad)}).error().code, Errc::Driver);
    }
    QCOMPARE(domains.mapper->map({}).error().code, Errc::BadField);
    QCOMPARE(domains.xen.mappedPages(), 0U);
}

void XenPagesTest::grantLimitIsSaid()
{
    Domains domains;
    domains.xen.shareLimit = 10;
    const auto pages = domains.granter->grant(10).value();
    QCOMPARE(domains.granter->grant(1).error().code, Errc::TooMuch);
    QCOMPARE(domains.granter->grant(0).error().code, Errc::TooMuch);
    QCOMPARE(domains.granter->grant(MaxMappedPages + 1).error().code, Errc::TooMuch);
}

void XenPagesTest::mappedPagesAreLimited()
{
    Domains domains;
    const auto pages = domains.granter->grant(2048).value();
    std::vector<std::unique_ptr<MappedPages>> mapped;
    mapped.reserve(32);
    for (int i = 0; i < 32; ++i) {
        mapped.push_back(domains.mapper->map(pages->refs()).value());
    }
    QCOMPARE(domains.mapper->map(pages->refs().first(1)).error().code, Errc::TooMuch);
    mapped.pop_back();
    QVERIFY(domains.mapper->map(pages->refs().first(1)));
}

void XenPagesTest::mappedPagesOutliveTheMapper()
{
    Domains domains;
    const auto pages = domains.granter->grant(1).value();
    const auto mapped = domains.mapper->map(pages->refs()).value();
    domains.mapper.reset();
    pages->bytes()[5] = std::byte{6};
    std::vector<std::byte> got(6);
    mapped->copyOut(0, got);
    QCOMPARE(got[5], std::byte{6});
}

QTEST_GUILESS_MAIN(XenPagesTest)
#include "xenpagestest.moc"
