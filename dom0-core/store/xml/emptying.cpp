// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/emptying.h"

namespace Bulkhead::QubesXml
{

namespace
{

void emptyDom0(const Qube &dom0, std::vector<Change::Any> &changes)
{
    for (const auto &[name, value] : dom0.properties) {
        changes.emplace_back(Change::ResetProperty{.id = Dom0Qid, .name = name});
    }
    for (const auto &[name, value] : dom0.features) {
        changes.emplace_back(Change::RemoveFeature{.id = Dom0Qid, .name = name});
    }
    for (const std::string &tag : dom0.tags) {
        changes.emplace_back(Change::RemoveTag{.id = Dom0Qid, .tag = tag});
    }
}

} // namespace

bool isFresh(const Model &model)
{
    const Qube *const dom0 = model.find(Dom0Qid);
    const bool isPlain = dom0 != nullptr && dom0->features.empty() && dom0->tags.empty() && dom0->properties.size() == 1
        && dom0->properties.contains("label");
    return isPlain && model.qubes().size() == 1 && model.globals().empty()
        && model.labels().byIndex().size() == LastDefaultLabel;
}

std::vector<Change::Any> emptyingChanges(const Model &model)
{
    std::vector<Change::Any> changes;
    for (const auto &[name, value] : model.globals()) {
        changes.emplace_back(Change::ResetGlobal{.name = name});
    }
    for (const auto &[id, qube] : model.qubes()) {
        if (id == Dom0Qid) {
            emptyDom0(qube, changes);
        } else {
            changes.emplace_back(Change::RemoveQube{.id = id});
        }
    }
    for (const auto &[index, label] : model.labels().byIndex()) {
        if (index > LastDefaultLabel) {
            changes.emplace_back(Change::RemoveLabel{.index = index});
        }
    }
    return changes;
}

} // namespace Bulkhead::QubesXml
