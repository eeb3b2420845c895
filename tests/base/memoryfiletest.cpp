// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/memoryfile.h"

#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

using namespace Bulkhead;

class MemoryFileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_isReadFromItsBeginning();
    void emptyFile_takesWhatIsWritten();
    void file_staysWithThisProgramAndIsNone();
};

namespace
{

std::string rest(int file)
{
    std::string all;
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while ((count = ::read(file, buffer.data(), buffer.size())) > 0) {
        all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
}

} // namespace

void MemoryFileTest::text_isReadFromItsBeginning()
{
    const std::string text = std::string(100'000, 'x') + '\0' + "end";
    const auto file = memoryFile(text);
    QVERIFY(file);
    QCOMPARE(rest(file->get()), text);
}

void MemoryFileTest::emptyFile_takesWhatIsWritten()
{
    const auto file = memoryFile({});
    QVERIFY(file);
    QCOMPARE(::write(file->get(), "said", 4), ssize_t{4});
    QCOMPARE(::lseek(file->get(), 0, SEEK_SET), off_t{0});
    QCOMPARE(rest(file->get()), std::string("said"));
}

void MemoryFileTest::file_staysWithThisProgramAndIsNone()
{
    const auto file = memoryFile("#!/bin/sh\n");
    QVERIFY(file);
    QVERIFY((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
    struct stat status{};
    QCOMPARE(::fstat(file->get(), &status), 0);
    QCOMPARE(status.st_nlink, nlink_t{0});
}

QTEST_GUILESS_MAIN(MemoryFileTest)

#include "memoryfiletest.moc"
