// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/filework.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/process/programrun.h"

#include <QString>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

QString text(const fs::path &path)
{
    return QString::fromStdString(path.string());
}

/// Reserved blocks are for a system's own disk, and a whole-disk file system has no partition to say no to.
const QStringList MakeOptions{u"-q"_s, u"-F"_s, u"-m"_s, u"0"_s, u"-E"_s, u"lazy_itable_init=1,nodiscard"_s};

/// What reads an archive: programs to run, no place of dom0's, and of root's rights those that files and their owners
/// take. Device nodes are not among them.
const QStringList UnpackSandbox{u"bwrap"_s,
                                u"--unshare-ipc"_s,
                                u"--unshare-pid"_s,
                                u"--unshare-net"_s,
                                u"--unshare-uts"_s,
                                u"--new-session"_s,
                                u"--die-with-parent"_s,
                                u"--clearenv"_s,
                                u"--setenv"_s,
                                u"PATH"_s,
                                u"/usr/bin"_s,
                                u"--setenv"_s,
                                u"LC_ALL"_s,
                                u"C.UTF-8"_s,
                                u"--cap-drop"_s,
                                u"ALL"_s,
                                u"--cap-add"_s,
                                u"CAP_CHOWN"_s,
                                u"--cap-add"_s,
                                u"CAP_DAC_OVERRIDE"_s,
                                u"--cap-add"_s,
                                u"CAP_FOWNER"_s,
                                u"--cap-add"_s,
                                u"CAP_FSETID"_s,
                                u"--ro-bind"_s,
                                u"/usr"_s,
                                u"/usr"_s,
                                u"--symlink"_s,
                                u"usr/lib"_s,
                                u"/lib"_s,
                                u"--symlink"_s,
                                u"usr/lib64"_s,
                                u"/lib64"_s,
                                u"--symlink"_s,
                                u"usr/bin"_s,
                                u"/bin"_s};
const QStringList UnpackCommand{u"--"_s,
                                u"tar"_s,
                                u"--extract"_s,
                                u"--file=/archive"_s,
                                u"--directory=/to"_s,
                                u"--numeric-owner"_s,
                                u"--same-owner"_s,
                                u"--preserve-permissions"_s,
                                u"--xattrs"_s,
                                u"--sparse"_s};

class SystemFileWork final : public FileWork
{
public:
    SystemFileWork(QObject *owner, const Path &makeFileSystem)
        : m_owner(owner)
        , m_makeFileSystem(makeFileSystem)
    {
    }

    Result<void> makeFolder(const Path &folder, fs::perms mode) override;
    Result<void> removeFolder(const Path &folder) override;
    Result<void> makeSparse(const Path &file, std::uint64_t bytes) override;
    Result<void> grow(const Path &file, std::uint64_t bytes) override;
    Result<void> link(const Path &file, const Path &second) override;
    Result<void> rename(const Path &from, const Path &to) override;
    Result<void> unlink(const Path &file) override;
    Result<void> syncFolder(const Path &folder) override;
    void format(const Path &image, Done done) override;
    void copy(const Path &from, const Path &to, Durability durability, Done done) override;
    void copyMerged(const Path &lower, const Path &upper, const Path &place, const Path &to, Done done) override;
    void unpack(const Path &archive, const Path &to, Done done) override;
    void sync(const Path &file, Done done) override;
    void discard(const Path &path, Done done) override;

private:
    void syncTree(const Path &tree, Done done);

    QObject *m_owner;
    Path m_makeFileSystem;
};

Result<void> SystemFileWork::makeFolder(const Path &folder, fs::perms mode)
{
    std::error_code error;
    if (!fs::create_directories(folder, error)) {
        return error ? Result<void>(failErrno(error.value(), formatted("cannot make {}", folder.string())))
                     : Result<void>{};
    }
    fs::permissions(folder, mode, error);
    if (error) {
        return failErrno(error.value(), formatted("cannot set who enters {}", folder.string()));
    }
    return syncFolder(folder.parent_path());
}

Result<void> SystemFileWork::removeFolder(const Path &folder)
{
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST) {
        return failErrno(errno, formatted("cannot remove {}", folder.string()));
    }
    return {};
}

Result<void> SystemFileWork::makeSparse(const Path &file, std::uint64_t bytes)
{
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) {
        return failErrno(errno, formatted("cannot make {}", file.string()));
    }
    return {};
}

Result<void> SystemFileWork::grow(const Path &file, std::uint64_t bytes)
{
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0 || ::fsync(fd.get()) != 0) {
        return failErrno(errno, formatted("cannot make {} larger", file.string()));
    }
    return {};
}

