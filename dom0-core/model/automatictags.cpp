// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/automatictags.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

/// A property, the global one that it follows by default, and the beginning of the tag.
struct Follower {
    std::string_view property;
    std::string_view global; ///< empty: its default is none
    std::string_view prefix;
};

constexpr std::array Followers{
    Follower{"guivm", "default_guivm", "guivm-"},
    Follower{"audiovm", "default_audiovm", "audiovm-"},
    Follower{"relayvm", "", "relayvm-"},
};

std::vector<TagEdit> editsFor(const Qube &qube, const Follower &follower, const std::string &value)
{
    std::vector<TagEdit> edits;
    const std::string wanted = automaticTag(follower.property, value).value_or(std::string());
    for (const std::string &tag : qube.tags) {
        if (tag.starts_with(follower.prefix) && tag != wanted) {
            edits.push_back({.id = qube.id, .tag = tag, .isThere = false});
        }
    }
    if (!wanted.empty() && !qube.tags.contains(wanted)) {
        edits.push_back({.id = qube.id, .tag = wanted, .isThere = true});
    }
    return edits;
}

void append(std::vector<TagEdit> &edits, std::vector<TagEdit> more)
{
    std::ranges::move(more, std::back_inserter(edits));
}

} // namespace

bool isAutomaticTag(std::string_view tag)
{
    return std::ranges::any_of(Followers, [tag](const Follower &follower) {
        return tag.starts_with(follower.prefix);
    });
}

std::optional<std::string> automaticTag(std::string_view property, const std::string &value)
{
    const auto place = std::ranges::find(Followers, property, &Follower::property);
    if (place == Followers.end() || value.empty()) {
        return std::nullopt;
    }
    return formatted("{}{}", place->prefix, value);
}

std::vector<TagEdit> tagsFollowing(const Qube &qube, std::string_view property, const std::string &value)
{
    const auto place = std::ranges::find(Followers, property, &Follower::property);
    return place == Followers.end() ? std::vector<TagEdit>() : editsFor(qube, *place, value);
}

std::vector<TagEdit> tagsFollowingGlobal(const Model &model, std::string_view property, const std::string &value)
{
    std::vector<TagEdit> edits;
    const auto place = std::ranges::find(Followers, property, &Follower::global);
    if (place == Followers.end()) {
        return edits;
    }
    for (const auto &[id, qube] : model.qubes()) {
        if (findProperty(qube.klass, place->property) != nullptr && !qube.properties.contains(place->property)) {
            append(edits, editsFor(qube, *place, value));
        }
    }
    return edits;
}

std::vector<TagEdit> tagRepairs(const Model &model)
{
    std::vector<TagEdit> edits;
    for (const auto &[id, qube] : model.qubes()) {
        for (const Follower &follower : Followers) {
            if (findProperty(qube.klass, follower.property) != nullptr) {
                append(edits, editsFor(qube, follower, readText(model, qube, follower.property)));
            }
        }
    }
    return edits;
}

Change::Any changeOf(const TagEdit &edit)
{
    if (edit.isThere) {
        return Change::AddTag{.id = edit.id, .tag = edit.tag};
    }
    return Change::RemoveTag{.id = edit.id, .tag = edit.tag};
}

} // namespace Bulkhead
