// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/drag/dragmessages.h"
#include "manager/tray/drag/dragwords.h"

#include <QFrame>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>

namespace Bulkhead
{

/// What dom0 says about one hand-over: what is copied where, how far it is, and a button (spec ui 8.3, 5 to 8). It
/// never takes the focus.
class DragBubble : public QFrame
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds Life{6}; ///< of what goes by itself

    explicit DragBubble(quint32 token);

    void setFacts(const DragBubbleFacts &facts);

    [[nodiscard]] quint32 token() const noexcept
    {
        return m_token;
    }

    [[nodiscard]] const DragBubbleText &shownText() const noexcept
    {
        return m_text;
    }

Q_SIGNALS:
    void cancelled(quint32 token);
    void filesWanted(quint32 token);
    /// It shows more, and is larger.
    void grown();

private:
    void onAction();
    void showRule();
    void fitHeight();

    quint32 m_token;
    DragBubbleText m_text;
    QLabel *m_title;
    QLabel *m_words;
    QProgressBar *m_progress;
    QPushButton *m_action;
    QTimer m_life;
};

} // namespace Bulkhead
