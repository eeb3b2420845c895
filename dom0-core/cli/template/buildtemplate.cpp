// SPDX-License-Identifier: GPL-2.0-or-later
// One function a step, in the order in which they run.
#include "dom0-core/cli/template/buildtemplate.h"

#include "base/ascii.h"
#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/cli/template/aptsources.h"
#include "dom0-core/cli/template/buildoutput.h"
#include "dom0-core/cli/template/sandbox.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <ranges>

namespace Bulkhead::Cli
{

namespace
{

namespace fs = std::filesystem;

/// The folder of one build; nobody but root gets to it, and it goes with this object.
class Workplace
{
public:
    static Result<Workplace> create(const fs::path &folder)
    {
        std::error_code code;
        fs::create_directories(folder, code);
        fs::permissions(folder.parent_path(), fs::perms::owner_all, code);
        UniqueFd lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!lock) {
            return failErrno(errno, formatted("making {}", folder.string()));
        }
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
            return fail(Errc::InUse, formatted("{} is being built already", folder.filename().string()));
        }
        for (const auto &entry : fs::directory_iterator(folder, code)) { // what a build that was killed left
            fs::remove_all(entry.path(), code);
        }
        return Workplace(folder, std::move(lock));
    }

    Workplace(Workplace &&other) noexcept = default;
    Workplace &operator=(Workplace &&) = delete;
    Workplace(const Workplace &) = delete;
    Workplace &operator=(const Workplace &) = delete;

    ~Workplace()
    {
        if (m_lock) {
            std::error_code code; // nobody is left to tell
            fs::remove_all(m_folder, code);
        }
    }

    [[nodiscard]] fs::path operator/(std::string_view name) const
    {
        return m_folder / name;
    }

    [[nodiscard]] const fs::path &folder() const noexcept
    {
        return m_folder;
    }

private:
    Workplace(fs::path folder, UniqueFd lock)
        : m_folder(std::move(folder))
        , m_lock(std::move(lock))
    {
    }

    fs::path m_folder;
    UniqueFd m_lock;
};

/// Everything that can be seen before anything is fetched.
Result<void> look(const BuildOrder &order, const BuildPlaces &places, const BuildHooks &hooks)
{
    BH_TRY(const auto names, hooks.takenNames());
    if (std::ranges::contains(names, order.name.text())) {
        return fail(Errc::Exists,
                    formatted("there is a qube called {} already; choose another name", order.name.text()));
    }
    std::error_code code;
    if (!fs::is_regular_file(order.guestPackage, code)) {
        return fail(Errc::NotFound,
                    formatted("there is no guest package {}; --guest-package says where bulkhead-guest_*.deb is",
                              order.guestPackage.string()));
    }
    for (const fs::path &tool : {places.sandbox, fs::path("/usr/bin/mmdebstrap")}) {
        if (places.isApart && !fs::exists(tool, code)) {
            return fail(Errc::NotFound,
                        formatted("{} is missing; install the package {}",
                                  tool.string(),
                                  tool.filename() == "bwrap" ? "bubblewrap" : "mmdebstrap"));
        }
    }
    return {};
}

Result<void> checkRoom(const fs::path &folder, std::uintmax_t wanted)
{
    std::error_code code;
    const auto space = fs::space(folder, code);
    if (!code && space.available < wanted) {
        constexpr unsigned MiB = 20;
        return std::unexpected(Error{.code = Errc::Io,
                                     .sysErrno = ENOSPC,
                                     .detail = formatted("a build needs {} MiB under {}, and {} MiB are free",
                                                         wanted >> MiB,
                                                         folder.parent_path().string(),
                                                         space.available >> MiB)});
    }
    return {};
}

/// Sources, the guest package and a folder for temporary files, all of them the sandbox's own.
Result<void> furnish(const Workplace &work, const BuildOrder &order, const BuildPlaces &places)
{
    BH_TRY(const auto archives, readArchives(places.apt));
    BH_TRY(const auto sources, sourceLines(archives, order.suite));
    std::ofstream file(work / "sources.list");
    file << sources << std::flush;
    std::error_code code;
    fs::create_directory(work / "tmp", code);
    fs::copy_file(order.guestPackage, work / "bulkhead-guest.deb", code);
    if (!file || code) {
        return failErrno(code ? code.value() : errno, formatted("writing into {}", work.folder().string()));
    }
    if (!places.isApart) {
        return {};
    }
    for (const auto &path : {work.folder(), work / "tmp", work / "sources.list", work / "bulkhead-guest.deb"}) {
        if (::lchown(path.c_str(), FirstBuildId, FirstBuildId) != 0) {
            return failErrno(errno, formatted("giving {} to the sandbox (are you root?)", path.string()));
        }
    }
    return {};
}

