// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KMessageWidget>
#include <QList>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace Bulkhead
{

/// Inline messages above the view: at most two at once, the newest on top, the others behind "2 more" (spec ui 5).
class MessageArea : public QWidget
{
    Q_OBJECT

public:
    static constexpr int MaxShown = 2;

    explicit MessageArea(QWidget *parent = nullptr);

    /// Shows a message until it is closed. Plain text: what happened, why, what to do.
    /// @param subject  a later message of the same subject replaces this one; empty: never
    KMessageWidget *show(KMessageWidget::MessageType type, const QString &text, const QString &subject = {});
    /// Takes away what was said about a subject, if it is still there.
    void clear(const QString &subject);

    [[nodiscard]] QStringList texts() const; ///< newest first

private:
    void drop(KMessageWidget *message);
    void arrange();

    QVBoxLayout *m_layout;
    QLabel *m_more;
    QList<KMessageWidget *> m_messages; ///< newest first
};

} // namespace Bulkhead
