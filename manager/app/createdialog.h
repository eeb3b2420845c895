// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"

#include <QDialog>
#include <QPointer>

#include <functional>
#include <utility>

class KMessageWidget;
class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace Bulkhead
{

class LabelPicker;

/// One page for a new qube. What goes wrong comes back at the field to blame, with everything as it was typed.
class CreateDialog : public QDialog
{
    Q_OBJECT

public:
    explicit CreateDialog(QubeSource *source, QWidget *parent = nullptr);

    /// Asked before a qube is made: true where it is kept for later, and the dialog has done its work.
    void setCollector(std::function<bool(const NewQube &)> collect)
    {
        m_collect = std::move(collect);
    }

    /// What the fields say now.
    [[nodiscard]] NewQube wanted() const;

Q_SIGNALS:
    void created(const QString &name);

private:
    void build();
    void fillTemplates();
    void fillNetworks();
    void fillLabels();
    void check();
    void showPreview();
    void create();
    void onAnswer(const QString &name, const std::expected<void, AdminError> &result);
    void showFailure(const AdminError &error);
    void setBusy(bool isBusy);
    [[nodiscard]] QStringList takenNames() const;
    [[nodiscard]] QString suggestedName() const;

    QPointer<QubeSource> m_source;
    std::function<bool(const NewQube &)> m_collect;
    KMessageWidget *m_failure;
    QLabel *m_preview;
    QLineEdit *m_name;
    QLabel *m_nameProblem;
    LabelPicker *m_label;
    QComboBox *m_template;
    QLabel *m_templateProblem;
    QComboBox *m_network;
    QDialogButtonBox *m_buttons;
    QPushButton *m_create;
    bool m_isBusy = false;
};

} // namespace Bulkhead
