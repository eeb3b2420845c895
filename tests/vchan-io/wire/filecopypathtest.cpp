// SPDX-License-Identifier: GPL-2.0-or-later
// What names and links of files may be, at every border.
#include "base/number.h"
#include "vchan-io/wire/filecopy/path.h"
#include "vchan-io/wire/filecopy/shownletters.h"

#include <QTest>

#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

// clang-format off
/// The page of the format: docs/protocol/filecopy.md, section Letters.
constexpr std::string_view ShownOnThePage =
    "20-7e a1-a5 a7 aa-ac b1-b3 b5-b7 b9-2c1 2c6-2d1 2e0-2e4 2ec 2ee 370-374 376-377 37a-37f 386-38a "
    "38c 38e-3a1 3a3-3e1 3f0-481 48a-52f 60c 964-965 e3f 10fb 1100-11ff 16eb-16ed 1735-1736 1802-1803 1805 "
    "1c80-1c88 1cd3 1ce9-1cec 1cee-1cf3 1cf5-1cf6 1cfa 1d00-1dbf 1e00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d "
    "1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb "
    "1fe0-1fec 1ff2-1ff4 1ff6-1ffc 2010-2027 2030-205e 2070-2071 2074-208e 2090-209c 20a0-20c0 2102 2107 "
    "210a-2113 2115 2118-211d 2124 2126 2128 212a-212d 212f-2139 213c-2149 214b 214e 2150-2189 2190-2194 "
    "219a-219b 21a0 21a3 21a6 21ae 21ce-21cf 21d2 21d4 21f4-22ff 2308-230b 2320-2321 2329-232a 237c 239b-23b3 "
    "23dc-23e1 2460-249b 24ea-24ff 25b7 25c1 25f8-25ff 266f 2768-2793 27c0-27ff 2900-2aff 2b30-2b44 2b47-2b4c "
    "2c60-2c7f 2e00-2e4f 2e52-2e5d 3001-3003 3005-3011 3014-301f 3021-3029 3030-3035 3038-303d 3041-3096 "
    "309d-30ff 3105-312f 3131-318e 3192-3195 31a0-31bf 31f0-31ff 3220-3229 3248-324f 3251-325f 3280-3289 "
    "32b1-32bf 3400-4dbf 4e00-9fff a640-a66e a673 a67e-a69d a717-a71f a722-a788 a78b-a7ca a7d0-a7d1 a7d3 "
    "a7d5-a7d9 a7f2-a7ff a830-a835 a838 a92e a960-a97c a9cf ab30-ab5a ab5c-ab69 ac00-d7a3 d7b0-d7c6 d7cb-d7fb "
    "f900-fa6d fa70-fad9 fb00-fb06 fd3e-fd3f fe10-fe19 fe30-fe52 fe54-fe66 fe68-fe6b ff01-ff3d ff3f ff41-ffbe "
    "ffc2-ffc7 ffca-ffcf ffd2-ffd7 ffda-ffdc ffe0-ffe2 ffe5-ffe6 ffe9-ffec 10100-10102 10107-10133 10140-10178 "
    "1018a-1018b 102e1-102fb 10780-10785 10787-107b0 107b2-107ba 16fe2-16fe3 1aff0-1aff3 1aff5-1affb "
    "1affd-1affe 1b000-1b122 1b132 1b150-1b152 1b155 1b164-1b167 1d2c0-1d2d3 1d2e0-1d2f3 1d360-1d378 "
    "1d400-1d454 1d456-1d49c 1d49e-1d49f 1d4a2 1d4a5-1d4a6 1d4a9-1d4ac 1d4ae-1d4b9 1d4bb 1d4bd-1d4c3 "
    "1d4c5-1d505 1d507-1d50a 1d50d-1d514 1d516-1d51c 1d51e-1d539 1d53b-1d53e 1d540-1d544 1d546 1d54a-1d550 "
    "1d552-1d6a5 1d6a8-1d7cb 1d7ce-1d7ff 1df00-1df1e 1df25-1df2a 1e030-1e06d 1f100-1f10c 1fbf0-1fbf9 "
    "20000-2a6df 2a700-2b739 2b740-2b81d 2b820-2cea1 2ceb0-2ebe0 2f800-2fa1d 30000-3134a 31350-323af ";
// clang-format on

char32_t number(std::string_view hex)
{
    return numberIn<std::uint32_t>(hex, 16).value_or(0);
}

