// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"
#include "manager/delegates/labelmark.h"

#include <QAbstractListModel>
#include <QPointer>

namespace Bulkhead
{

/// A qube of this name as the source knows it; one without details if it does not.
[[nodiscard]] QubeInfo qubeNamed(const QubeSource &source, const QString &name);

/// What may be chosen as the other end of a call, by name, with what the core says about each now. Only what the
/// question lists is here, less what the core does not know any more.
class TargetModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        TargetRole = Qt::UserRole + 1, ///< QString: as policy spells it
        StateRole,                     ///< QString: the state in words
        MarkRole,                      ///< MarkStyle
    };

    explicit TargetModel(QubeSource *source, QObject *parent = nullptr);

    void setTargets(const QStringList &targets);
    /// Its row, or -1.
    [[nodiscard]] int rowOf(const QString &target) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    /// A target looks or behaves other than it did, or is gone: what was about to be chosen has to be looked at again.
    void targetsChanged();

private:
    struct Row {
        QString target;
        QubeInfo qube; ///< of a disposable: its template
        MarkStyle mark;

        friend bool operator==(const Row &, const Row &) = default;
    };

    void refresh();
    [[nodiscard]] Row rowFor(const QString &target) const;

    QPointer<QubeSource> m_source;
    QStringList m_targets;
    QList<Row> m_rows;
};

} // namespace Bulkhead
