// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <array>

namespace Bulkhead
{

/// What the picture can show of qubes beside their network, each as a layer of its own (spec ui 7.3).
enum class Relation : std::uint8_t {
    Template,         ///< a qube and what its programs come from
    DisposableParent, ///< a disposable and what it is made of
    Device,           ///< a qube and whose disk it has
    SoundAndDisplay,  ///< a qube and who plays and shows what it plays and shows
    UpdatePath,       ///< a template and whom it is let call for its updates
};

inline constexpr std::array allRelations{
    Relation::Template, Relation::DisposableParent, Relation::Device, Relation::SoundAndDisplay, Relation::UpdatePath};

/// One of them, from whoever depends to whom it depends on. Names of qubes, which need not be in the picture.
struct RelationArrow {
    Relation relation = Relation::Template;
    QString from;
    QString to;
    QString words; ///< one sentence

    friend bool operator==(const RelationArrow &, const RelationArrow &) = default;
};

/// What is not in the graph itself, as far as it was read.
struct RelationFacts {
    /// By qube: the disks of others that it has, a line each of `admin.vm.device.block.Attached`.
    QHash<QString, QStringList> disks = {};
    QHash<QString, QString> updatesThrough = {}; ///< by template: whom the policy leads its calls for updates to

    friend bool operator==(const RelationFacts &, const RelationFacts &) = default;
};

/// One word for settings and names of controls.
[[nodiscard]] QString relationKey(Relation relation);
/// The layer's name, as a title.
[[nodiscard]] QString relationTitle(Relation relation);
/// Whether it is about templates, which the picture leaves out else.
[[nodiscard]] bool isAboutTemplates(Relation relation);

/// Every arrow of one relation, by names. Takes time in proportion to the number of qubes.
[[nodiscard]] QList<RelationArrow>
relationArrows(Relation relation, const NetworkGraph &graph, const RelationFacts &facts);

/// A line of `admin.vm.device.block.Attached`: whose disk, and which.
/// @source spec admin-api 8.9
struct AttachedDisk {
    QString backend;
    QString port;
};

[[nodiscard]] AttachedDisk attachedDisk(const QString &line);

} // namespace Bulkhead
