// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/newqube.h"

#include "base/formatted.h"
#include "dom0-core/model/automatictags.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/text.h"
#include "dom0-core/model/volumes.h"

#include <ranges>

namespace Bulkhead
{

namespace
{

constexpr std::string_view KernelDriver = "linux-kernel";

Checked<void> checkTemplate(const Model &model, QubeClass klass, const std::string &name)
{
    const Qube *const base = model.find(name);
    if (base == nullptr) {
        return refuse(RefusalKind::QubeNotFound, formatted("There is no template {}.", name));
    }
    if (klass == QubeClass::DispVM && !readBoolean(model, *base, "template_for_dispvms")) {
        return refuse(
            RefusalKind::BadValue,
            formatted("{} is no template for disposables. Set its property template_for_dispvms first.", name));
    }
    if (klass != QubeClass::DispVM && base->klass != QubeClass::TemplateVM) {
        return refuse(RefusalKind::BadValue, formatted("{} is no template, so no qube can be based on it.", name));
    }
    return {};
}

Checked<std::string> chosenTemplate(const Model &model, const NewQube &wanted)
{
    if (!hasTemplate(wanted.klass)) {
        if (!wanted.templateName.empty()) {
            return refuse(RefusalKind::BadValue,
                          formatted("A {} has no template. Leave the template out.", nameOf(wanted.klass)));
        }
        return std::string();
    }
    const std::string_view fallback = wanted.klass == QubeClass::DispVM ? "default_dispvm" : "default_template";
    std::string name = wanted.templateName.empty() ? readGlobalText(model, fallback) : wanted.templateName;
    if (name.empty()) {
        return refuse(RefusalKind::BadValue,
                      formatted("No template was named and there is no default one. Name one, or set {}.", fallback));
    }
    BH_CHECK(checkTemplate(model, wanted.klass, name));
    return name;
}

Checked<QubeName> freeName(const Model &model, std::string_view text)
{
    const auto name = QubeName::parse(text);
    if (!name) {
        return refuse(RefusalKind::BadValue, formatted("This is no name for a qube: {}.", name.error().detail));
    }
    if (model.find(name->text()) != nullptr) {
        return refuse(RefusalKind::BadValue,
                      formatted("There is a qube {} already. Choose another name.", name->text()));
    }
    if (model.isLeaving(name->text())) {
        return refuse(RefusalKind::BadValue,
                      formatted("The old qube {} is still being removed. Try again in a moment.", name->text()));
    }
    return *name;
}

Checked<void> checkPools(const Model &model, const VolumePools &pools)
{
    for (const auto &[volume, name] : pools) {
        const auto pool = model.pools().find(name);
        if (pool == model.pools().end()) {
            return refuse(RefusalKind::General, formatted("There is no pool {}. Add it first.", name));
        }
        // Kernels lie in a pool of their own, and nothing else does.
        if ((pool->second.driver == KernelDriver) != (volume == VolumeName::Kernel)) {
            return refuse(RefusalKind::General,
                          formatted("The pool {} cannot hold the volume {}.", name, nameOf(volume)));
        }
    }
    return {};
}

/// Where a volume goes: where that was said, else for a disposable where its template's lies, with what was chosen for
/// that one.
Change::Any placed(Change::Any change, const VolumePools &pools, const Qube *base)
{
    auto *const volume = std::get_if<Change::SetVolume>(&change);
    if (volume == nullptr) {
        return change;
    }
    if (base != nullptr) {
        if (const auto ofBase = base->volumes.find(volume->volume); ofBase != base->volumes.end()) {
            volume->settings.pool = ofBase->second.pool ? ofBase->second.pool : volume->settings.pool;
            volume->settings.writable = ofBase->second.writable;
            volume->settings.ephemeral = ofBase->second.ephemeral;
        }
    }
    if (const auto place = pools.find(volume->volume); place != pools.end()) {
        volume->settings.pool = place->second;
    }
    return change;
}

Checked<Qid> freeNumber(const Model &model)
{
    const auto id = model.freeQid();
    if (!id) {
        return refuse(RefusalKind::General,
                      formatted("All {} numbers for qubes are in use. Remove a qube first.", MaxQid));
    }
    return *id;
}

/// Collects a new qube's properties and tags; what is set later replaces what was set before.
class CreationWriter
{
public:
    CreationWriter(const Model &model, Qid id)
        : m_model(model)
        , m_id(id)
    {
    }

    void inherit(const Qube &base)
    {
        for (Change::Any &change : inheritedFrom(base, m_id)) {
            if (const auto *const property = std::get_if<Change::SetProperty>(&change)) {
                m_values.insert_or_assign(property->name, property->value);
            }
            m_creation.changes.push_back(std::move(change));
        }
    }

    void set(std::string_view name, std::string value, PropertyType type)
    {
        m_values.insert_or_assign(std::string(name), value);
        m_creation.changes.emplace_back(
            Change::SetProperty{.id = m_id, .name = std::string(name), .value = std::move(value), .type = type});
    }

    void announceTag(std::string tag)
    {
        m_creation.changes.emplace_back(Change::AddTag{.id = m_id, .tag = tag});
        m_creation.announcedTags.push_back(std::move(tag));
    }

    /// The tags that follow what the qube's properties will be.
    void addAutomaticTags()
    {
        for (const auto &[property, global] :
             {std::pair("guivm", "default_guivm"), std::pair("audiovm", "default_audiovm")}) {
            const auto place = m_values.find(property);
            const std::string value = place == m_values.end() ? readGlobalText(m_model, global) : place->second;
            if (const auto tag = automaticTag(property, value)) {
                m_creation.changes.emplace_back(Change::AddTag{.id = m_id, .tag = *tag});
            }
        }
    }

