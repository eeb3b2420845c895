// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/recipepalette.h"

#include "manager/recipes/recipe.h"

#include <KLocalizedString>
#include <QFocusEvent>
#include <QMimeData>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

RecipePalette::RecipePalette(QWidget *parent)
    : QListWidget(parent)
{
    setObjectName(u"topology.recipes"_s);
    setAccessibleName(i18nc("@label for a screen reader", "Recipes"));
    setFrameShape(NoFrame);
    setWordWrap(true);
    setDragEnabled(true);
    setDragDropMode(DragOnly);
    setIconSize(QSize(22, 22));
    for (const Recipe &recipe : recipes()) {
        auto *item = new QListWidgetItem(QIcon::fromTheme(recipe.icon), recipe.title, this); // the list owns it
        item->setData(Qt::UserRole, recipe.key);
        item->setToolTip(recipe.purpose);
        item->setData(Qt::AccessibleDescriptionRole, recipe.purpose);
    }
    setMinimumWidth(fontMetrics().averageCharWidth() * 22);
    connect(this, &QListWidget::itemActivated, this, [this](const QListWidgetItem *item) {
        Q_EMIT chosen(item->data(Qt::UserRole).toString());
    });
}

void RecipePalette::focusInEvent(QFocusEvent *event)
{
    QListWidget::focusInEvent(event);
    if (selectedItems().isEmpty() && event->reason() != Qt::MouseFocusReason) {
        setCurrentRow(std::max(currentRow(), 0), QItemSelectionModel::ClearAndSelect);
    }
}

QStringList RecipePalette::mimeTypes() const
{
    return {QString::fromLatin1(MimeType)};
}

QMimeData *RecipePalette::mimeData(const QList<QListWidgetItem *> &items) const
{
    if (items.isEmpty()) {
        return nullptr;
    }
    auto dragged = std::make_unique<QMimeData>();
    dragged->setData(QString::fromLatin1(MimeType), items.first()->data(Qt::UserRole).toString().toLatin1());
    return dragged.release(); // the view owns it
}

} // namespace Bulkhead
