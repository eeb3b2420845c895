// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KAboutData>
#include <KLocalizedString>
#include <QString>

namespace Bulkhead
{

/// A program of the suite with windows, as the desktop, the crash handler and --version name it.
struct ProgramName {
    QString component;        ///< the command's name
    KLocalizedString title;   ///< what people call it
    KLocalizedString purpose; ///< in a few words
    QString desktopFile = {}; ///< that stands for its windows, without `.desktop`; empty: none
};

/// Tells all of them. To be called once, right after the QApplication was made: words are translated from here on.
/// @return what the command line's options --help, --version and --license answer from
[[nodiscard]] KAboutData introduce(const ProgramName &program);

} // namespace Bulkhead
