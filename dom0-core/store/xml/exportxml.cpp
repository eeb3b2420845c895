// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/exportxml.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"
#include "dom0-core/model/volumes.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::QubesXml
{

namespace
{

/// What XML 1.0 cannot say at all, not even escaped.
bool isUnspeakable(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// A reader makes a line end of a bare CR, and blanks of line ends in attributes, so these are written as numbers.
std::string escaped(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\t':
        case '\n':
        case '\r':
            result += formatted("&#{};", static_cast<int>(c));
            break;
        default:
            result += c;
        }
    }
    return result;
}

/// Writes elements, two blanks deeper for each level. Remembers the first text that cannot be written.
class Writer
{
public:
    using Attributes = std::span<const std::pair<std::string, std::string>>;
    using FewAttributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    void open(std::string_view name, FewAttributes attributes = {})
    {
        begin(name, attributes);
        m_text += ">\n";
        ++m_depth;
    }

    void close(std::string_view name)
    {
        --m_depth;
        m_text += formatted("{:{}}</{}>\n", "", Indent * m_depth, name);
    }

    /// @param what  names the text where it cannot be written
    void leaf(std::string_view name, FewAttributes attributes, std::string_view text, std::string_view what)
    {
        if (m_unspeakable.empty() && std::ranges::any_of(text, isUnspeakable)) {
            m_unspeakable = what;
        }
        begin(name, attributes);
        if (text.empty()) {
            m_text += "/>\n";
        } else {
            m_text += formatted(">{}</{}>\n", escaped(text), name);
        }
    }

    /// One that has attributes alone.
    void empty(std::string_view name, Attributes attributes)
    {
        begin(name, attributes);
        m_text += "/>\n";
    }

    [[nodiscard]] Result<std::string> finish() &&
    {
        if (!m_unspeakable.empty()) {
            return fail(Errc::BadValue,
                        formatted("{} holds a control character, which the file cannot carry. Set it to something "
                                  "else first.",
                                  m_unspeakable));
        }
        return std::move(m_text);
    }

private:
    static constexpr std::size_t Indent = 2;

    void begin(std::string_view name, const auto &attributes)
    {
        m_text += formatted("{:{}}<{}", "", Indent * m_depth, name);
        for (const auto &[key, value] : attributes) {
            m_text += formatted(" {}=\"{}\"", key, escaped(value));
        }
    }

    std::string m_text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    std::size_t m_depth = 0;
    std::string m_unspeakable;
};

void writeLabels(Writer &out, const Model &model)
{
    out.open("labels");
    for (const auto &[index, label] : model.labels().byIndex()) {
        out.leaf("label", {{"id", formatted("label-{}", index)}, {"color", label.color.text()}}, label.name, "a label");
    }
    out.close("labels");
}

/// Pools of drivers that only this core has say nothing to others, who have a pool of that name themselves.
void writePools(Writer &out, const Model &model)
{
    out.open("pools");
    for (const auto &[name, pool] : model.pools()) {
        const PoolDriverRule *const rule = findPoolDriver(pool.driver);
        if (rule == nullptr || !rule->isForPeople) {
            continue;
        }
        std::vector<std::pair<std::string, std::string>> attributes{{"name", pool.name}, {"driver", pool.driver}};
        attributes.insert(attributes.end(), pool.options.begin(), pool.options.end());
        out.empty("pool", attributes);
    }
    out.close("pools");
}

void writeVolumes(Writer &out, const Model &model, const Qube &qube)
{
    const auto volumes = qubeVolumes(model, qube);
    if (volumes.empty()) {
        return;
    }
    out.open("volume-config");
    for (const Volume &volume : volumes) {
        std::vector<std::pair<std::string, std::string>> attributes{
            {"name", std::string(nameOf(volume.name))}, {"pool", volume.pool.name}, {"vid", volume.vid}};
        const auto add = [&attributes](const char *key, std::string value) {
            attributes.emplace_back(key, std::move(value));
        };
        if (volume.name != VolumeName::Kernel) {
            add("size", std::to_string(volume.size));
        }
        add("rw", booleanText(volume.writable));
        if (volume.snapOnStart) {
            add("source", volume.source);
        }
        if (volume.saveOnStop) {
            add("revisions_to_keep", std::to_string(volume.revisionsToKeep));
        }
        add("save_on_stop", booleanText(volume.saveOnStop));
        add("snap_on_start", booleanText(volume.snapOnStart));
        if (volume.name == VolumeName::Volatile) {
            add("ephemeral", booleanText(volume.ephemeral));
        }
        out.empty("volume", attributes);
    }
    out.close("volume-config");
}

void writeGlobals(Writer &out, const Model &model)
{
    out.open("properties");
    for (const auto &[name, value] : model.globals()) {
        out.leaf("property", {{"name", name}}, value, formatted("the global property {}", name));
    }
    out.close("properties");
}

void writeProperties(Writer &out, const Qube &qube)
{
    TextMap properties = qube.properties;
    properties.insert_or_assign("name", qube.name.text());
    properties.insert_or_assign("qid", std::to_string(qube.id.value()));
    properties.insert_or_assign("uuid", qube.uuid.text());
    if (qube.klass == QubeClass::AdminVM) {
        properties.erase("name"); // computed for this class, so a reader refuses them
        properties.erase("qid");
        properties.erase("uuid");
    }
    out.open("properties");
    for (const auto &[name, value] : properties) {
        out.leaf("property", {{"name", name}}, value, formatted("the property {} of {}", name, qube.name.text()));
    }
    out.close("properties");
}

void writeDevices(Writer &out, const Model &model, const Qube &qube)
{
    if (qube.assignments.empty()) {
        return;
    }
    out.open("devices", {{"class", nameOf(DeviceClass::Block)}});
    for (const auto &[key, settings] : qube.assignments) {
        if (key.klass != DeviceClass::Block) {
            continue;
        }
        out.open("device",
                 {{"backend-domain", model.find(key.backend)->name.text()},
                  {"id", key.port},
                  {"mode", nameOf(settings.mode)},
                  {"identity", key.identity}});
        for (const auto &[name, value] : settings.options) {
            out.leaf("option", {{"name", name}}, value, formatted("a device of {}", qube.name.text()));
        }
        out.close("device");
    }
    out.close("devices");
}

void writeQube(Writer &out, const Model &model, const Qube &qube)
{
    out.open("domain", {{"id", formatted("domain-{}", qube.id.value())}, {"class", nameOf(qube.klass)}});
    writeProperties(out, qube);
    out.open("features");
    for (const auto &[name, value] : qube.features) {
        out.leaf("feature", {{"name", name}}, value, formatted("the feature {} of {}", name, qube.name.text()));
    }
    out.close("features");
    out.open("tags");
    for (const std::string &tag : qube.tags) {
        out.leaf("tag", {{"name", tag}}, {}, {});
    }
    out.close("tags");
    writeDevices(out, model, qube);
    writeVolumes(out, model, qube);
    out.close("domain");
}

} // namespace

Result<std::string> exportModel(const Model &model)
{
    Writer out;
    out.open("qubes");
    writeLabels(out, model);
    writePools(out, model);
    writeGlobals(out, model);
    out.open("domains");
    for (const auto &[id, qube] : model.qubes()) {
        writeQube(out, model, qube);
    }
    out.close("domains");
    out.close("qubes");
    return std::move(out).finish();
}

} // namespace Bulkhead::QubesXml
