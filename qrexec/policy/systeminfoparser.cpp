// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/systeminfoparser.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/qubename.h"
#include "qrexec/policy/json.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

/// The fields of one qube.
class Fields
{
public:
    Fields(const std::string &qube, const Json::Object &object)
        : m_qube(qube)
        , m_object(object)
    {
    }

    [[nodiscard]] Result<std::string> text(std::string_view key) const
    {
        const Json::Value *value = find(key);
        const auto *found = value == nullptr ? nullptr : value->as<std::string>();
        if (found == nullptr) {
            return wrong(key);
        }
        return *found;
    }

    /// @param isNeeded  whether the field must be there; null counts as nothing
    [[nodiscard]] Result<std::optional<std::string>> optionalText(std::string_view key, bool isNeeded) const
    {
        const Json::Value *value = find(key);
        if (value == nullptr && isNeeded) {
            return wrong(key);
        }
        if (value == nullptr || value->isNull()) {
            return std::nullopt;
        }
        const auto *found = value->as<std::string>();
        if (found == nullptr) {
            return wrong(key);
        }
        return *found;
    }

    [[nodiscard]] Result<bool> flag(std::string_view key) const
    {
        const Json::Value *value = find(key);
        const bool *found = value == nullptr ? nullptr : value->as<bool>();
        if (found == nullptr) {
            return wrong(key);
        }
        return *found;
    }

    [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view key) const
    {
        const Json::Value *value = find(key);
        const auto *found = value == nullptr ? nullptr : value->as<Json::Array>();
        if (found == nullptr) {
            return wrong(key);
        }
        std::vector<std::string> list;
        for (const Json::Value &each : *found) {
            const auto *entry = each.as<std::string>();
            if (entry == nullptr) {
                return wrong(key);
            }
            list.push_back(*entry);
        }
        return list;
    }

private:
    [[nodiscard]] const Json::Value *find(std::string_view key) const
    {
        const auto entry = m_object.find(key);
        return entry == m_object.end() ? nullptr : &entry->second;
    }

    [[nodiscard]] std::unexpected<Error> wrong(std::string_view key) const
    {
        return fail(Errc::BadField, formatted("{} of {} is missing or not as it must be", key, m_qube));
    }

    const std::string &m_qube;
    const Json::Object &m_object;
};

bool isUuid(std::string_view text)
{
    constexpr std::string_view Form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(text, Form, [](char c, char form) {
        return form == '-' ? c == '-' : Ascii::isDigit(c) || (c >= 'a' && c <= 'f');
    });
}

/// What need not be there.
Result<void> readOptional(const Fields &fields, QubeRecord &qube)
{
    BH_TRY(const auto label, fields.optionalText("label", false));
    qube.label = label.value_or("");
    BH_TRY(const auto uuid, fields.optionalText("uuid", false));
    if (uuid && !isUuid(*uuid)) {
        return fail(Errc::BadField, formatted("uuid of {} is none", qube.name));
    }
    qube.uuid = uuid.value_or("");
    BH_TRY(qube.relayvm, fields.optionalText("relayvm", false));
    BH_TRY(qube.transportRpc, fields.optionalText("transport_rpc", false));
    return {};
}

Result<QubeRecord> parseQube(const std::string &name, const Json::Object &object)
{
    const Fields fields(name, object);
    QubeRecord qube{.name = name};
    BH_TRY(qube.tags, fields.texts("tags"));
    BH_TRY(qube.type, fields.text("type"));
    BH_TRY(qube.isDisposableTemplate, fields.flag("template_for_dispvms"));
    BH_TRY(qube.defaultDispvm, fields.optionalText("default_dispvm", true));
    BH_TRY(qube.guivm, fields.optionalText("guivm", true));
    BH_TRY(qube.powerState, fields.text("power_state"));
    BH_TRY(qube.icon, fields.text("icon"));
    BH_TRY(const auto internal, fields.optionalText("internal", true));
    qube.isInternal = internal && !internal->empty();
    BH_CHECK(readOptional(fields, qube));
    return qube;
}

} // namespace

Result<SystemInfo> parseSystemInfo(std::string_view json)
{
    BH_TRY(const Json::Value whole, Json::parse(json));
    const auto *const object = whole.as<Json::Object>();
    const auto domains = object == nullptr ? Json::Object::const_iterator() : object->find("domains");
    if (object == nullptr || domains == object->end() || domains->second.as<Json::Object>() == nullptr) {
        return fail(Errc::BadField, "no object with the key domains");
    }
    SystemInfo info;
    for (const auto &[name, record] : *domains->second.as<Json::Object>()) {
        const auto *const fields = record.as<Json::Object>();
        if (fields == nullptr || !QubeName::parse(name)) {
            return fail(Errc::BadField, "an entry of domains is no qube");
        }
        BH_TRY(QubeRecord qube, parseQube(name, *fields));
        info.add(std::move(qube));
    }
    if (info.find("dom0") == nullptr) {
        return fail(Errc::BadField, "dom0 is missing");
    }
    return info;
}

Result<SystemInfo> parseSystemInfoAnswer(std::string_view answer)
{
    constexpr std::string_view Success{"0\0", 2};
    if (answer.empty()) {
        return fail(Errc::ShortMessage, "the core gave no answer");
    }
    if (!answer.starts_with(Success)) {
        return fail(Errc::Refused, "the core answered with an exception");
    }
    return parseSystemInfo(answer.substr(Success.size()));
}

} // namespace Bulkhead::Policy