Result<void> SystemFileWork::link(const Path &file, const Path &second)
{
    if (::link(file.c_str(), second.c_str()) != 0) {
        return failErrno(errno, formatted("cannot keep {} as {}", file.string(), second.string()));
    }
    return {};
}

Result<void> SystemFileWork::rename(const Path &from, const Path &to)
{
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return failErrno(errno, formatted("cannot put {} in place", to.string()));
    }
    return {};
}

Result<void> SystemFileWork::unlink(const Path &file)
{
    if (::unlink(file.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
        return failErrno(errno, formatted("cannot remove {}", file.string()));
    }
    return {};
}

Result<void> SystemFileWork::syncFolder(const Path &folder)
{
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return failErrno(errno, formatted("cannot store {}", folder.string()));
    }
    return {};
}

void SystemFileWork::format(const Path &image, Done done)
{
    ProgramCall call{.words = {text(m_makeFileSystem)}};
    call.words << MakeOptions << text(image);
    runProgram(m_owner, call, std::move(done));
}

void SystemFileWork::copy(const Path &from, const Path &to, Durability durability, Done done)
{
    const bool isTree = fs::is_directory(from);
    ProgramCall call{.words = {u"cp"_s, u"--reflink=auto"_s, u"--sparse=auto"_s, u"--one-file-system"_s},
                     .limit = CopyLimit};
    if (isTree) {
        call.words << u"-a"_s; // of a block device it would make a second one instead of reading it
    }
    call.words << u"--"_s << text(from) << text(to);
    runProgram(m_owner, call, [this, isTree, to, durability, done = std::move(done)](Result<void> copied) mutable {
        if (!copied || durability == Durability::Later) {
            done(std::move(copied));
            return;
        }
        runProgram(m_owner,
                   {.words = {u"sync"_s, isTree ? u"-f"_s : u"-d"_s, u"--"_s, text(to)}, .limit = CopyLimit},
                   std::move(done));
    });
}

void SystemFileWork::copyMerged(const Path &lower, const Path &upper, const Path &place, const Path &to, Done done)
{
    for (const Path &path : {lower, upper}) {
        if (path.native().find_first_of(",:\\") != std::string::npos) { // they have a meaning in the mount's options
            done(fail(Errc::BadValue, formatted("{} holds a comma, a colon or a backslash", path.string())));
            return;
        }
    }
    // In mounts of its own, which end with it. What the run wrote is data to all of these programs.
    static const QString script = u"mount -t overlay -o \"ro,userxattr,lowerdir=$1:$2\" overlay \"$3\" && "
                                  "exec cp --reflink=auto --sparse=auto --one-file-system -a -- \"$3\" \"$4\""_s;
    ProgramCall call{.words = {u"unshare"_s, u"--mount"_s, u"--"_s, u"sh"_s, u"-c"_s, script, u"sh"_s},
                     .limit = CopyLimit};
    call.words << text(upper) << text(lower) << text(place) << text(to);
    runProgram(m_owner, call, [this, to, done = std::move(done)](Result<void> copied) mutable {
        copied ? syncTree(to, std::move(done)) : done(std::move(copied));
    });
}

void SystemFileWork::unpack(const Path &archive, const Path &to, Done done)
{
    ProgramCall call{.words = UnpackSandbox, .limit = CopyLimit};
    call.words << u"--ro-bind"_s << text(archive) << u"/archive"_s << u"--bind"_s << text(to) << u"/to"_s
               << UnpackCommand;
    runProgram(m_owner, call, [this, to, done = std::move(done)](Result<void> unpacked) mutable {
        unpacked ? syncTree(to, std::move(done)) : done(std::move(unpacked));
    });
}

void SystemFileWork::syncTree(const Path &tree, Done done)
{
    runProgram(m_owner, {.words = {u"sync"_s, u"-f"_s, u"--"_s, text(tree)}, .limit = CopyLimit}, std::move(done));
}

void SystemFileWork::sync(const Path &file, Done done)
{
    runProgram(m_owner, {.words = {u"sync"_s, u"--"_s, text(file)}, .limit = CopyLimit}, std::move(done));
}

void SystemFileWork::discard(const Path &path, Done done)
{
    if (!fs::exists(fs::symlink_status(path))) {
        done({});
        return;
    }
    runProgram(m_owner,
               {.words = {u"rm"_s, u"-rf"_s, u"--one-file-system"_s, u"--"_s, text(path)}, .limit = CopyLimit},
               std::move(done));
}

} // namespace

std::unique_ptr<FileWork> makeFileWork(QObject *owner, const fs::path &makeFileSystem)
{
    return std::make_unique<SystemFileWork>(owner, makeFileSystem);
}

} // namespace Bulkhead
