// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/addtemplate.h"

#include "base/formatted.h"
#include "dom0-core/cli/adminclient.h"

#include <array>
#include <string_view>
#include <system_error>
#include <utility>

namespace Bulkhead::Cli
{

namespace
{

namespace fs = std::filesystem;

/// What the guest programs, which are laid over every root, bring along.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> Features{{
    {"qrexec", "1"},
    {"gui", "1"},
    {"os", "Linux"},
}};

Result<void> fill(const fs::path &run, const NewTemplate &wanted, const fs::path &root)
{
    const auto *const how = wanted.isInPlace ? "bulkhead.TemplateRoot+in-place" : "bulkhead.TemplateRoot+copy";
    BH_CHECK(call(run / "bulkhead" / "core.sock", how, wanted.name, root.string()));
    for (const auto &[name, value] : Features) {
        BH_CHECK(call(run / "qubesd.sock", formatted("admin.vm.feature.Set+{}", name), wanted.name, value));
    }
    return {};
}

} // namespace

Result<void> addTemplate(const fs::path &run, const NewTemplate &wanted)
{
    std::error_code code;
    const fs::path root = fs::canonical(wanted.root, code); // the daemon works in another directory
    if (code || !(fs::is_directory(root, code) || fs::is_regular_file(root, code))) {
        return fail(Errc::NotFound, formatted("{} is neither a directory nor an image", wanted.root.string()));
    }
    const fs::path admin = run / "qubesd.sock";
    BH_CHECK(call(admin, "admin.vm.Create.TemplateVM", "dom0", formatted("name={} label=black", wanted.name)));
    if (auto filled = fill(run, wanted, root); !filled) {
        if (const auto removed = call(admin, "admin.vm.Remove", wanted.name, {}); !removed) {
            filled.error().detail +=
                formatted(" Removing the half-made template failed, too: {}", removed.error().text());
        }
        return filled;
    }
    return {};
}

} // namespace Bulkhead::Cli
