// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/session/lockwatch.h"

#include <QObject>

#include <memory>

namespace Bulkhead
{

class Prompt;
class PromptDialog;
class ScreenWatch;

/// How the window stands on the desktop: above others, on every desktop, in the middle of the screen that the person is
/// at, with the focus as soon as that takes no key from what they are doing, and answering nothing while a qube's
/// window lies over it. It sounds the bell if the person has set so: `Bell=true` in the group `Questions` of
/// bulkhead-promptrc.
class Presence : public QObject
{
    Q_OBJECT

public:
    /// @param prompt, dialog  outlive this
    Presence(Prompt *prompt, PromptDialog *dialog, QObject *parent = nullptr);
    ~Presence() override;

    /// Gives the question the keyboard's focus now, if one is there.
    void takeFocus();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void onAppeared();
    void onDisappeared();

    Prompt *m_prompt;
    PromptDialog *m_dialog;
    LockWatch m_lock;
    std::unique_ptr<ScreenWatch> m_watch; ///< empty where there is no X server
    bool m_isFocusDue = false;            ///< as soon as the window is on screen
};

} // namespace Bulkhead