    void add(Change::Any change)
    {
        m_creation.changes.push_back(std::move(change));
    }

    [[nodiscard]] Creation take()
    {
        return std::move(m_creation);
    }

private:
    const Model &m_model;
    Qid m_id;
    TextMap m_values;
    Creation m_creation;
};

/// The GUI qube that a creator's creatures get, if it names one that there is.
std::optional<std::string> creatorsGuivm(const Model &model, const QubeName &creator)
{
    const Qube *const source = model.find(creator.text());
    if (source == nullptr) {
        return std::nullopt;
    }
    const auto name = findFeature(model, *source, "set-created-guivm", FeatureLookup::Own);
    return name && !name->empty() && model.find(*name) != nullptr ? name : std::nullopt;
}

} // namespace

bool hasTemplate(QubeClass klass)
{
    return klass == QubeClass::AppVM || klass == QubeClass::DispVM;
}

bool isLocalGuest(QubeClass klass)
{
    return klass != QubeClass::AdminVM && klass != QubeClass::RemoteVM;
}

Checked<CheckedNewQube> checkNewQube(const Model &model, const NewQube &wanted)
{
    BH_TRY(QubeName name, freeName(model, wanted.name));
    BH_TRY(std::string base, chosenTemplate(model, wanted));
    if (model.labels().find(wanted.label) == nullptr) {
        return refuse(RefusalKind::LabelNotFound,
                      formatted("There is no label {}. Create it first, or choose another.", wanted.label));
    }
    BH_CHECK(checkPools(model, wanted.pools));
    BH_TRY(const Qid id, freeNumber(model));
    return CheckedNewQube{.klass = wanted.klass,
                          .id = id,
                          .name = std::move(name),
                          .templateName = std::move(base),
                          .label = wanted.label,
                          .dispid = std::nullopt,
                          .pools = wanted.pools};
}

Checked<CheckedNewQube> checkNewDisposable(const Model &model, const Qube &base, std::uint32_t dispid)
{
    if (!readBoolean(model, base, "template_for_dispvms")) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} is no template for disposables. Set its property template_for_dispvms first, or "
                                "name another qube.",
                                base.name.text()));
    }
    BH_TRY(QubeName name, freeName(model, formatted("disp{}", dispid)));
    BH_TRY(const Qid id, freeNumber(model));
    return CheckedNewQube{.klass = QubeClass::DispVM,
                          .id = id,
                          .name = std::move(name),
                          .templateName = base.name.text(),
                          .label = {},
                          .dispid = dispid,
                          .isCleanedUp = true};
}

Creation creationOf(const Model &model, const CheckedNewQube &wanted, const Uuid &uuid, const QubeName &creator)
{
    CreationWriter writer(model, wanted.id);
    writer.add(Change::AddQube{
        .id = wanted.id, .name = wanted.name, .uuid = uuid, .klass = wanted.klass, .stage = QubeStage::Creating});
    const Qube *const base = wanted.templateName.empty() ? nullptr : model.find(wanted.templateName);
    if (wanted.klass == QubeClass::DispVM && base != nullptr) {
        writer.inherit(*base);
    }
    if (!wanted.label.empty()) {
        writer.set("label", wanted.label, PropertyType::Label);
    }
    if (base != nullptr) {
        writer.set("template", base->name.text(), PropertyType::Reference);
    }
    for (Change::Any &change : volumeChangesFor(model, wanted.id, wanted.klass)) {
        writer.add(placed(std::move(change), wanted.pools, wanted.klass == QubeClass::DispVM ? base : nullptr));
    }
    if (wanted.dispid) {
        writer.set("dispid", std::to_string(*wanted.dispid), PropertyType::Integer);
    }
    if (wanted.isCleanedUp) {
        writer.set("auto_cleanup", booleanText(true), PropertyType::Boolean);
    }
    if (wanted.isPreloaded) {
        for (const std::string_view feature : {PreloadFeature::InProgress, std::string_view("internal")}) {
            writer.add(Change::SetFeature{.id = wanted.id, .name = std::string(feature), .value = "1"});
        }
    }
    if (isLocalGuest(wanted.klass)) {
        if (auto guivm = creatorsGuivm(model, creator)) {
            writer.set("guivm", *std::move(guivm), PropertyType::Reference);
        }
        writer.addAutomaticTags();
    }
    if (!wanted.isPreloaded) {
        for (std::string &tag : creatorsTags(model, creator, wanted.isCleanedUp)) {
            writer.announceTag(std::move(tag));
        }
    }
    return writer.take();
}

std::vector<std::string> creatorsTags(const Model &model, const QubeName &creator, bool isDisposable)
{
    std::vector<std::string> tags;
    const Qube *const source = model.find(creator.text());
    const std::string extra = source == nullptr
        ? std::string()
        : findFeature(model, *source, "tag-created-vm-with", FeatureLookup::Own).value_or(std::string());
    // Whoever hears of created-by-… finds the others there already.
    for (const auto part : std::views::split(std::string_view(extra), ' ')) {
        const std::string_view tag(part.begin(), part.end());
        if (isTag(tag) && !isAutomaticTag(tag)) {
            tags.emplace_back(tag);
        }
    }
    tags.push_back(formatted("created-by-{}", creator.text()));
    if (isDisposable) {
        tags.push_back(formatted("disp-created-by-{}", creator.text()));
    }
    return tags;
}

} // namespace Bulkhead
