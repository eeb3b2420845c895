// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/replugging.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/automatictags.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertyevents.h"
#include "dom0-core/model/refusal.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Changes properties, features and tags: saves them, fires the events about them in their order, and makes running
/// qubes follow. What is asked for must have passed the model's checks (properties.h, qubefeatures.h).
/// @source spec qube-model, 4.3; admin-api, 9.1
class PropertyEditor
{
public:
    using Done = Runner::Done;

    /// Both outlive the editor. A change that running qubes cannot follow is taken back.
    PropertyEditor(Registry &registry, Runner &runner);

    /// @param value  canonical, from checkValue()
    void set(Qid id, const PropertyRule &rule, std::string value, Done done);
    void reset(Qid id, const PropertyRule &rule, Done done);
    void setGlobal(const GlobalRule &rule, std::string value, Done done);
    void resetGlobal(const GlobalRule &rule, Done done);

    /// A feature that changes; no value: it goes.
    struct FeatureEdit {
        Qid id;
        std::string name;
        std::optional<std::string> value;
    };

    /// Changes features and tags of any qubes, all or none.
    [[nodiscard]] Checked<void> edit(const std::vector<FeatureEdit> &features, const std::vector<TagEdit> &tags = {});
    [[nodiscard]] Checked<void> setFeature(Qid id, const std::string &name, const std::string &value);
    [[nodiscard]] Checked<void> removeFeature(Qid id, const std::string &name);
    /// Setting one that is there, or removing one that is not, changes nothing and fires nothing.
    [[nodiscard]] Checked<void> addTag(Qid id, const std::string &tag);
    [[nodiscard]] Checked<void> removeTag(Qid id, const std::string &tag);

private:
    void change(Qid id, const PropertyRule &rule, std::optional<std::string> value, Done done);
    void changeGlobal(const GlobalRule &rule, std::optional<std::string> value, Done done);

    [[nodiscard]] std::vector<FeatureEdit>
    featuresFollowing(const Qube &qube, const PropertyRule &rule, const std::optional<std::string> &value) const;
    [[nodiscard]] std::vector<FeatureEdit> featuresFollowingClock(const std::optional<std::string> &value) const;
    [[nodiscard]] Checked<void> checkLiveReplug(const Qube &qube, const std::string &provider) const;
    /// Qubes that run and follow the default net qube.
    enum class Followers : bool {
        Paused,
        Others,
    };

    [[nodiscard]] std::vector<Qid> followersOfDefaultNetvm(Followers which) const;
    [[nodiscard]] static std::vector<FeatureEdit>
    featuresDeferring(const Qube &qube, const std::string &before, const std::string &wanted);
    [[nodiscard]] std::vector<FeatureEdit> featuresDeferring(const std::string &before,
                                                             const std::string &wanted) const;
    /// Makes the store say again what it said before `change` was made, and tells.
    [[nodiscard]] Checked<void>
    takeBack(Qid id, const PropertyChange &change, const std::optional<std::string> &explicitBefore);
    [[nodiscard]] Checked<void> takeBackGlobal(const PropertyChange &change,
                                               const std::optional<std::string> &explicitBefore);
    void announceAfter(Qid id, const PropertyChange &change);
    void announceGlobalAfter(const PropertyChange &change);

    [[nodiscard]] Checked<void> announceBefore(const FeatureEdit &edit);
    void announceAfter(const FeatureEdit &edit, const std::optional<std::string> &old);
    [[nodiscard]] std::optional<std::string> featureOf(Qid id, const std::string &name) const;
    void announce(const TagEdit &edit);
    /// Saves `changes` and the features and tags that follow, and fires the events about these.
    [[nodiscard]] Checked<void> commit(std::vector<Change::Any> changes,
                                       const std::vector<FeatureEdit> &features,
                                       const std::vector<TagEdit> &tags = {});

    Registry &m_registry;
    Replugging m_replugging;
};

} // namespace Bulkhead
