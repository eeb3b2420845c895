// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/recordingdisk.h"

#include "tests/dom0-core/diskremains.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

namespace Bulkhead::Test
{

namespace
{

namespace fs = std::filesystem;
using Kind = DiskOperation::Kind;

constexpr std::size_t Unrecorded = SIZE_MAX; ///< a file without a name, which nobody finds after a crash

sqlite3_vfs *systemLayer()
{
    return ::sqlite3_vfs_find("unix");
}

std::string baseName(const fs::path &path)
{
    return path.filename().string();
}

} // namespace

/// SQLite's side: each file passes everything on to a file of the system's layer, behind it in the same memory.
struct RecordingDisk::Shim {
    struct File {
        sqlite3_file base; ///< SQLite's, first
        RecordingDisk *disk;
        std::size_t number;
        int flags;
    };

    static File *fileOf(sqlite3_file *file)
    {
        return static_cast<File *>(static_cast<void *>(file));
    }

    static sqlite3_file *realOf(sqlite3_file *file)
    {
        return static_cast<sqlite3_file *>(static_cast<void *>(fileOf(file) + 1));
    }

    static RecordingDisk *diskOf(sqlite3_vfs *layer)
    {
        return static_cast<RecordingDisk *>(layer->pAppData);
    }

    static int open(sqlite3_vfs *layer, sqlite3_filename name, sqlite3_file *file, int flags, int *given)
    {
        File *const own = fileOf(file);
        own->base.pMethods = nullptr;
        own->disk = diskOf(layer);
        own->flags = flags;
        own->number = Unrecorded;
        if (own->disk->m_isRecording && name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0) {
            const std::string base = baseName(name);
            if (!own->disk->m_names.contains(base) && (flags & SQLITE_OPEN_CREATE) != 0 && !fs::exists(name)) {
                const int code = own->disk->note({.kind = Kind::Create,
                                                  .file = own->disk->m_fileCount,
                                                  .name = base,
                                                  .other = {},
                                                  .offset = 0,
                                                  .data = {}});
                if (code != SQLITE_OK) {
                    return SQLITE_CANTOPEN;
                }
            }
            own->number = own->disk->fileNamed(base, true);
        }
        const int code = systemLayer()->xOpen(systemLayer(), name, realOf(file), flags, given);
        if (realOf(file)->pMethods != nullptr) {
            own->base.pMethods = &Methods;
        }
        return code;
    }

    static int remove(sqlite3_vfs *layer, const char *name, int syncsDirectory)
    {
        if (fs::exists(name)) {
            RecordingDisk *const disk = diskOf(layer);
            if (const int code = disk->note(
                    {.kind = Kind::Remove, .file = 0, .name = baseName(name), .other = {}, .offset = 0, .data = {}});
                code != SQLITE_OK) {
                return SQLITE_IOERR_DELETE;
            }
            if (syncsDirectory != 0) {
                (void)disk->note(
                    {.kind = Kind::SyncDirectory, .file = 0, .name = {}, .other = {}, .offset = 0, .data = {}});
            }
        }
        return systemLayer()->xDelete(systemLayer(), name, 0);
    }

    static int access(sqlite3_vfs *, const char *name, int flags, int *result)
    {
        return systemLayer()->xAccess(systemLayer(), name, flags, result);
    }

    static int fullPath(sqlite3_vfs *, const char *name, int size, char *result)
    {
        return systemLayer()->xFullPathname(systemLayer(), name, size, result);
    }

    static int close(sqlite3_file *file)
    {
        return realOf(file)->pMethods->xClose(realOf(file));
    }

    static int read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
    {
        return realOf(file)->pMethods->xRead(realOf(file), data, size, offset);
    }

    static int write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
    {
        if (fileOf(file)->number != Unrecorded) {
            const int code = fileOf(file)->disk->note(
                {.kind = Kind::Write,
                 .file = fileOf(file)->number,
                 .name = {},
                 .other = {},
                 .offset = static_cast<std::size_t>(offset),
                 .data = std::string(static_cast<const char *>(data), static_cast<std::size_t>(size))});
            if (code != SQLITE_OK) {
                return code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
            }
        }
        return realOf(file)->pMethods->xWrite(realOf(file), data, size, offset);
    }

    static int truncate(sqlite3_file *file, sqlite3_int64 size)
    {
        if (fileOf(file)->number != Unrecorded) {
            const int code = fileOf(file)->disk->note({.kind = Kind::Truncate,
                                                       .file = fileOf(file)->number,
                                                       .name = {},
                                                       .other = {},
                                                       .offset = static_cast<std::size_t>(size),
                                                       .data = {}});
            if (code != SQLITE_OK) {
                return SQLITE_IOERR_TRUNCATE;
            }
        }
        return realOf(file)->pMethods->xTruncate(realOf(file), size);
    }

    /// The system's layer syncs the directory with the first sync of a new journal. The files are real but nothing is
    /// synced for real: what a loss would take is computed.
    static int sync(sqlite3_file *file, int)
    {
        if (fileOf(file)->number == Unrecorded) {
            return SQLITE_OK;
        }
        constexpr int Journals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
        const Kind kind = (fileOf(file)->flags & Journals) != 0 ? Kind::SyncWithName : Kind::Sync;
        const int code = fileOf(file)->disk->note(
            {.kind = kind, .file = fileOf(file)->number, .name = {}, .other = {}, .offset = 0, .data = {}});
        return code == SQLITE_OK ? SQLITE_OK : SQLITE_IOERR_FSYNC;
    }

    static int size(sqlite3_file *file, sqlite3_int64 *result)
    {
        return realOf(file)->pMethods->xFileSize(realOf(file), result);
    }

