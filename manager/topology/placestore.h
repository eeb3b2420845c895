// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/topology/layouter.h"
#include "manager/topology/plansteps.h"

#include <QSet>

namespace Bulkhead
{

/// What the picture owns: nothing of it is in the core.
struct PictureState {
    Places places;                      ///< by the person's hand or once found; the outside under its name
    QSet<QString> pinned;               ///< nodes that Tidy leaves where they are
    QSet<QString> folded;               ///< providers
    QHash<QString, QString> remembered; ///< qube taken offline here, and the net qube it had
    QList<NetworkStep> plan;            ///< prepared and not applied
    QList<PlanStep> otherPlan;          ///< the same, of other things than the network
    bool isPlanning = false;

    friend bool operator==(const PictureState &, const PictureState &) = default;
};

/// Keeps a person's picture in one file of their own.
class PlaceStore
{
public:
    /// @param path  is made with its folders at the first write
    explicit PlaceStore(QString path);

    /// Where it lies for this person: `$XDG_STATE_HOME/bulkhead/topology.json`.
    [[nodiscard]] static QString standardPath();

    /// What was kept; an empty state if there is none yet. What can not be read in a file is left out.
    /// @errors Io (not readable), BadValue (no file of ours: it is left as it is and nothing is written over it)
    [[nodiscard]] Result<PictureState> read();
    /// Replaces the file as a whole.
    /// @errors Io; WrongState after a read that failed
    [[nodiscard]] Result<void> write(const PictureState &state);

private:
    QString m_path;
    bool m_isForeign = false;
};

} // namespace Bulkhead
