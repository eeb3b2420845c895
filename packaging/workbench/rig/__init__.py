# SPDX-License-Identifier: GPL-2.0-or-later
"""What the demo and the end-to-end scenarios do in dom0: Admin API, programs in qubes, the screen. Runs inside dom0."""
