// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/noticeboard.h"

#include <QObject>

namespace Bulkhead
{

/// Where messages go.
class Notifier : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void show(const NoticeText &text) = 0;
    /// At once, on the screen only, in place of what was said about the same subject.
    virtual void showBubble(const NoticeText &text, const QString &subject) = 0;
};

/// The desktop's own notifications (org.freedesktop.Notifications). Where no program offers them, or refuses, a bubble
/// of ours is shown.
class DesktopNotifier : public Notifier
{
    Q_OBJECT

public:
    using Notifier::Notifier;

    void show(const NoticeText &text) override;
    void showBubble(const NoticeText &text, const QString &subject) override;
};

} // namespace Bulkhead
