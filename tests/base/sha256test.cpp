// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/sha256.h"

#include "base/formatted.h"

#include <QTest>

#include <string>

using namespace Bulkhead;

class Sha256Test : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void digest_isTheStandards_data();
    void digest_isTheStandards();
};

void Sha256Test::digest_isTheStandards_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("digits");
    // FIPS 180-2, appendix B; the lengths around a block's end are of the same standard's padding rule.
    QTest::newRow("nothing") << std::string()
                             << std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("one block") << std::string("abc")
                               << std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("the length needs a second block")
        << std::string("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << std::string("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("many blocks") << std::string(1'000'000, 'a')
                                 << std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    QTest::newRow("a whole block") << std::string(64, 'a')
                                   << std::string("ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    QTest::newRow("one byte less than fits")
        << std::string(55, 'a') << std::string("9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
}

void Sha256Test::digest_isTheStandards()
{
    QFETCH(std::string, text);
    QFETCH(std::string, digits);
    std::string found;
    for (const std::byte byte : sha256(text)) {
        found += formatted("{:02x}", std::to_integer<unsigned>(byte));
    }
    QCOMPARE(found, digits);
}

QTEST_GUILESS_MAIN(Sha256Test)
#include "sha256test.moc"
