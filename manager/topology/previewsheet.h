// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkchange.h"

#include <QDialog>

namespace Bulkhead
{

/// What a change would do, before it is done: each path before and after, each effect and each warning as one line, and
/// Apply and Cancel. Apply is the default only without a warning, else Cancel is (spec ui 7.7).
class PreviewSheet : public QDialog
{
    Q_OBJECT

public:
    /// @param note  what else to say, plain text; empty: nothing
    /// @param problems  why it can not be applied as it is; with any of them there is no Apply
    PreviewSheet(const QString &title,
                 const ChangePreview &preview,
                 const QString &note,
                 const QStringList &problems,
                 QWidget *parent = nullptr);
};

} // namespace Bulkhead
