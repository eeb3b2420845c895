// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QObject>

#include <memory>

namespace Bulkhead
{

class Prompt;
class PromptDialog;
class ScreenWatch;

/// How the window stands on the desktop: above others, on every desktop, with the focus as soon as that takes no key
/// from what the person is doing, and answering nothing while a qube's window lies over it.
class Presence : public QObject
{
    Q_OBJECT

public:
    /// @param prompt, dialog  outlive this
    Presence(Prompt *prompt, PromptDialog *dialog, QObject *parent = nullptr);
    ~Presence() override;

private:
    void onAppeared();
    void onDisappeared();
    void takeFocus();
    void watchLock();

private Q_SLOTS:
    void onLockChanged(bool isLocked);

private:
    Prompt *m_prompt;
    PromptDialog *m_dialog;
    std::unique_ptr<ScreenWatch> m_watch; ///< empty where there is no X server
};

} // namespace Bulkhead
