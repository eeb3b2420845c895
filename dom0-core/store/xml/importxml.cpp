// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/importxml.h"

#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertychecks.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/text.h"
#include "dom0-core/store/xml/emptying.h"
#include "dom0-core/store/xml/importdevices.h"
#include "dom0-core/store/xml/importvolumes.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace Bulkhead::QubesXml
{

namespace
{

constexpr std::uint32_t OldGray = 0x555753; // spec qube-model, 3
constexpr std::array Identity{std::string_view("name"), std::string_view("qid"), std::string_view("uuid")};

/// `domain-17` with the prefix `domain-` is 17.
std::optional<std::uint32_t> numberAfter(std::string_view prefix, std::string_view text, std::uint32_t most)
{
    if (!text.starts_with(prefix)) {
        return std::nullopt;
    }
    const auto number = parseNumber(text.substr(prefix.size()));
    return number && *number <= most ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

std::unexpected<Error> wrong(std::int64_t line, const std::string &what)
{
    return fail(Errc::BadValue, formatted("line {}: {}", line, what));
}

const Entry *findEntry(const std::vector<Entry> &entries, std::string_view name)
{
    const auto place = std::ranges::find(entries, name, &Entry::name);
    return place == entries.end() ? nullptr : &*place;
}

/// Properties whose values are judged by what others say, and so come after them. @source spec qube-model, 4.4
bool isLate(const PropertyRule &rule)
{
    return rule.type == PropertyType::Reference || rule.name == "bootmode" || rule.name == "kernelopts"
        || rule.name == "appvm_default_bootmode";
}

/// Values that a file is believed in. What a qube has from its creation on nobody can set later. A disposable template
/// that is none is refused when a person sets it, but it has been working like that. @source spec qube-model, 4.5
bool isBelieved(const PropertyRule &rule)
{
    return rule.setting == Setting::WriteOnce || rule.name == "default_dispvm" || rule.name == "management_dispvm";
}

/// Makes every change in a model of its own as it is found, so that each value is judged by what is there already.
class Importer
{
public:
    Importer(const Document &document, const Model &model)
        : m_document(document)
        , m_scratch(model.host())
    {
        m_import.remarks = document.remarks;
        for (const Label &label : defaultLabels()) {
            m_scratch.apply(Change::AddLabel{.label = label});
        }
        for (const auto &[name, pool] : model.pools()) {
            m_scratch.apply(Change::AddPool{.pool = pool}); // where volumes can lie is this system's to say
        }
        m_import.changes = emptyingChanges(model);
    }

    Result<Import> run()
    {
        for (const LabelEntry &entry : m_document.labels) {
            BH_CHECK(label(entry));
        }
        for (const AttributesEntry &entry : m_document.pools) {
            take(entry, formatted("the pool {}", entry.of("name")), poolFrom(entry, m_scratch));
        }
        for (const Domain &domain : m_document.domains) {
            BH_CHECK(object(domain));
        }
        if (m_scratch.find(Dom0Qid) == nullptr) {
            return fail(Errc::BadValue, "it has no domain-0");
        }
        eachProperty([](const PropertyRule &rule) {
            return !isLate(rule);
        });
        for (const auto &[id, domain] : m_domains) {
            labelOrRed(id, *domain);
            features(id, *domain);
            tags(id, *domain);
            devices(id, *domain);
        }
        eachProperty([](const PropertyRule &rule) {
            return rule.name == "template";
        });
        // The default net qube comes when it is known which qubes have another or none: else it would run in a circle
        // through itself.
        static constexpr std::string_view Last = "default_netvm";
        globals([](std::string_view name) {
            return name != Last;
        });
        eachProperty([](const PropertyRule &rule) {
            return isLate(rule) && rule.name != "template";
        });
        globals([](std::string_view name) {
            return name == Last;
        });
        for (const auto &[id, domain] : m_domains) {
            volumes(id, *domain);
        }
        std::ranges::stable_sort(m_import.remarks, {}, &Remark::line);
        return std::move(m_import);
    }

private:
    void make(Change::Any change)
    {
        m_scratch.apply(change);
        m_import.changes.push_back(std::move(change));
    }

    void remark(std::int64_t line, std::string text)
    {
        if (m_import.remarks.size() < MaxRemarks) {
            m_import.remarks.push_back({.line = line, .text = std::move(text)});
        }
    }

    Result<void> label(const LabelEntry &entry)
    {
        const auto index = numberAfter("label-", entry.id, MaxLabelIndex);
        const auto color = LabelColor::parse(entry.color);
        if (!index || *index < MinLabelIndex || !color || !isLabelName(entry.name)) {
            return wrong(entry.line, "this is no label");
        }
        const auto &known = m_scratch.labels().byIndex();
        if (const auto place = known.find(*index); place != known.end()) {
            if (*index > LastDefaultLabel || place->second.name != entry.name) {
                return wrong(entry.line, formatted("label {} is there already, as {}", *index, place->second.name));
            }
            if (place->second.color != *color && color->rgb() != OldGray) {
                remark(entry.line, formatted("label {} keeps its colour {}", entry.name, place->second.color.text()));
            }
            return {};
        }
        if (m_scratch.labels().find(entry.name) != nullptr) {
            return wrong(entry.line, formatted("there are two labels {}", entry.name));
        }
        make(Change::AddLabel{.label = {.index = *index, .name = entry.name, .color = *color}});
        return {};
    }

    Result<void> object(const Domain &domain)
    {
        const auto number = numberAfter("domain-", domain.id, MaxQid);
        const auto klass = qubeClassFromName(domain.klass);
        if (!number) {
            return wrong(domain.line, formatted("{} is no number of a qube", domain.id));
        }
        if (!klass) {
            return wrong(domain.line, formatted("this version knows no qubes of class {}", domain.klass));
        }
        const Qid id(*number);
        if ((id == Dom0Qid) != (*klass == QubeClass::AdminVM)) {
            return wrong(domain.line, "domain-0 is the AdminVM, and nothing else is");
        }
        if (const Entry *const qid = findEntry(domain.properties, "qid");
            qid != nullptr && qid->text != std::to_string(*number)) {
            return wrong(qid->line, formatted("{} says that its number is another one", domain.id));
        }
        if (!m_domains.emplace(id, &domain).second) {
            return wrong(domain.line, formatted("{} comes twice", domain.id));
        }
        return id == Dom0Qid ? dom0() : guest(id, *klass, domain);
    }

    /// The store has it already.
    Result<void> dom0()
    {
        const auto name = QubeName::parse("dom0");
        BH_ASSERT(name.has_value());
        m_scratch.apply(Change::AddQube{
            .id = Dom0Qid, .name = *name, .uuid = Uuid(), .klass = QubeClass::AdminVM, .stage = QubeStage::Ready});
        return {};
    }

    Result<void> guest(Qid id, QubeClass klass, const Domain &domain)
    {
        const Entry *const rawName = findEntry(domain.properties, "name");
        const auto name = QubeName::parse(rawName == nullptr ? std::string_view() : rawName->text);
        const Entry *const rawUuid = findEntry(domain.properties, "uuid");
        const auto uuid = Uuid::parse(rawUuid == nullptr ? std::string_view() : rawUuid->text);
        if (!name || name->isDom0()) {
            return wrong(domain.line, formatted("{} has no name that a qube can have", domain.id));
        }
        if (!uuid || *uuid == Uuid()) {
            return wrong(domain.line, formatted("{} has no UUID that a qube can have", name->text()));
        }
        if (m_scratch.find(name->text()) != nullptr || m_scratch.findUuid(uuid->text()) != nullptr) {
            return wrong(domain.line, formatted("the name or the UUID of {} comes twice", name->text()));
        }
        make(Change::AddQube{.id = id, .name = *name, .uuid = *uuid, .klass = klass, .stage = QubeStage::Ready});
        return {};
    }

    /// The properties of all qubes that `isWanted` chooses.
    template<typename IsWanted> void eachProperty(IsWanted isWanted)
    {
        for (const auto &[id, domain] : m_domains) {
            for (const Entry &entry : domain->properties) {
                if (std::ranges::contains(Identity, entry.name)) {
                    continue;
                }
                const Qube &qube = *m_scratch.find(id);
                const PropertyRule *const rule = findProperty(qube.klass, entry.name);
                if (rule == nullptr) {
                    if (m_unknown.insert(&entry).second) {
                        remark(entry.line,
                               formatted("{}: the property {} is not known here and is left out",
                                         qube.name.text(),
                                         entry.name));
                    }
                } else if (isWanted(*rule)) {
                    property(qube, *rule, entry);
                }
            }
        }
    }

    void property(const Qube &qube, const PropertyRule &rule, const Entry &entry)
    {
        if (rule.setting == Setting::Computed) {
            remark(entry.line, formatted("{}: {} is computed here and is left out", qube.name.text(), rule.name));
            return;
        }
        const auto value = isBelieved(rule) ? spelledAs(m_scratch, rule.type, rule.name, entry.text)
                                            : checkValue(m_scratch, qube, rule, entry.text);
        if (!value) {
            remark(entry.line,
                   formatted("{}: {} is left at its default: {}", qube.name.text(), rule.name, value.error().message));
            return;
        }
        make(Change::SetProperty{.id = qube.id, .name = std::string(rule.name), .value = *value, .type = rule.type});
    }

    void labelOrRed(Qid id, const Domain &domain)
    {
        const Qube &qube = *m_scratch.find(id);
        if (qube.properties.contains("label")) {
            return;
        }
        if (id == Dom0Qid) {
            make(Change::SetProperty{.id = id, .name = "label", .value = "black", .type = PropertyType::Label});
        } else {
            remark(domain.line,
                   formatted("{} has no label that is known here; it gets the label red", qube.name.text()));
            make(Change::SetProperty{.id = id, .name = "label", .value = "red", .type = PropertyType::Label});
        }
    }

    void features(Qid id, const Domain &domain)
    {
        for (const Entry &entry : domain.features) {
            if (const auto possible = checkFeature(entry.name, entry.text); !possible) {
                remark(entry.line,
                       formatted("{}: the feature {} is left out: {}",
                                 m_scratch.find(id)->name.text(),
                                 entry.name,
                                 possible.error().message));
                continue;
            }
            make(Change::SetFeature{.id = id, .name = entry.name, .value = entry.text});
        }
    }

    void tags(Qid id, const Domain &domain)
    {
        for (const Entry &entry : domain.tags) {
            if (!isTag(entry.name)) {
                remark(entry.line,
                       formatted("{}: a tag is left out, it is spelled wrongly", m_scratch.find(id)->name.text()));
                continue;
            }
            make(Change::AddTag{.id = id, .tag = entry.name});
        }
    }

    void take(const AttributesEntry &entry, const std::string &what, Taken taken)
    {
        for (Change::Any &change : taken.changes) {
            make(std::move(change));
        }
        for (const std::string &why : taken.leftOut) {
            remark(entry.line, formatted("{} is not taken over as it is: {}", what, why));
        }
    }

    void volumes(Qid id, const Domain &domain)
    {
        for (const AttributesEntry &entry : domain.volumes) {
            const auto what = formatted("{}: the volume {}", m_scratch.find(id)->name.text(), entry.of("name"));
            take(entry, what, volumeFrom(entry, m_scratch, *m_scratch.find(id)));
            if (const auto other = otherPlaceOf(entry, m_scratch, *m_scratch.find(id)); !other.empty()) {
                remark(entry.line, formatted("{}: {}", what, other));
            }
        }
    }

    void devices(Qid id, const Domain &domain)
    {
        for (const DeviceEntry &entry : domain.devices) {
            auto assigned = deviceFrom(entry, m_scratch, id);
            if (assigned) {
                make(*std::move(assigned));
                continue;
            }
            remark(entry.line,
                   formatted("{}: the device {} is left out: {}",
                             m_scratch.find(id)->name.text(),
                             entry.port,
                             assigned.error()));
        }
    }

    template<typename Wanted> void globals(Wanted isWanted)
    {
        for (const Entry &entry : m_document.globals) {
            if (!isWanted(entry.name)) {
                continue;
            }
            const GlobalRule *const rule = findGlobal(entry.name);
            if (rule == nullptr) {
                remark(entry.line, formatted("the global property {} is not known here and is left out", entry.name));
                continue;
            }
            const auto value = checkGlobalValue(m_scratch, *rule, entry.text);
            if (!value) {
                remark(entry.line, formatted("{} is left at its default: {}", rule->name, value.error().message));
                continue;
            }
            make(Change::SetGlobal{.name = std::string(rule->name), .value = *value, .type = rule->type});
        }
    }

    const Document &m_document;
    Model m_scratch;
    Import m_import;
    std::map<Qid, const Domain *> m_domains;
    std::set<const Entry *> m_unknown; ///< those that were remarked on
};

} // namespace

Result<Import> importDocument(const Document &document, const Model &model)
{
    return Importer(document, model).run();
}

} // namespace Bulkhead::QubesXml
