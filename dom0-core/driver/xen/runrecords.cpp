// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/runrecords.h"

#include "base/formatted.h"
#include "dom0-core/driver/units/disklines.h"
#include "dom0-core/settings/settingsreader.h"
#include "dom0-core/settings/smallfile.h"

namespace Bulkhead
{

namespace
{

constexpr std::string_view FirstLine = "bulkhead-run 1\n";
constexpr std::size_t MaxRecord = 1024;

Result<RunRecord> parseRecord(std::string_view text)
{
    BH_TRY(auto in, SettingsReader::read(text, FirstLine, MaxRecord));
    BH_TRY(const auto rawName, in.need("name"));
    BH_TRY(auto name, QubeName::parse(rawName));
    RunRecord record{.name = std::move(name), .uuid = {}};
    BH_TRY(record.uuid, in.uuid("uuid"));
    BH_TRY(const auto domain, in.number("domain"));
    if (domain != 0) {
        record.domain = DomId{domain};
    }
    BH_TRY(record.hasNic, in.truth("nic"));
    BH_CHECK(in.finish());
    return record;
}

} // namespace

RunRecords::RunRecords(std::filesystem::path directory)
    : m_directory(std::move(directory))
    , m_disks(m_directory.string() + "-disks")
{
}

Result<void> RunRecords::write(const RunRecord &record) const
{
    std::error_code error;
    std::filesystem::create_directories(m_directory, error);
    if (error) {
        return failErrno(error.value(), formatted("cannot make {}", m_directory.string()));
    }
    return writeSmallFile(m_directory / record.name.text(),
                          formatted("{}name {}\nuuid {}\ndomain {}\nnic {}\n",
                                    FirstLine,
                                    record.name.text(),
                                    record.uuid,
                                    record.domain.value_or(Dom0).value(),
                                    truthWord(record.hasNic)),
                          0600);
}

Result<void> RunRecords::writeDisks(const QubeName &qube, const std::vector<AttachedDisk> &disks) const
{
    std::error_code error;
    std::filesystem::create_directories(m_disks, error);
    if (error) {
        return failErrno(error.value(), formatted("cannot make {}", m_disks.string()));
    }
    return writeSmallFile(m_disks / qube.text(), diskLines(disks), 0600);
}

std::vector<AttachedDisk> RunRecords::disks(const QubeName &qube) const
{
    return disksFromLines(readSmallFile(m_disks / qube.text(), MaxDiskLines).value_or(std::string()));
}

Result<void> RunRecords::remove(const QubeName &qube) const
{
    std::error_code error;
    std::filesystem::remove(m_disks / qube.text(), error);
    std::filesystem::remove(m_directory / qube.text(), error);
    if (error) {
        return failErrno(error.value(), formatted("cannot remove the record of {}", qube.text()));
    }
    return {};
}

std::vector<RunRecord> RunRecords::all() const
{
    std::vector<RunRecord> found;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_directory, error)) {
        const auto text = readSmallFile(entry.path(), MaxRecord + 1);
        auto record = text ? parseRecord(*text) : std::unexpected(text.error());
        if (record) {
            found.push_back(*std::move(record));
        }
    }
    return found;
}

} // namespace Bulkhead
