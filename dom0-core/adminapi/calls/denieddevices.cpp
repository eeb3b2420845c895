// SPDX-License-Identifier: GPL-2.0-or-later
// Interfaces of devices that a qube is not given by hand. Spec admin-api, 8.9.1.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/properties.h"
#include "vchan-io/wire/calls/qubetexts.h"

#include <set>
#include <string_view>
#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

constexpr std::string_view DeniedProperty = "devices_denied";

/// Those of the property, which may be spelled in other ways, too.
std::set<std::string> codesIn(std::string_view text)
{
    std::set<std::string> codes;
    for (; text.size() >= QubeTexts::InterfaceCodeSize; text.remove_prefix(QubeTexts::InterfaceCodeSize)) {
        codes.emplace(text.substr(0, QubeTexts::InterfaceCodeSize));
    }
    return codes;
}

std::string joined(const std::set<std::string> &codes, std::string_view separator)
{
    std::string text;
    for (const std::string &code : codes) {
        text += formatted("{}{}", text.empty() ? "" : separator, code);
    }
    return text;
}

std::set<std::string> deniedNow(const Call &call)
{
    return codesIn(readText(call.model(), call.qube(), DeniedProperty));
}

Checked<std::set<std::string>> codesOfPayload(const Call &call)
{
    auto codes = QubeTexts::parseInterfaceCodes(call.payload);
    if (!codes) {
        return refuse(RefusalKind::BadValue, codes.error().text());
    }
    return *std::move(codes);
}

void store(const Call &call, const std::set<std::string> &codes, Reply reply)
{
    const PropertyRule *const rule = findProperty(call.qube().klass, DeniedProperty);
    if (rule == nullptr) {
        reply(refuse(RefusalKind::NoSuchProperty, formatted("{} is given no devices.", call.qube().name.text())));
        return;
    }
    if (codes == deniedNow(call)) {
        reply(std::string());
        return;
    }
    const auto value = checkValue(call.model(), call.qube(), *rule, joined(codes, ""));
    if (!value) {
        reply(std::unexpected(value.error()));
        return;
    }
    call.services.editor.set(call.destination, *rule, *value, emptySuccess(std::move(reply)));
}

} // namespace

Checked<std::string> listDenied(const Call &call)
{
    BH_CHECK(call.permit());
    return joined(deniedNow(call), "\n");
}

void addDenied(const Call &call, Reply reply)
{
    const auto added = codesOfPayload(call);
    if (const auto permitted = call.permit(); !permitted || !added) {
        reply(std::unexpected(permitted ? added.error() : permitted.error()));
        return;
    }
    std::set<std::string> codes = deniedNow(call);
    codes.insert(added->begin(), added->end());
    store(call, codes, std::move(reply));
}

void removeDenied(const Call &call, Reply reply)
{
    const auto removed = call.payload == "all" ? deniedNow(call) : codesOfPayload(call);
    if (const auto permitted = call.permit(); !permitted || !removed) {
        reply(std::unexpected(permitted ? removed.error() : permitted.error()));
        return;
    }
    std::set<std::string> codes = deniedNow(call);
    for (const std::string &code : *removed) {
        codes.erase(code);
    }
    store(call, codes, std::move(reply));
}

} // namespace Bulkhead::AdminApi::Calls
