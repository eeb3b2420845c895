// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QTest>

namespace Bulkhead::Test
{

/// Milliseconds that nothing takes, however busy the machine is.
inline constexpr int LongestMs = 20'000;

} // namespace Bulkhead::Test

/// Waits for the condition, not for time. (QTRY_VERIFY of this Qt does not pass our warnings.)
#define BH_EVENTUALLY(...)                                                                                             \
    QVERIFY(QTest::qWaitFor(                                                                                           \
        [&] {                                                                                                          \
            return (__VA_ARGS__);                                                                                      \
        },                                                                                                             \
        ::Bulkhead::Test::LongestMs))
