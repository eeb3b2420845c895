// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace Bulkhead::FileCopy
{

/// Says something to the person: on standard error, and where no terminal shows that, in a window that the qube's
/// desktop has a program for (zenity, kdialog or xmessage). Does not wait until it is read.
void tellPerson(const std::string &text);

/// Asks the person something that is answered with yes or no: at the terminal, else in such a window.
/// @return false also where nobody can be asked
[[nodiscard]] bool personAgrees(const std::string &question);

} // namespace Bulkhead::FileCopy
