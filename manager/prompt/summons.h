// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QObject>

namespace Bulkhead
{

/// What a key of the desktop reaches: `bulkhead-prompt --focus` has the prompt that runs take the keyboard's focus,
/// over the session's bus. The prompt grabs no key by itself; the person binds one to that command (spec ui 20.4).
class Summons : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.bulkhead.Prompt")

public:
    /// Listens, where there is a bus; else nobody can be heard, which is logged.
    explicit Summons(QObject *parent = nullptr);

    /// Asks the one that runs; waits for its answer, so this is for a program of its own.
    /// @errors Io (none runs in this session)
    [[nodiscard]] static Result<void> send();

Q_SIGNALS:
    void focusWanted();

public Q_SLOTS:
    Q_SCRIPTABLE void Focus(); // NOLINT(readability-identifier-naming): so it is called on the bus
};

} // namespace Bulkhead
