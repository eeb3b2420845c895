// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/terminationsignals.h" // where this part of every program's loop lives
