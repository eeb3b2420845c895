// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QListWidget>

namespace Bulkhead
{

/// Chains that people need, to be drawn into the picture or chosen by key (spec ui 7.5, 9.2).
class RecipePalette : public QListWidget
{
    Q_OBJECT

public:
    /// A recipe's key, as bytes, while it is dragged.
    static constexpr auto MimeType = "application/x-bulkhead-recipe";

    explicit RecipePalette(QWidget *parent = nullptr);

Q_SIGNALS:
    void chosen(const QString &key);

protected:
    /// Who comes by key sees at once where they are.
    void focusInEvent(QFocusEvent *event) override;
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData *mimeData(const QList<QListWidgetItem *> &items) const override;
};

} // namespace Bulkhead
