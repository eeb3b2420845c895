// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/services/execargument.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;

using Words = std::vector<std::string>;

class ExecArgumentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_121_words_data();
    void S_121_words();
};

void ExecArgumentTest::S_121_words_data()
{
    QTest::addColumn<std::string>("argument");
    QTest::addColumn<Words>("words"); // none: refused
    QTest::newRow("one") << "true"s << Words{"true"};
    QTest::newRow("several") << "ls+--l+a.b_C9"s << Words{"ls", "-l", "a.b_C9"};
    QTest::newRow("empty words") << "echo++"s << Words{"echo", "", ""};
    QTest::newRow("escapes") << "-2Fbin-2Fsh+----c+-24HOME-3B-20-60x-60"s << Words{"/bin/sh", "--c", "$HOME; `x`"};
    QTest::newRow("bytes") << "a-C3-A9-0A"s << Words{"a\xC3\xA9\n"};
    QTest::newRow("nothing") << ""s << Words{};
    QTest::newRow("no program") << "+x"s << Words{};
    QTest::newRow("lower case") << "a-2f"s << Words{};
    QTest::newRow("one digit") << "a-2"s << Words{};
    QTest::newRow("no digits") << "a-"s << Words{};
    QTest::newRow("other digits") << "a-2G"s << Words{};
    QTest::newRow("NUL") << "a-00"s << Words{};
    QTest::newRow("two spellings of a letter") << "a-41"s << Words{};
    QTest::newRow("two spellings of a dash") << "a-2D"s << Words{};
    QTest::newRow("bare byte") << "a/b"s << Words{};
}

void ExecArgumentTest::S_121_words()
{
    QFETCH(std::string, argument);
    QFETCH(Words, words);
    const auto decoded = decodeExecArgument(argument);
    QCOMPARE(decoded.has_value(), !words.empty());
    QVERIFY(!decoded || *decoded == words);
}

QTEST_GUILESS_MAIN(ExecArgumentTest)

#include "execargumenttest.moc"