/// Runs a step in the sandbox; what it says becomes progress, or the reason of its failure.
Result<void> step(SandboxedProgram program, const BuildOrder &order, const BuildHooks &hooks, int stop)
{
    constexpr std::size_t Kept = 200;
    std::deque<std::string> lines;
    BH_TRY(const int status, runSandboxed(program, stop, [&](std::string_view line) {
               if (const auto stage = stageOf(line)) {
                   hooks.progress(*stage);
               }
               lines.emplace_back(line);
               if (lines.size() > Kept) {
                   lines.pop_front();
               }
           }));
    if (status != 0) {
        return std::unexpected(explainFailure({lines.begin(), lines.end()}, order.suite));
    }
    return {};
}

Result<std::vector<std::string>> packagesOf(RootForm form, const fs::path &lists)
{
    BH_TRY(auto packages, readPackageList(lists / "packages.list"));
    BH_TRY(const auto more, readPackageList(lists / (form == RootForm::Image ? "image.list" : "directory.list")));
    packages.insert(packages.end(), more.begin(), more.end());
    return packages;
}

/// The settings of dom0's own apt. They are read in the sandbox, too: they are a language of their own.
std::vector<std::string> aptOptions(const SandboxedProgram &like, int stop)
{
    std::string dump;
    SandboxedProgram program = like;
    program.words = {"/usr/bin/apt-config", "dump"};
    program.network = Network::None;
    program.readable = {"/etc/apt/apt.conf", "/etc/apt/apt.conf.d"};
    const auto status = runSandboxed(program, stop, [&](std::string_view line) {
        dump += line;
        dump += '\n';
    });
    return aptOptionsFrom(status && *status == 0 ? dump : std::string());
}

std::vector<std::string>
debootstrap(const std::vector<std::string> &packages, const std::vector<std::string> &options, std::string_view suite)
{
    std::vector<std::string> words{"/usr/bin/mmdebstrap", "--mode=root", "--variant=minbase", "--format=tar"};
    for (const auto &option : options) {
        words.push_back("--aptopt=" + option);
    }
    std::string include;
    for (const auto &package : packages) {
        include += include.empty() ? package : "," + package;
    }
    words.push_back("--include=" + include);
    words.insert(words.end(),
                 {"--skip=output/dev",
                  "--customize-hook=upload bulkhead-guest.deb /root/bulkhead-guest.deb",
                  R"(--customize-hook=chroot "$1" apt-get install --yes /root/bulkhead-guest.deb)",
                  R"(--customize-hook=rm -f "$1"/root/bulkhead-guest.deb "$1"/etc/apt/apt.conf.d/99mmdebstrap)",
                  std::string(suite),
                  "root.tar",
                  "sources.list"});
    return words;
}

/// An image is sparse: of its ten gigabytes only what is in it takes room. Source: spec qube-model, 8.
std::vector<std::string> packRoot(RootForm form)
{
    if (form == RootForm::Image) {
        return {"/usr/sbin/mkfs.ext4", "-q", "-F", "-m", "0", "-d", "root.tar", "root", "10G"};
    }
    return {"/usr/bin/tar",
            "--extract",
            "--same-owner",
            "--numeric-owner",
            "--same-permissions",
            "--file=root.tar",
            "--directory=root"};
}

} // namespace

Result<std::vector<std::string>> readPackageList(const fs::path &file)
{
    std::ifstream in(file);
    if (!in) {
        return fail(Errc::NotFound, formatted("there is no list of packages {}", file.string()));
    }
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);) {
        line = line.substr(0, line.find('#'));
        line.erase(line.find_last_not_of(" \t") + 1);
        if (line.empty()) {
            continue;
        }
        if (!std::ranges::all_of(line, [](char c) {
                return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("+-.").contains(c);
            })) {
            return fail(Errc::BadValue, formatted("{} has a line that is no name of a package", file.string()));
        }
        names.push_back(line);
    }
    return names;
}

Result<void> buildTemplate(const BuildOrder &order, const BuildPlaces &places, const BuildHooks &hooks, int stop)
{
    BH_CHECK(look(order, places, hooks));
    const RootForm form =
        order.form.value_or(fs::exists("/proc/xen/capabilities") ? RootForm::Image : RootForm::Directory);
    BH_TRY(const auto packages, packagesOf(form, places.lists));
    BH_TRY(const Workplace work, Workplace::create(places.builds / order.name.text()));
    BH_CHECK(checkRoom(work.folder(), places.room));
    BH_CHECK(furnish(work, order, places));

    SandboxedProgram program{.words = {}, .work = work.folder(), .sandbox = places.sandbox};
    if (places.isApart) {
        program.firstId = FirstBuildId;
    }
    program.words = debootstrap(packages, aptOptions(program, stop), order.suite);
    program.network = Network::Hosts;
    BH_CHECK(step(program, order, hooks, stop));

    hooks.progress(form == RootForm::Image ? "making the image" : "unpacking the root");
    program.words = packRoot(form);
    program.network = Network::None;
    if (form == RootForm::Directory) {
        std::error_code code;
        fs::create_directory(work / "root", code);
        program.firstId.reset(); // its files are to have the ids of a system, not the sandbox's
    }
    BH_CHECK(step(program, order, hooks, stop));
    hooks.progress("making it known as a template");
    return hooks.add({.name = order.name.text(), .root = work / "root"});
}

} // namespace Bulkhead::Cli
