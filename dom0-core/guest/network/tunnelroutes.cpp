// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/tunnelroutes.h"

#include "base/formatted.h"
#include "dom0-core/guest/network/configtext.h"

#include <array>

namespace Bulkhead::GuestNetwork
{

namespace
{

/// Before those of the kernel, which begin at 32766.
constexpr int NarrowRoutesRule = 25190;
constexpr int TunnelRule = 25191;
constexpr std::array Families{"-4", "-6"}; ///< rules know their family by the option alone

} // namespace

std::vector<ProgramStep> rulesToTunnel(const std::string &ip)
{
    std::vector<ProgramStep> steps;
    for (const char *const family : Families) {
        steps.push_back({.call = {.path = ip,
                                  .words = {family, "-batch", "-"},
                                  .input = formatted("rule add priority {} table main suppress_prefixlength 0\n"
                                                     "rule add priority {} not fwmark {} table {}\n",
                                                     NarrowRoutesRule,
                                                     TunnelRule,
                                                     TunnelMark,
                                                     TunnelRouteTable)}});
    }
    return steps;
}

std::vector<ProgramStep> noRulesToTunnel(const std::string &ip)
{
    std::vector<ProgramStep> steps;
    for (const char *const family : Families) {
        steps.push_back(
            {.call = {.path = ip,
                      .words = {family, "-force", "-batch", "-"},
                      .input = formatted("rule del priority {}\nrule del priority {}\n", NarrowRoutesRule, TunnelRule)},
             .mayFail = true});
    }
    return steps;
}

} // namespace Bulkhead::GuestNetwork
