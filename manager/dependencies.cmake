# SPDX-License-Identifier: GPL-2.0-or-later
# Imported targets belong to the folder that looked for them, so the tests look, too.
find_package(Qt6 6.8 REQUIRED COMPONENTS Core DBus Gui Network Svg Widgets)
find_package(KF6 6.13 REQUIRED COMPONENTS
    ColorScheme Config ConfigWidgets CoreAddons Crash DBusAddons I18n IconThemes WidgetsAddons WindowSystem XmlGui)
