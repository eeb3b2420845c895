// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

class QPlainTextEdit;
class QToolButton;

namespace Bulkhead
{

struct Question;

/// The technical names of a call, whole, behind a button that shows them.
class CallDetails : public QWidget
{
    Q_OBJECT

public:
    explicit CallDetails(QWidget *parent);

    /// Closed again.
    void setQuestion(const Question &question);
    /// Where the keyboard stops in here, in order.
    [[nodiscard]] QList<QWidget *> stops() const;

Q_SIGNALS:
    /// It was opened or closed.
    void resized();

private:
    QToolButton *m_button;
    QPlainTextEdit *m_text;
};

} // namespace Bulkhead