std::vector<std::pair<char32_t, char32_t>> rangesOnThePage()
{
    std::vector<std::pair<char32_t, char32_t>> ranges;
    std::string_view left = ShownOnThePage;
    while (!left.empty()) {
        const std::string_view word = left.substr(0, left.find(' '));
        left.remove_prefix(word.size() + 1);
        const auto dash = word.find('-');
        ranges.emplace_back(number(word.substr(0, dash)), number(word.substr(dash == word.npos ? 0 : dash + 1)));
    }
    return ranges;
}

/// UTF-8, even of what has none.
std::string utf8(char32_t letter)
{
    const auto rest = [letter](int shift) {
        return static_cast<char>(0x80U | ((letter >> shift) & 0x3FU));
    };
    if (letter < 0x80) {
        return {static_cast<char>(letter)};
    }
    if (letter < 0x800) {
        return {static_cast<char>(0xC0U | (letter >> 6)), rest(0)};
    }
    if (letter < 0x10000) {
        return {static_cast<char>(0xE0U | (letter >> 12)), rest(6), rest(0)};
    }
    return {static_cast<char>(0xF0U | (letter >> 18)), rest(12), rest(6), rest(0)};
}

Code nameCode(std::string_view text, Letters letters = Letters::Shown)
{
    const auto path = Path::parse(text, letters);
    return path ? Code::Done : path.error();
}

Code linkCode(std::string_view name, std::string_view target, Letters letters = Letters::Shown)
{
    return judgeLink(Path::parse(name, letters).value(), target, letters);
}

std::string repeated(std::string_view text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

} // namespace

class FileCopyPathTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filecopy_032_S_105_badShapes_data();
    void filecopy_032_S_105_badShapes();
    void filecopy_033_everyBorderOfTheLetters();
    void filecopy_034_S_105_brokenUtf8();
    void filecopy_035_allNames();
    void filecopy_036_links_data();
    void filecopy_036_links();
    void S_105_partsDepthAndLengthAreLimited();
    void path_knowsItsParts();
    void letters_thatMislead();
};

void FileCopyPathTest::filecopy_032_S_105_badShapes_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const char *name : {"", "/a", "a//b", "./a", "a/./b", "a/..", "../a", "a/", ".", "..", "/", "//", "a/../b"}) {
        QTest::addRow("'%s'", name) << QByteArray(name);
    }
}

void FileCopyPathTest::filecopy_032_S_105_badShapes()
{
    QFETCH(QByteArray, name);
    QCOMPARE(nameCode(name.toStdString(), Letters::Shown), Code::BadName);
    QCOMPARE(nameCode(name.toStdString(), Letters::All), Code::BadName);
}

void FileCopyPathTest::filecopy_033_everyBorderOfTheLetters()
{
    const auto ranges = rangesOnThePage();
    QCOMPARE(ranges.size(), 217U);
    std::set<char32_t> firsts;
    for (const auto &[first, last] : ranges) {
        firsts.insert(first);
    }
    for (const auto &[first, last] : ranges) {
        QVERIFY(isShownLetter(first) && isShownLetter(last));
        QVERIFY(hasOnlyShownLetters(utf8(first)) && hasOnlyShownLetters(utf8(last)));
        QVERIFY(firsts.contains(last + 1) || !isShownLetter(last + 1));
        QVERIFY(!hasOnlyShownLetters(utf8(last + 1)));
        QVERIFY(!isShownLetter(first - 1)); // no range touches the one before it
    }
    QVERIFY(!isShownLetter(0) && !isShownLetter(0x10FFFF) && !isShownLetter(0x110000));
}

void FileCopyPathTest::filecopy_034_S_105_brokenUtf8()
{
    for (const char *bad : {"a\x7F",
                            "\x80",
                            "a\xBF",
                            "\xC0\xAF",
                            "\xC1\xA1",
                            "\xE0\x80\xAF",
                            "\xE0\x9F\xBF",
                            "\xF0\x80\x80\xAF",
                            "\xF0\x8F\xBF\xBF",
                            "\xED\xA0\x80",
                            "\xED\xBF\xBF",
                            "\xF4\x90\x80\x80",
                            "\xF8\x88\x80\x80\x80",
                            "\xFF",
                            "\xC3",
                            "\xE2\x80",
                            "\xC3(",
                            "\xF0\xA0\x80"}) {
        QCOMPARE(nameCode(bad), Code::BadName);
    }
}

