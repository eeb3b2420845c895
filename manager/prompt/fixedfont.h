// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QFont>
#include <QFontDatabase>

namespace Bulkhead
{

/// The desktop's fixed letters, as large as those that they stand beside.
[[nodiscard]] inline QFont fixedFont(const QFont &beside)
{
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(beside.pointSizeF());
    return fixed;
}

} // namespace Bulkhead
