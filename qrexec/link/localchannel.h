// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/localchannel.h" // where this part of every program's links lives