void FileCopyPathTest::filecopy_035_allNames()
{
    for (const char *odd : {"a\nb", "\x1B[2J", "\xFF\xFE", "\xC0\xAF", "\x7F"}) {
        QCOMPARE(nameCode(odd, Letters::Shown), Code::BadName);
        QCOMPARE(nameCode(odd, Letters::All), Code::Done);
    }
    QCOMPARE(nameCode(std::string_view("a\0b", 3), Letters::All), Code::BadName);
}

void FileCopyPathTest::filecopy_036_links_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<quint32>("code");
    const auto row = [](const char *name, const char *target, Code code) {
        QTest::addRow("%s -> %s", name, QByteArray(target).replace('\n', "newline").constData())
            << QByteArray(name) << QByteArray(target) << quint32{std::to_underlying(code)};
    };
    row("l", "f", Code::UnsafeLink);
    row("d/l", "f", Code::Done);
    row("d/l", "../x", Code::UnsafeLink);
    row("d/e/l", "../x", Code::Done);
    row("d/e/l", "../../x", Code::UnsafeLink);
    row("d/e/f/l", "../../x", Code::Done);
    row("d/l", "/etc", Code::UnsafeLink);
    row("d/l", "/", Code::UnsafeLink);
    row("d/l", "x/..", Code::UnsafeLink);
    row("d/e/l", "x/..", Code::UnsafeLink);
    row("d/e/l", "../x/../y", Code::UnsafeLink);
    row("d/l", "./x//y", Code::Done);
    row("d/e/l", "./../x", Code::Done);
    row("d/l", "./../x", Code::UnsafeLink);
    row("d/l", ".//..", Code::UnsafeLink);
    row("d/l", "x/", Code::Done);
    row("d/l", ".", Code::Done);
    row("d/l", "..", Code::UnsafeLink);
    row("d/l", "...", Code::Done);
    row("d/l", "x\ny", Code::BadName);
    row("d/l", "", Code::NotFound);
}

void FileCopyPathTest::filecopy_036_links()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, target);
    QFETCH(quint32, code);
    QCOMPARE(linkCode(name.toStdString(), target.toStdString()), static_cast<Code>(code));
    if (static_cast<Code>(code) == Code::UnsafeLink) {
        QCOMPARE(linkCode(name.toStdString(), target.toStdString(), Letters::All), Code::UnsafeLink);
    }
}

void FileCopyPathTest::S_105_partsDepthAndLengthAreLimited()
{
    QCOMPARE(nameCode(std::string(255, 'a')), Code::Done);
    QCOMPARE(nameCode(std::string(256, 'a')), Code::TooLong);
    QCOMPARE(nameCode("a/" + std::string(256, 'a') + "/b"), Code::TooLong);
    QCOMPARE(nameCode(repeated("a/", 63) + "a"), Code::Done);
    QCOMPARE(nameCode(repeated("a/", 64) + "a"), Code::TooLong);
    const std::string part = std::string(200, 'a') + '/';
    QCOMPARE(nameCode(repeated(part, 20) + std::string(75, 'b')), Code::Done);
    QCOMPARE(nameCode(repeated(part, 20) + std::string(76, 'b')), Code::TooLong);
    // What is wrong besides counts first.
    QCOMPARE(nameCode(std::string(256, 'a') + "/.."), Code::BadName);
}

void FileCopyPathTest::path_knowsItsParts()
{
    const Path one = Path::parse("file", Letters::Shown).value();
    QCOMPARE(one.last(), std::string_view("file"));
    QCOMPARE(one.parent(), std::string_view());
    QCOMPARE(one.top(), std::string_view("file"));
    QCOMPARE(one.depth(), 1U);
    const Path three = Path::parse("a/b/file", Letters::Shown).value();
    QCOMPARE(three.last(), std::string_view("file"));
    QCOMPARE(three.parent(), std::string_view("a/b"));
    QCOMPARE(three.top(), std::string_view("a"));
    QCOMPARE(three.depth(), 3U);
}

void FileCopyPathTest::letters_thatMislead()
{
    for (const char *bad :
         {"a\u00A0b", "e\u0301", "\U0001F600", "\u0627", "\u05D0", "\u0E01", "\u200B", "\u202E", "\u2066"}) {
        QCOMPARE(nameCode(bad), Code::BadName);
    }
    for (const char *good :
         {"\u00E9t\u00E9", "\u043F\u0440\u0438\u0432\u0435\u0442", "\u6587\u4EF6", "\uFF21", " a b "}) {
        QCOMPARE(nameCode(good), Code::Done);
    }
}

QTEST_GUILESS_MAIN(FileCopyPathTest)
#include "filecopypathtest.moc"
