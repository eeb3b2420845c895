// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// libxl's headers as every file here includes them: with the interface of 4.14, which all releases from 4.17 on keep.
#define LIBXL_API_VERSION 0x041400

extern "C" {
#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <xentoollog.h>
}
