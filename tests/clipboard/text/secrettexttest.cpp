// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/secrettext.h"

#include "base/formatted.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <format>
#include <type_traits>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;

namespace
{

template<typename T>
concept Formattable = requires(const T &value) { formatted("{}", value); };

// A secret goes into no log line, no format, no copy (spec security, S-197).
static_assert(!std::is_copy_constructible_v<SecretText> && !std::is_copy_assignable_v<SecretText>);
static_assert(!std::is_convertible_v<SecretText, std::string_view>);
static_assert(!std::is_default_constructible_v<std::formatter<SecretText, char>>);

void put(SecretText &text, std::string_view words)
{
    std::memcpy(text.room().data(), words.data(), words.size());
    text.grow(words.size());
}

bool isZero(std::span<const std::byte> bytes)
{
    return std::ranges::all_of(bytes, [](std::byte byte) {
        return byte == std::byte{0};
    });
}

} // namespace

class SecretTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_197_textHasNoFormatter()
    {
        // What is shown is above: this does not compile otherwise.
    }

    void S_098_wipedText_isOverwrittenWhole()
    {
        auto text = SecretText::create(4096);
        QVERIFY(text);
        put(*text, "correct horse");
        const auto memory = std::span(text->bytes().data(), text->capacity()); // what it was in
        QCOMPARE(text->size(), 13U);
        QCOMPARE(std::memcmp(memory.data(), "correct horse", 13), 0);
        text->wipe();
        QCOMPARE(text->size(), 0U);
        QVERIFY(isZero(memory));
    }

    void S_098_replacedText_isOverwritten()
    {
        auto first = SecretText::create(4096);
        auto second = SecretText::create(4096);
        QVERIFY(first && second);
        put(*first, "one");
        put(*second, "two");
        std::swap(*first, *second);
        QCOMPARE(std::memcmp(first->bytes().data(), "two", 3), 0);
        QCOMPARE(std::memcmp(second->bytes().data(), "one", 3), 0);
        const SecretText moved = std::move(*first);
        QCOMPARE(moved.size(), 3U);
        QCOMPARE(first->size(), 0U); // NOLINT(bugprone-use-after-move): that is what is shown
    }
};

QTEST_GUILESS_MAIN(SecretTextTest)
#include "secrettexttest.moc"
