// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace Bulkhead
{

/// What a view shows instead of rows: a symbol of 64 px, one heading, one sentence, buttons (spec ui 15).
class Placeholder : public QWidget
{
    Q_OBJECT

public:
    Placeholder(const QString &objectName, const QString &iconName, QWidget *parent = nullptr);

    void setHeading(const QString &text);
    void setSentence(const QString &text);
    QPushButton *addButton(const QString &objectName, const QString &text, const QString &iconName);

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_heading;
    QLabel *m_sentence;
    QHBoxLayout *m_buttons;
};

} // namespace Bulkhead
