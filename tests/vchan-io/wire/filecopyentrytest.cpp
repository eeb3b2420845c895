// SPDX-License-Identifier: GPL-2.0-or-later
// The stream of files: entries and answers, byte by byte and at their limits.
#include "tests/support/wirebody.h"
#include "vchan-io/wire/filecopy/crc32.h"
#include "vchan-io/wire/filecopy/entry.h"
#include "vchan-io/wire/filecopy/outcome.h"

#include <QTest>

#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;
using Bulkhead::Test::Bytes;
using Bulkhead::Test::fromHex;
using Bulkhead::Test::joined;
using Bulkhead::Test::words;

namespace
{

constexpr std::uint32_t PlainFile = 0100644;

Path pathOf(std::string_view text)
{
    return Path::parse(text, Letters::Shown).value();
}

Bytes textBytes(std::string_view text)
{
    return Test::field(text, text.size());
}

/// What a header with these fields and this name means.
Verdict<Entry> parsed(std::uint32_t mode, std::uint64_t size, Bytes name, std::uint32_t nanoseconds = 0)
{
    const Bytes header = words({std::ssize(name),
                                mode,
                                static_cast<std::int64_t>(size & 0xFFFFFFFF),
                                static_cast<std::int64_t>(size >> 32),
                                1,
                                0,
                                3,
                                nanoseconds});
    return parseEntry(parseHeader(header).value().value(), name, Letters::Shown);
}

Verdict<Entry> parsed(std::uint32_t mode, std::uint64_t size, std::string_view name, std::uint32_t nanoseconds = 0)
{
    return parsed(mode, size, joined({textBytes(name), Bytes(1)}), nanoseconds);
}

Code codeOf(const auto &verdict)
{
    return verdict ? Code::Done : verdict.error();
}

std::uint32_t checksumOf(const Bytes &bytes)
{
    Crc32 sum;
    sum.add(bytes);
    return sum.value();
}

} // namespace

class FileCopyEntryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filecopy_001_oneFileToTheByte();
    void filecopy_003_lengthsOfNameTargetAndMarker();
    void filecopy_004_checksumIsOfAllBytes();
    void filecopy_007_answersOfEveryLength();
    void filecopy_011_onlyThreeKinds_data();
    void filecopy_011_onlyThreeKinds();
    void filecopy_012_nameAtItsLimit();
    void filecopy_013_targetAtItsLimit();
    void filecopy_015_fileSizeAtItsLimit();
    void filecopy_017_nanosecondsAtTheirLimit();
    void filecopy_019_bothCodesOfBadNames();
    void name_endsAtItsNul();
    void directory_hasNoContent();
    void exitStatus_isTheCodesLowByte();
};

void FileCopyEntryTest::filecopy_001_oneFileToTheByte()
{
    const Bytes wire = fromHex("02000000 a4810000 0300000000000000 01000000 02000000 03000000 04000000 6100");
    const FileEntry entry{
        .path = pathOf("a"),
        .size = 3,
        .attributes = {.permissions = 0644,
                       .accessed = {.seconds = 1, .nanoseconds = 2},
                       .modified = {.seconds = 3, .nanoseconds = 4}},
    };
    QCOMPARE(build(entry), wire);
    const std::span<const std::byte> bytes(wire);
    const auto header = parseHeader(bytes.first(HeaderSize)).value().value();
    QCOMPARE(header.nameSize, 2U);
    QCOMPARE(std::get<FileEntry>(parseEntry(header, bytes.subspan(HeaderSize), Letters::Shown).value()), entry);

    const Bytes stream = joined({wire, textBytes("abc"), buildEndMarker()});
    QCOMPARE(checksumOf(stream), 0x6e07cbd4U);
    QCOMPARE(build(Outcome{.code = Code::Done, .checksum = checksumOf(stream)}, "a"),
             fromHex("00000000 00000000 d4cb076e00000000 01000000 61"));
}

void FileCopyEntryTest::filecopy_003_lengthsOfNameTargetAndMarker()
{
    const Bytes link = build(LinkEntry{.path = pathOf("d/l"), .target = "f"});
    QCOMPARE(link.size(), HeaderSize + 4 + 1);
    QCOMPARE(Bytes(link.begin(), link.begin() + 16), fromHex("04000000 00a00000 0100000000000000"));
    QCOMPARE(Bytes(link.begin() + HeaderSize, link.end()), textBytes(std::string_view("d/l\0f", 5)));
    QCOMPARE(buildEndMarker(), Bytes(32));
    QVERIFY(!parseHeader(Bytes(32)).value());
    // Only the length counts.
    QVERIFY(!parseHeader(words({0, -1, -1, -1, -1, -1, -1, -1})).value());
}

void FileCopyEntryTest::filecopy_004_checksumIsOfAllBytes()
{
    QCOMPARE(checksumOf({}), 0U);
    QCOMPARE(checksumOf(textBytes("123456789")), 0xcbf43926U);
    // However it comes.
    Bytes bytes(1000);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(i * 7);
    }
    const std::uint32_t whole = checksumOf(bytes);
    for (const std::size_t cut : {1U, 15U, 16U, 17U, 999U}) {
        Crc32 sum;
        sum.add(std::span(bytes).first(cut));
        sum.add(std::span(bytes).subspan(cut));
        QCOMPARE(sum.value(), whole);
    }
}