    static int lock(sqlite3_file *file, int level)
    {
        return realOf(file)->pMethods->xLock(realOf(file), level);
    }

    static int unlock(sqlite3_file *file, int level)
    {
        return realOf(file)->pMethods->xUnlock(realOf(file), level);
    }

    static int reserved(sqlite3_file *file, int *result)
    {
        return realOf(file)->pMethods->xCheckReservedLock(realOf(file), result);
    }

    static int control(sqlite3_file *file, int what, void *argument)
    {
        return realOf(file)->pMethods->xFileControl(realOf(file), what, argument);
    }

    static int sectorSize(sqlite3_file *file)
    {
        return realOf(file)->pMethods->xSectorSize(realOf(file));
    }

    static int characteristics(sqlite3_file *file)
    {
        return realOf(file)->pMethods->xDeviceCharacteristics(realOf(file));
    }

    static const sqlite3_io_methods Methods;
};

// Version 1: no shared memory and no mapping, so every byte comes through here.
const sqlite3_io_methods RecordingDisk::Shim::Methods{
    .iVersion = 1,
    .xClose = &Shim::close,
    .xRead = &Shim::read,
    .xWrite = &Shim::write,
    .xTruncate = &Shim::truncate,
    .xSync = &Shim::sync,
    .xFileSize = &Shim::size,
    .xLock = &Shim::lock,
    .xUnlock = &Shim::unlock,
    .xCheckReservedLock = &Shim::reserved,
    .xFileControl = &Shim::control,
    .xSectorSize = &Shim::sectorSize,
    .xDeviceCharacteristics = &Shim::characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

RecordingDisk::RecordingDisk()
    : m_layer(*systemLayer())
{
    m_layer.pNext = nullptr;
    m_layer.zName = "recording";
    m_layer.pAppData = this;
    m_layer.szOsFile = static_cast<int>(sizeof(Shim::File)) + systemLayer()->szOsFile;
    m_layer.xOpen = &Shim::open;
    m_layer.xDelete = &Shim::remove;
    m_layer.xAccess = &Shim::access;
    m_layer.xFullPathname = &Shim::fullPath;
    (void)::sqlite3_vfs_register(&m_layer, 0);
}

RecordingDisk::~RecordingDisk()
{
    (void)::sqlite3_vfs_unregister(&m_layer);
}

const char *RecordingDisk::sqliteLayer() const
{
    return m_layer.zName;
}

Result<void> RecordingDisk::sync(const fs::path &file)
{
    if (!m_isRecording) {
        return {};
    }
    return noteOwn({.kind = Kind::Sync,
                    .file = fileNamed(baseName(file), false),
                    .name = {},
                    .other = {},
                    .offset = 0,
                    .data = {}});
}

Result<void> RecordingDisk::rename(const fs::path &from, const fs::path &to)
{
    BH_CHECK(noteOwn(
        {.kind = Kind::Rename, .file = 0, .name = baseName(from), .other = baseName(to), .offset = 0, .data = {}}));
    return std::rename(from.c_str(), to.c_str()) == 0 ? Result<void>() : failErrno(errno, "renaming");
}

Result<void> RecordingDisk::remove(const fs::path &file)
{
    if (!fs::exists(file)) {
        return {};
    }
    BH_CHECK(noteOwn({.kind = Kind::Remove, .file = 0, .name = baseName(file), .other = {}, .offset = 0, .data = {}}));
    return ::unlink(file.c_str()) == 0 ? Result<void>() : failErrno(errno, "removing");
}

Result<void> RecordingDisk::syncDirectory(const fs::path &)
{
    return noteOwn({.kind = Kind::SyncDirectory, .file = 0, .name = {}, .other = {}, .offset = 0, .data = {}});
}

void RecordingDisk::failAt(std::size_t index, int code)
{
    m_failure = {index, code};
}

int RecordingDisk::note(DiskOperation operation)
{
    if (!m_isRecording) {
        return SQLITE_OK;
    }
    if (m_failure && m_failure->first == m_operations.size()) {
        const int code = m_failure->second;
        m_failure.reset();
        return code;
    }
    switch (operation.kind) {
    case Kind::Create:
        m_names.insert_or_assign(operation.name, m_fileCount++);
        break;
    case Kind::Rename:
        m_names.insert_or_assign(operation.other, m_names.at(operation.name));
        m_names.erase(operation.name);
        break;
    case Kind::Remove:
        m_names.erase(operation.name);
        break;
    case Kind::Write:
    case Kind::Truncate:
    case Kind::Sync:
    case Kind::SyncWithName:
    case Kind::SyncDirectory:
        break;
    }
    m_operations.push_back(std::move(operation));
    return SQLITE_OK;
}

Result<void> RecordingDisk::noteOwn(DiskOperation operation)
{
    return note(std::move(operation)) == SQLITE_OK ? Result<void>() : fail(Errc::Io, "the disk failed");
}

/// A file that was there before the recording began is recorded from its first mention on.
std::size_t RecordingDisk::fileNamed(const std::string &name, bool mayCreate)
{
    const auto place = m_names.find(name);
    if (place != m_names.end()) {
        return place->second;
    }
    BH_ASSERT(mayCreate);
    m_names.insert_or_assign(name, m_fileCount);
    return m_fileCount++;
}

std::map<std::string, std::string> RecordingDisk::filesAfter(std::size_t count, Loss loss, std::uint32_t seed) const
{
    return filesLeft(std::span(m_operations).first(count), loss, seed);
}

} // namespace Bulkhead::Test
