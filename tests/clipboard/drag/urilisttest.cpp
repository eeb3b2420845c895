// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/urilist.h"

#include "vchan-io/wire/dragagentmessages.h"

#include <QTest>

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

class DragUriListTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void files_ofThisSystemAreTaken()
    {
        const auto paths = parseUriList("# from somewhere\r\nfile:///home/user/a\r\nfile://localhost/b%20c\n"
                                        "file://here/d/\r\nfile:///e%0Af",
                                        "here");
        QVERIFY(paths);
        QCOMPARE(*paths, (std::vector<std::string>{"/home/user/a", "/b c", "/d/", "/e\nf"}));
    }

    void S_104_whatIsNoFileOfAPersonRefusesTheList_data()
    {
        QTest::addColumn<QByteArray>("uri");
        QTest::newRow("of another system") << QByteArray("file://elsewhere/a");
        QTest::newRow("no file") << QByteArray("http://elsewhere/a");
        QTest::newRow("no scheme") << QByteArray("/home/user/a");
        QTest::newRow("no path") << QByteArray("file://");
        QTest::newRow("the root") << QByteArray("file:///");
        QTest::newRow("up") << QByteArray("file:///home/../etc/shadow");
        QTest::newRow("up, escaped") << QByteArray("file:///home/%2e%2e/etc/shadow");
        QTest::newRow("here") << QByteArray("file:///home/./a");
        QTest::newRow("an empty part") << QByteArray("file:///home//a");
        QTest::newRow("of the kernel") << QByteArray("file:///proc/self/mem");
        QTest::newRow("of the kernel, escaped") << QByteArray("file:///%70roc/self/mem");
        QTest::newRow("a device") << QByteArray("file:///dev/zero");
        QTest::newRow("NUL") << QByteArray("file:///home/a%00b");
        QTest::newRow("half an escape") << QByteArray("file:///home/a%0");
        QTest::newRow("no escape") << QByteArray("file:///home/a%zz");
    }

    void S_104_whatIsNoFileOfAPersonRefusesTheList()
    {
        QFETCH(const QByteArray, uri);
        QVERIFY(!parseUriList(uri.toStdString(), "here"));
        QVERIFY(!parseUriList("file:///home/user/fine\r\n" + uri.toStdString() + "\r\n", "here"));
    }

    void S_104_endlessLists_areRefused()
    {
        std::string most;
        for (std::uint32_t count = 0; count < MostFiles; ++count) {
            most += "file:///a\n";
        }
        QCOMPARE(parseUriList(most, "")->size(), std::size_t{MostFiles});
        QVERIFY(parseUriList(most + "file:///a\n", "").error().code == Errc::TooMuch);
        QVERIFY(parseUriList(std::string(LongestUriList + 1, '#'), "").error().code == Errc::TooMuch);
        QVERIFY(parseUriList("", "")->empty());
    }

    void list_isReadAsItWasWritten()
    {
        std::string odd = "/";
        for (int byte = 1; byte < 256; ++byte) {
            if (byte != '/') {
                odd.push_back(static_cast<char>(byte));
            }
        }
        const std::vector<std::string> paths{"/home/user/QubesIncoming/work/a b", odd};
        const std::string list = buildUriList(paths);
        QVERIFY(std::ranges::all_of(list, [](char c) {
            return static_cast<unsigned char>(c) < 0x7F;
        }));
        const auto read = parseUriList(list, "");
        QVERIFY(read);
        QCOMPARE(*read, paths);
    }
};

QTEST_GUILESS_MAIN(DragUriListTest)
#include "urilisttest.moc"
