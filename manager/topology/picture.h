// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/placement.h"
#include "manager/topology/placestore.h"

#include <QObject>
#include <QTimer>

namespace Bulkhead
{

class GraphModel;

/// Which nodes the picture shows and where they stand: qubes of the graph, the outside, and a stack for the clients of
/// each folded provider. Found once by a layouter, then kept; a qube that comes is put beside its net qube. Kept by the
/// qube's UUID where the core tells one, so that a qube stands where it stood whatever it is called. Saved for the
/// person a moment after it changed and at the end.
class Picture : public QObject
{
    Q_OBJECT

public:
    /// @param model  outlives this
    Picture(GraphModel *model, const QString &statePath, QObject *parent = nullptr);
    ~Picture() override;

    /// To be called once the graph holds the whole list; before that nothing is shown.
    void begin();

    [[nodiscard]] bool hasBegun() const
    {
        return m_hasBegun;
    }

    [[nodiscard]] bool isShown(const QString &node) const
    {
        return m_shown.contains(node);
    }

    [[nodiscard]] const QSet<QString> &shown() const
    {
        return m_shown;
    }

    /// The middle of the node; x grows towards the outside.
    [[nodiscard]] QPointF placeOf(const QString &node) const;
    [[nodiscard]] Places places() const; ///< of what is shown
    void move(const Places &places);

    /// Where Tidy would put what is shown; pinned nodes stay.
    [[nodiscard]] Places tidied(Grouping grouping) const;

    [[nodiscard]] bool isFolded(const QString &provider) const;
    void setFolded(const QString &provider, bool isFolded);
    [[nodiscard]] bool isPinned(const QString &node) const;
    void setPinned(const QString &node, bool isPinned);

    /// The node that stands for a qube: itself, its provider's stack, or nothing.
    [[nodiscard]] QString nodeFor(const QString &qube) const;

    /// As it is kept: nodes by UUID, where there is one.
    [[nodiscard]] const PictureState &state() const
    {
        return m_state;
    }

    void keepRemembered(const QHash<QString, QString> &remembered);
    void keepPlan(const QList<NetworkStep> &plan, const QList<PlanStep> &others, bool isPlanning);
    /// Writes now what has not been written. @errors as PlaceStore::write
    [[nodiscard]] Result<void> save();

Q_SIGNALS:
    void began();
    void nodeShown(const QString &node);
    void nodeHidden(const QString &node);
    void placeChanged(const QString &node);
    void nodeChanged(const QString &node); ///< pinned, folded, or a stack with other clients
    void problem(const QString &text);     ///< the file can not be read or written

private:
    void onNodeAdded(const QString &name);
    void onNodeRemoved(const QString &name);
    void onLinkChanged(const QString &client);
    void showAll();
    void show(const LayoutNode &node);
    void hide(const QString &node);
    [[nodiscard]] Places taken() const;
    [[nodiscard]] LayoutNode layoutNode(const QString &name) const;
    void saveSoon();
    [[nodiscard]] QString keyOf(const QString &node) const;
    void learnKey(const QString &qube);
    void bequeath(const QString &qube);
    [[nodiscard]] QSet<QString> foldedProviders() const;

    GraphModel *m_model;
    PlaceStore m_store;
    PictureState m_state;            ///< nodes in it by their keys
    QHash<QString, QString> m_keys;  ///< by the name of a qube that is there or was
    QHash<QString, QString> m_names; ///< the other way round
    QHash<QString, QubeInfo> m_last; ///< qubes as they were last
    QSet<QString> m_unmoved;         ///< that came while we ran and stand where nobody put them
    QSet<QString> m_shown;
    QHash<QString, QString> m_providers; ///< as they were when the picture last looked
    QTimer m_saveTimer;
    bool m_hasBegun = false;
    bool m_isUnsaved = false;
};

} // namespace Bulkhead
