// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;

namespace Bulkhead
{

/// The strip of the policy's layer, there while it is on: which service, whether denied calls are drawn, the legend,
/// and what is shown (spec ui 7.3).
class RulesBar : public QWidget
{
    Q_OBJECT

public:
    explicit RulesBar(QWidget *parent = nullptr);

    /// `NAME` or `NAME+ARGUMENT`; empty while what was typed is none.
    [[nodiscard]] QString service() const;
    void setSummary(const QString &text);

Q_SIGNALS:
    void serviceChanged(const QString &service);
    void deniedToggled(bool isShown);

private:
    void addServices();
    void addLegend();

    QComboBox *m_service;
    QCheckBox *m_denied;
    QLabel *m_summary;
};

} // namespace Bulkhead
