// SPDX-License-Identifier: GPL-2.0-or-later
// Which file or address another qube shall show, byte by byte and at the limits.
#include "vchan-io/wire/filecopy/openrequest.h"

#include "tests/support/wirebody.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;
using Bulkhead::Test::Bytes;

namespace
{

std::string builtName(const std::string &name, OpenMode mode)
{
    const Bytes field = buildOpenRequest(name, mode);
    std::string text;
    for (const std::byte byte : field) {
        text += std::to_integer<char>(byte);
    }
    return text;
}

Result<OpenRequest> parsed(std::string_view name)
{
    return parseOpenRequest(Test::field(name, OpenNameSize));
}

} // namespace

class OpenRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filecopy_048_fieldAtItsLimits();
    void filecopy_048_lastByteIsNul();
    void filecopy_051_oddNamesArePlain();
    void filecopy_051_pathsAreRefused();
    void filecopy_052_addresses();
};

void OpenRequestTest::filecopy_048_fieldAtItsLimits()
{
    for (std::size_t size = 240; size <= 260; ++size) {
        const std::string name = "head" + std::string(size - 8, 'm') + "tail";
        const std::string edit = builtName(name, OpenMode::Edit);
        QCOMPARE(edit.size(), OpenNameSize);
        QCOMPARE(edit.substr(0, edit.find('\0')), name.substr(size - std::min<std::size_t>(size, 255)));
        const std::string view = builtName(name, OpenMode::View);
        QCOMPARE(view.size(), OpenNameSize);
        QCOMPARE(view.substr(0, view.find('\0')), "view-only-" + name.substr(size - std::min<std::size_t>(size, 245)));
    }
    QCOMPARE(builtName("a", OpenMode::Edit), "a" + std::string(255, '\0'));
}

void OpenRequestTest::filecopy_048_lastByteIsNul()
{
    QCOMPARE(parsed(std::string(256, 'a')).value().name, std::string(255, 'a'));
    const std::string behind = std::string("name\0/../x", 10);
    QCOMPARE(parsed(behind).value().name, std::string("name"));
}

void OpenRequestTest::filecopy_051_oddNamesArePlain()
{
    QCOMPARE(parsed("Azn09._+@-").value().name, std::string("Azn09._+@-"));
    QCOMPARE(parsed("a b\n\x1B\xC3\xA9.txt").value().name, std::string("a_b____.txt"));
    QCOMPARE(parsed("-rf $(x)").value().name, std::string("-rf___x_"));
    QCOMPARE(parsed("view-only-a.pdf").value(), (OpenRequest{.name = "a.pdf", .mode = OpenMode::View}));
    QCOMPARE(parsed("view-onlya").value(), (OpenRequest{.name = "view-onlya", .mode = OpenMode::Edit}));
}

void OpenRequestTest::filecopy_051_pathsAreRefused()
{
    for (const char *bad :
         {"", ".", "..", "/", "a/b", "../a", "/etc/passwd", "view-only-", "view-only-..", "view-only-a/b"}) {
        QVERIFY(!parsed(bad));
    }
}

void OpenRequestTest::filecopy_052_addresses()
{
    for (const char *good : {"http://a", "https://example.org/?q=1#x", "ftp://a/b", "HTTPS://Example.ORG"}) {
        QCOMPARE(parseAddress(good).value(), std::string(good));
    }
    for (const char *bad : {"",
                            "http://",
                            "file:///etc/passwd",
                            "javascript:alert(1)",
                            "mailto:a@b",
                            "https:/a",
                            " http://a",
                            "http://a b",
                            "http://a\nb",
                            "http://a\"b",
                            "http://a'b",
                            "http://\xC3\xA9",
                            "-http://a"}) {
        QVERIFY2(!parseAddress(bad), bad);
    }
    QVERIFY(parseAddress("http://" + std::string(MaxAddress - 7, 'a')));
    QVERIFY(!parseAddress("http://" + std::string(MaxAddress - 6, 'a')));
}

QTEST_GUILESS_MAIN(OpenRequestTest)
#include "openrequesttest.moc"
