# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Where the programs of a qube find their display, and what they must know of it. Installed as
# /etc/profile.d/bulkhead.sh: every command that is run in a qube goes through a login shell.

: "${DISPLAY:=:0}"
: "${XDG_RUNTIME_DIR:=/run/user/$(id -u)}"
export DISPLAY XDG_RUNTIME_DIR

# Each window is told apart on the outer desktop, and there is no compositor in here.
XDG_SESSION_TYPE=x11
XDG_CURRENT_DESKTOP=X-BULKHEAD
GDK_BACKEND=x11
QT_QPA_PLATFORM=xcb
# Toolkits that look for a window manager of their own kind, or share memory past the display's limits.
QT_X11_NO_MITSHM=1
_JAVA_AWT_WM_NONREPARENTING=1
# There is no GPU in a qube.
LIBGL_ALWAYS_SOFTWARE=1
export XDG_SESSION_TYPE XDG_CURRENT_DESKTOP GDK_BACKEND QT_QPA_PLATFORM QT_X11_NO_MITSHM
export _JAVA_AWT_WM_NONREPARENTING LIBGL_ALWAYS_SOFTWARE