void FileCopyEntryTest::filecopy_007_answersOfEveryLength()
{
    const Bytes shortForm = build(Outcome{.code = Code::NoSpace, .checksum = 5}, std::nullopt);
    QCOMPARE(shortForm, fromHex("1c000000 00000000 05000000 00000000"));
    QCOMPARE(parseOutcome(shortForm), (Outcome{.code = Code::NoSpace, .checksum = 5}));
    QCOMPARE(parseLastNameSize(words({16384})), 16384U);
    QCOMPARE(parseLastNameSize(words({16385})), 16384U);
    QCOMPARE(parseLastNameSize(words({-1})), 16384U);
    // The upper half counts, too.
    QCOMPARE(parseOutcome(words({0, 0, 1, 1})).checksum, 0x100000001U);
}

void FileCopyEntryTest::filecopy_011_onlyThreeKinds_data()
{
    QTest::addColumn<quint32>("mode");
    QTest::newRow("fifo") << 0010644U;
    QTest::newRow("character device") << 0020644U;
    QTest::newRow("block device") << 0060644U;
    QTest::newRow("socket") << 0140644U;
    QTest::newRow("none") << 0644U;
    QTest::newRow("file, and more above") << 0x00010000U + PlainFile;
}

void FileCopyEntryTest::filecopy_011_onlyThreeKinds()
{
    QFETCH(quint32, mode);
    QCOMPARE(codeOf(parsed(mode, 0, "a")), Code::BadEntry);
}

void FileCopyEntryTest::filecopy_012_nameAtItsLimit()
{
    QCOMPARE(parseHeader(words({16383, PlainFile, 0, 0, 0, 0, 0, 0})).value().value().nameSize, 16383U);
    QCOMPARE(codeOf(parseHeader(words({16384, PlainFile, 0, 0, 0, 0, 0, 0}))), Code::TooLong);
    QCOMPARE(codeOf(parseHeader(words({-1, PlainFile, 0, 0, 0, 0, 0, 0}))), Code::TooLong);
}

void FileCopyEntryTest::filecopy_013_targetAtItsLimit()
{
    QCOMPARE(std::get<LinkStart>(parsed(0120777, 16383, "d/l").value()).targetSize, 16383U);
    QCOMPARE(codeOf(parsed(0120777, 16384, "d/l")), Code::TooLong);
    QCOMPARE(codeOf(parsed(0120777, UINT64_MAX, "d/l")), Code::TooLong);
}

void FileCopyEntryTest::filecopy_015_fileSizeAtItsLimit()
{
    constexpr std::uint64_t Limit = std::uint64_t{1} << 63;
    QCOMPARE(std::get<FileEntry>(parsed(PlainFile, Limit - 1, "a").value()).size, Limit - 1);
    QCOMPARE(codeOf(parsed(PlainFile, Limit, "a")), Code::Limit);
    QCOMPARE(codeOf(parsed(PlainFile, UINT64_MAX, "a")), Code::Limit);
}

void FileCopyEntryTest::filecopy_017_nanosecondsAtTheirLimit()
{
    for (const std::uint32_t mode : {PlainFile, 040755U, 0120777U}) {
        QCOMPARE(codeOf(parsed(mode, 0, "a", 999999999)), Code::Done);
        QCOMPARE(codeOf(parsed(mode, 0, "a", 1000000000)), Code::BadEntry);
    }
}

void FileCopyEntryTest::filecopy_019_bothCodesOfBadNames()
{
    QCOMPARE(parseOutcome(words({84, 0, 0, 0})).code, Code::BadName);
    QCOMPARE(parseOutcome(words({0xFFFFFFAC, 0, 0, 0})).code, Code::BadDirectoryName);
}

void FileCopyEntryTest::name_endsAtItsNul()
{
    const auto nameOf = [](std::string_view field) {
        return std::get<FileEntry>(parsed(PlainFile, 0, textBytes(field)).value()).path.text();
    };
    QCOMPARE(nameOf(std::string_view("ab", 2)), std::string("ab"));
    QCOMPARE(nameOf(std::string_view("ab\0", 3)), std::string("ab"));
    QCOMPARE(nameOf(std::string_view("ab\0/../c\0", 9)), std::string("ab"));
}

void FileCopyEntryTest::directory_hasNoContent()
{
    QCOMPARE(codeOf(parsed(040755, 0, "d")), Code::Done);
    QCOMPARE(codeOf(parsed(040755, 1, "d")), Code::BadEntry);
}

void FileCopyEntryTest::exitStatus_isTheCodesLowByte()
{
    QCOMPARE(exitStatusOf(Code::Exists), 17);
    QCOMPARE(exitStatusOf(Code::CutShort), 118);
    QCOMPARE(exitStatusOf(Code::BadDirectoryName), 172);
}

QTEST_GUILESS_MAIN(FileCopyEntryTest)
#include "filecopyentrytest.moc"
