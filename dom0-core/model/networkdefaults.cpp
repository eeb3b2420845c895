// SPDX-License-Identifier: GPL-2.0-or-later
// The defaults of the properties that have to do with the network.
#include "dom0-core/model/hiddenaddress.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertydefaults.h"
#include "dom0-core/model/qubefeatures.h"

namespace Bulkhead::PropertyDefaults
{

namespace
{

/// What a net qube's `visible_gateway` is to its clients: its own `gateway`, if it has one.
Value providersValue(const Model &model, const Qube &qube, std::string_view property)
{
    const Qube *const provider = netvmOf(model, qube);
    if (provider == nullptr) {
        return std::nullopt;
    }
    const std::string value = readText(model, *provider, property);
    return value.empty() ? Value() : Value(value);
}

/// What hides the truth from the qube. Stores may hold any text there, and what makes no sense is taken for missing.
Value hidingValue(const Model &model, const Qube &qube, std::string_view feature)
{
    const auto value = findFeature(model, qube, feature, FeatureLookup::Template);
    if (!value) {
        return std::nullopt;
    }
    return feature == HiddenAddress::Netmask ? HiddenAddress::netmask(*value) : HiddenAddress::hostAddress(*value);
}

/// What a qube's address is made of: a disposable's number is its own, in ranges of their own.
bool isDisposable(const Qube &qube)
{
    return qube.klass == QubeClass::DispVM;
}

std::uint32_t dispidOf(const Model &model, const Qube &qube)
{
    return static_cast<std::uint32_t>(readInteger(model, qube, "dispid"));
}

Value readOrUnset(const Model &model, const Qube &qube, std::string_view property)
{
    const std::string value = readText(model, qube, property);
    return value.empty() ? Value() : Value(value);
}

} // namespace

Value netvm(const Model &model, const Qube &qube)
{
    return qube.klass == QubeClass::TemplateVM ? std::string() : readGlobalText(model, "default_netvm");
}

Value address4(const Model &model, const Qube &qube)
{
    if (!isNetworked(model, qube)) {
        return std::nullopt;
    }
    return isDisposable(qube) ? addressFor("10.138", dispidOf(model, qube)) : addressFor("10.137", qube.id.value());
}

Value address6(const Model &model, const Qube &qube)
{
    if (!isNetworked(model, qube) || !isFeatureOn(model, qube, "ipv6", FeatureLookup::Netvm)) {
        return std::nullopt;
    }
    return isDisposable(qube) ? address6For("a8a", dispidOf(model, qube)) : address6For("a89", qube.id.value());
}

Value visibleAddress4(const Model &model, const Qube &qube)
{
    if (auto told = hidingValue(model, qube, HiddenAddress::Ip)) {
        return told;
    }
    return readOrUnset(model, qube, "ip");
}

Value visibleAddress6(const Model &model, const Qube &qube)
{
    return readOrUnset(model, qube, "ip6");
}

Value visibleGateway4(const Model &model, const Qube &qube)
{
    if (auto told = hidingValue(model, qube, HiddenAddress::Gateway)) {
        return told;
    }
    return providersValue(model, qube, "gateway");
}

Value visibleGateway6(const Model &model, const Qube &qube)
{
    const bool has6 = isFeatureOn(model, qube, "ipv6", FeatureLookup::Netvm);
    return has6 ? providersValue(model, qube, "gateway6") : Value();
}

Value visibleNetmask(const Model &model, const Qube &qube)
{
    if (auto told = hidingValue(model, qube, HiddenAddress::Netmask)) {
        return told;
    }
    return netvmOf(model, qube) == nullptr ? Value() : Value("255.255.255.255");
}

Value gateway4(const Model &model, const Qube &qube)
{
    return providesNetwork(model, qube) ? readOrUnset(model, qube, "visible_ip") : Value();
}

Value gateway6(const Model &model, const Qube &qube)
{
    return providesNetwork(model, qube) ? readOrUnset(model, qube, "visible_ip6") : Value();
}

Value nameServers(const Model &model, const Qube &qube)
{
    return isNetworked(model, qube) ? Value("10.139.1.1 10.139.1.2") : Value();
}

} // namespace Bulkhead::PropertyDefaults
