// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/targets/targetchooser.h"

#include "manager/targets/targetdelegate.h"
#include "manager/targets/targetmodel.h"

#include <KLocalizedString>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int MaxRows = 6;    ///< of the list at once
constexpr int SearchFrom = 8; ///< so many targets are searched rather than looked through
constexpr int Gap = 4;

} // namespace

TargetChooser::TargetChooser(QubeSource *source, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_targets(new TargetModel(source, this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_to(new QLabel(i18nc("@label:listbox the qube that is called", "&To:"), this))
    , m_search(new QLineEdit(this))
    , m_list(new QListView(this))
{
    m_to->setObjectName(QString(name + u".to"_s));
    m_to->setTextFormat(Qt::PlainText);
    m_to->setBuddy(m_list);
    buildSearch(name);
    buildList(name);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addWidget(m_to);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setFilterFixedString(text.trimmed());
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TargetChooser::chosenChanged);
    connect(m_list, &QListView::doubleClicked, this, &TargetChooser::doubleClicked);
    connect(m_targets, &TargetModel::targetsChanged, this, &TargetChooser::targetsChanged);
    m_search->installEventFilter(this);
    m_list->installEventFilter(this);
}

void TargetChooser::buildSearch(const QString &name)
{
    m_search->setObjectName(QString(name + u".search"_s));
    m_search->setAccessibleName(i18nc("@label:textbox", "Search the qubes"));
    m_search->setPlaceholderText(i18nc("@info:placeholder", "Search…"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(QIcon::fromTheme(u"search-symbolic"_s), QLineEdit::LeadingPosition);
}

void TargetChooser::buildList(const QString &name)
{
    m_filter->setSourceModel(m_targets);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setObjectName(QString(name + u".targets"_s));
    m_list->setAccessibleName(i18nc("@label:listbox", "To"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new TargetDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideMiddle);
}

void TargetChooser::setTargets(const QStringList &targets, const QString &defaultTarget)
{
    m_search->clear();
    m_targets->setTargets(targets);
    m_search->setVisible(targets.size() >= SearchFrom);
    m_list->clearSelection();
    if (!defaultTarget.isEmpty()) {
        const QModelIndex row = m_filter->mapFromSource(m_targets->index(m_targets->rowOf(defaultTarget)));
        m_list->setCurrentIndex(row);
        m_list->scrollTo(row);
    }
    fitList();
}

QString TargetChooser::chosen() const
{
    const QModelIndexList chosen = m_list->selectionModel()->selectedIndexes();
    return chosen.isEmpty() ? QString() : chosen.first().data(TargetModel::TargetRole).toString();
}

void TargetChooser::takeFocus()
{
    if (m_search->isHidden()) {
        m_list->setFocus();
    } else {
        m_search->setFocus();
    }
}

QList<QWidget *> TargetChooser::stops() const
{
    return {m_search, m_list};
}

void TargetChooser::fitList()
{
    const int rows = std::clamp(m_targets->rowCount(), 1, MaxRows);
    const int rowHeight = std::max(m_list->sizeHintForRow(0), TargetDelegate::RowHeight);
    m_list->setFixedHeight(rows * rowHeight + 2 * m_list->frameWidth());
}

bool TargetChooser::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && chooseByKey(static_cast<QKeyEvent *>(event)->key())) {
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool TargetChooser::chooseByKey(int key)
{
    const bool isArrow = key == Qt::Key_Down || key == Qt::Key_Up;
    const bool isReturn = key == Qt::Key_Return || key == Qt::Key_Enter;
    if (isArrow && chosen().isEmpty() && m_filter->rowCount() > 0) {
        m_list->setFocus();
        m_list->setCurrentIndex(m_filter->index(key == Qt::Key_Down ? 0 : m_filter->rowCount() - 1, 0));
        m_list->selectionModel()->select(m_list->currentIndex(), QItemSelectionModel::ClearAndSelect);
        return true;
    }
    if (isArrow && m_search->hasFocus()) {
        m_list->setFocus();
        return true;
    }
    if (isReturn && m_search->hasFocus() && m_filter->rowCount() == 1) {
        m_list->setCurrentIndex(m_filter->index(0, 0)); // chooses; it answers nothing
        return true;
    }
    return false;
}

} // namespace Bulkhead
