// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>

namespace Bulkhead
{

/// What a call means for a person: our words for the services we know (spec ui 11).
struct ServiceWords {
    QString request; ///< a sentence with the caller: "work wants to copy files to another qube."
    QString meaning; ///< what will be possible if it is allowed; with the target if there is one
    bool isKnown = true;
    bool isStrong = false; ///< it gives power over the target, not a thing to it
};

/// @param caller  a qube's name
/// @param target  how the target is called on screen; empty: none is chosen yet
[[nodiscard]] ServiceWords wordsFor(const QString &service, const QString &caller, const QString &target);

/// The sentence of a call that was denied: "work may not copy files to vault."
/// @param target  empty: none in particular
[[nodiscard]] QString denialOf(const QString &service, const QString &caller, const QString &target);
/// The sentence of a call that went through and that a rule wants told.
[[nodiscard]] QString allowanceOf(const QString &service, const QString &caller, const QString &target);

/// How a target is called on screen: its name, or "new disposable (default-dvm)".
[[nodiscard]] QString targetWord(const QString &target);

} // namespace Bulkhead
