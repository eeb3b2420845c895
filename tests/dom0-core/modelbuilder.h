// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/formatted.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/properties.h"
#include "tests/dom0-core/fakehost.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace Bulkhead::Test
{

inline QubeName qubeName(std::string_view text)
{
    return QubeName::parse(text).value();
}

/// A model with the default labels and dom0, to which a test adds qubes.
class ModelBuilder
{
public:
    ModelBuilder()
    {
        for (const Label &label : defaultLabels()) {
            model.apply(Change::AddLabel{.label = label});
        }
        for (const auto &[name, driver] :
             {std::pair(DefaultPool, "file-reflink"), std::pair(KernelPool, "linux-kernel")}) {
            model.apply(Change::AddPool{.pool = {.name = std::string(name),
                                                 .driver = driver,
                                                 .options = {{"dir_path", formatted("/pools/{}", name)}}}});
        }
        add("dom0", QubeClass::AdminVM, Dom0Qid);
        set("dom0", "label", "black");
    }

    /// With the lowest free number and label red.
    const Qube &add(std::string_view name, QubeClass klass)
    {
        const Qid id = model.freeQid().value();
        add(name, klass, id);
        set(name, "label", "red");
        return *model.find(id);
    }

    void add(std::string_view name, QubeClass klass, Qid id)
    {
        std::array<std::byte, 16> bytes{};
        bytes[0] = static_cast<std::byte>(id.value() & 0xFF);
        bytes[1] = static_cast<std::byte>(id.value() >> 8);
        const Uuid uuid = id == Dom0Qid ? Uuid() : Uuid::fromRandom(bytes);
        model.apply(Change::AddQube{.id = id, .name = qubeName(name), .uuid = uuid, .klass = klass});
    }

    /// Without any check.
    void set(std::string_view qube, const std::string &property, const std::string &value)
    {
        const Qube &owner = get(qube);
        const PropertyType type = findProperty(owner.klass, property)->type;
        model.apply(Change::SetProperty{.id = owner.id, .name = property, .value = value, .type = type});
    }

    void setGlobal(const std::string &property, const std::string &value)
    {
        model.apply(Change::SetGlobal{.name = property, .value = value, .type = findGlobal(property)->type});
    }

    void setFeature(std::string_view qube, const std::string &name, const std::string &value)
    {
        model.apply(Change::SetFeature{.id = get(qube).id, .name = name, .value = value});
    }

    void setPower(std::string_view qube, PowerState power)
    {
        model.setRun(get(qube).id, {.power = power, .domain = DomId(7), .started = std::nullopt});
    }

    [[nodiscard]] const Qube &get(std::string_view name) const
    {
        return *model.find(name);
    }

    /// As the API reads it; `(unset)` without a value.
    [[nodiscard]] std::string read(std::string_view qube, std::string_view property) const
    {
        const Qube &owner = get(qube);
        return readProperty(model, owner, *findProperty(owner.klass, property)).text.value_or("(unset)");
    }

    /// The canonical value, or the type of the refusal.
    [[nodiscard]] std::string check(std::string_view qube, std::string_view property, std::string_view value) const
    {
        const Qube &owner = get(qube);
        const auto checked = checkValue(model, owner, *findProperty(owner.klass, property), value);
        return checked ? *checked : std::string(exceptionName(checked.error().kind));
    }

    [[nodiscard]] std::string checkGlobal(std::string_view property, std::string_view value) const
    {
        const auto checked = checkGlobalValue(model, *findGlobal(property), value);
        return checked ? *checked : std::string(exceptionName(checked.error().kind));
    }

    FakeHost host;
    Model model{host};
};

} // namespace Bulkhead::Test
