// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storetool/storetool.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/bulkheadd/linuxhost.h"
#include "dom0-core/store/store.h"
#include "dom0-core/store/xml/emptying.h"
#include "dom0-core/store/xml/exportxml.h"
#include "dom0-core/store/xml/importxml.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace Bulkhead::StoreTool
{

namespace
{

namespace fs = std::filesystem;

/// The whole file, if it is no larger than such a file can be.
Result<std::string> readFile(const fs::path &file)
{
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info{};
    if (!fd || ::fstat(fd.get(), &info) != 0) {
        return failErrno(errno, formatted("reading {}", file.string()));
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(Errc::BadValue, formatted("{} is no plain file", file.string()));
    }
    std::string bytes;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
        if (count < 0) {
            return failErrno(errno, formatted("reading {}", file.string()));
        }
        if (count == 0) {
            return bytes;
        }
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
        if (bytes.size() > QubesXml::MaxFileBytes) {
            return fail(Errc::TooMuch, formatted("{} is larger than any such file can be", file.string()));
        }
    }
}

/// What the store holds. One whose last work was interrupted is left to the daemon, which knows how to end it.
Result<void> loadInto(Model &model, Store &store)
{
    BH_TRY(const StoreContents contents, store.load());
    if (!contents.interrupted.empty()) {
        return fail(Errc::WrongState,
                    formatted("The creation or removal of {} was interrupted. Start bulkheadd once, which ends it, and "
                              "stop it again.",
                              contents.interrupted.front().name.text()));
    }
    model.apply(contents.ready);
    return {};
}

std::string sentence(const fs::path &file, const QubesXml::Remark &remark)
{
    return formatted("{}:{}: {}", file.string(), remark.line, remark.text);
}

Result<QubesXml::Import> understand(const fs::path &file, const Model &model)
{
    BH_TRY(const std::string bytes, readFile(file));
    auto document = QubesXml::parseDocument(bytes);
    if (!document) {
        return std::unexpected(std::move(document).error().in(file.string()));
    }
    auto import = QubesXml::importDocument(*document, model);
    if (!import) {
        return std::unexpected(std::move(import).error().in(file.string()));
    }
    return import;
}

Result<void> writeAll(int fd, std::string_view bytes, const fs::path &file)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, formatted("writing {}", file.string()));
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

} // namespace

Result<std::vector<std::string>>
importFile(const Places &places, const fs::path &file, IfNotEmpty ifNotEmpty, IfIncomplete ifIncomplete)
{
    const LinuxHost host(places.kernels);
    Model model(host);
    BH_TRY(Store store, Store::open(places.store));
    BH_CHECK(loadInto(model, store));
    if (ifNotEmpty == IfNotEmpty::Refuse && !QubesXml::isFresh(model)) {
        return fail(Errc::InUse,
                    formatted("The store {} holds qubes or settings already. Say --replace if they are to go.",
                              places.store.string()));
    }
    BH_TRY(const QubesXml::Import import, understand(file, model));
    std::vector<std::string> remarks;
    remarks.reserve(import.remarks.size());
    for (const QubesXml::Remark &remark : import.remarks) {
        remarks.push_back(sentence(file, remark));
    }
    if (ifIncomplete == IfIncomplete::Refuse && !remarks.empty()) {
        return fail(Errc::BadValue,
                    formatted("{}. Nothing was imported, because of --strict ({} such remarks).",
                              remarks.front(),
                              remarks.size()));
    }
    BH_CHECK(store.commit(import.changes));
    return remarks;
}

Result<std::string> exportStore(const Places &places)
{
    std::error_code code;
    if (!fs::exists(places.store, code)) {
        return fail(Errc::NotFound, formatted("There is no store {}.", places.store.string()));
    }
    const LinuxHost host(places.kernels);
    Model model(host);
    BH_TRY(Store store, Store::open(places.store));
    BH_CHECK(loadInto(model, store));
    return QubesXml::exportModel(model);
}

Result<void> writeWhole(const fs::path &file, const std::string &bytes)
{
    const fs::path unfinished = file.string() + ".new";
    SystemDisk disk;
    BH_CHECK(disk.remove(unfinished));
    {
        constexpr mode_t OwnerAndGroup = 0660; // spec qube-model, 17
        const UniqueFd fd(
            ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, OwnerAndGroup));
        if (!fd) {
            return failErrno(errno, formatted("writing {}", unfinished.string()));
        }
        BH_CHECK(writeAll(fd.get(), bytes, unfinished));
    }
    BH_CHECK(disk.sync(unfinished));
    BH_CHECK(disk.rename(unfinished, file));
    return disk.syncDirectory(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

} // namespace Bulkhead::StoreTool
