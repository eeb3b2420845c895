// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QPointer>
#include <QString>
#include <QWidget>

class QLabel;

namespace Bulkhead
{

class QubeSource;

/// The qube that asks, as the core knows it: its mark, its name, what kind of qube it is.
class CallerView : public QWidget
{
    Q_OBJECT

public:
    CallerView(QubeSource *source, QWidget *parent);

    /// A question of this qube begins.
    void setCaller(const QString &name);

Q_SIGNALS:
    /// Its mark is another one than a moment ago: whoever has seen it has to look again.
    void looksOtherwise();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showCaller();

    QPointer<QubeSource> m_source;
    QString m_caller; ///< empty: none yet
    QLabel *m_mark;
    QLabel *m_name;
    QLabel *m_kind;
};

} // namespace Bulkhead
