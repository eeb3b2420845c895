// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"

#include <QAbstractTableModel>
#include <QIcon>
#include <QPointer>

#include <vector>

namespace Bulkhead
{

/// The qubes as a flat table, sorted by name, one row a qube. Holds snapshots of a source and turns its changes into
/// the smallest signals; dom0 is not a row.
class QubeModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t {
        Name,  ///< decoration: the label's mark
        State, ///< decoration: the state's symbol
        NetQube,
        Template,
        Label,
        Memory,
        ColumnCount,
    };

    enum Role {
        QubeRole = Qt::UserRole + 1, ///< QubeInfo
        MarkRole,                    ///< MarkStyle
        SortRole,                    ///< what a column is sorted by
        BusyRole,                    ///< bool: a deed was asked for and its event has not come
        SearchRole,                  ///< QString: everything a search looks at
    };

    explicit QubeModel(QubeSource *source, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The qube's row, or -1.
    [[nodiscard]] int rowOf(const QString &name) const;
    [[nodiscard]] const QubeInfo &at(int row) const;
    [[nodiscard]] int runningCount() const;

    /// Marks or unmarks a qube as having something under way; `words` say what ("Starting…"), empty ends it.
    void setBusy(const QString &name, const QString &words);

private:
    struct Row {
        QubeInfo qube;
        QString busyWords;
    };

    void reload();
    void store(const QubeInfo &qube);
    void remove(const QString &name);
    void repaintLabels();
    [[nodiscard]] QVariant text(const Row &row, int column) const;
    [[nodiscard]] QVariant sortKey(const Row &row, int column) const;
    [[nodiscard]] QVariant decoration(const Row &row, int column) const;

    QPointer<QubeSource> m_source;
    QList<LabelInfo> m_labels;
    std::vector<Row> m_rows;
};

} // namespace Bulkhead
